"""The canvas' messages as strokes of the pen, also after the drawing was turned, moved or scaled."""

import math
from typing import Any

import numpy as np
import pytest

from lib.ui.draw.canvas import scaled
from lib.ui.draw.fabric import pen_strokes
from lib.ui.draw.strokes import moved, turned

PATH = [["M", 86.018, 54.982], ["Q", 86, 55, 80, 78.5], ["Q", 74, 102, 68, 126], ["L", 62, 150]]
STROKE = {"type": "Path", "strokeWidth": 18, "scaleX": 1, "scaleY": 1, "left": 74, "top": 102.5, "path": PATH}


def test_a_path_of_the_canvas_is_the_way_of_the_pen() -> None:
    (stroke,) = pen_strokes([STROKE])
    assert stroke.width == 18
    assert stroke.way[0] == pytest.approx((86.018, 54.982), abs=0.02)
    assert stroke.way[-1] == pytest.approx((62, 150), abs=0.02)
    assert np.abs(stroke.way - [80, 78.5]).max(axis=1).min() < 0.02, "the curves go through their ends"


def test_a_drawing_that_was_shrunk_has_shrunk_strokes() -> None:
    (whole,), (half,) = pen_strokes([STROKE]), pen_strokes([scaled(STROKE, 0.5)])
    assert np.allclose(half.way, whole.way / 2)
    assert half.width == 9


TWO: list[dict[str, Any]] = [STROKE, STROKE | {"path": [["M", 100, 40], ["L", 90, 90]], "left": 95, "top": 65}]


def ways(strokes: list[dict[str, Any]]) -> np.ndarray:
    return np.concatenate([stroke.way for stroke in pen_strokes(strokes)])


@pytest.mark.parametrize("degrees", [15, 90, -30])
def test_a_turn_turns_the_way(degrees: float) -> None:
    middle = np.mean([[one["left"], one["top"]] for one in TWO], axis=0)
    angle = math.radians(degrees)
    right, down = (ways(TWO) - middle).T
    columns = right * math.cos(angle) - down * math.sin(angle), right * math.sin(angle) + down * math.cos(angle)
    assert np.allclose(ways(turned(TWO, degrees)), middle + np.stack(columns, axis=1), atol=0.1)


def test_a_move_moves_the_way() -> None:
    assert np.allclose(ways(moved(TWO, 7, -3)), ways(TWO) + np.array([7, -3]))


@pytest.mark.parametrize(
    "change",
    [
        {"path": []},
        {"path": None},
        {"path": [["M", "x", 0], ["L", 1, 1]]},
        {"path": [["M", 0, 0], ["L"]]},
        {"path": [["M", 1e300, 0], ["L", 1, 1]]},
        {"strokeWidth": -1},
        {"strokeWidth": None},
        {"scaleX": float("nan")},
        {"angle": "x"},
        {"left": math.inf},
    ],
)
def test_a_message_that_no_canvas_wrote_has_no_strokes(change: dict[str, object]) -> None:
    assert pen_strokes([STROKE, STROKE | change]) == []
    assert pen_strokes([{}]) == []
