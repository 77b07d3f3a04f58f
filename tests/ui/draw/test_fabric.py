"""The pen's way is found in what the canvas sends, also after the drawing was turned, moved or scaled."""

import math
from typing import Any

import numpy as np
import pytest

from lib.ui.draw.canvas import scaled
from lib.ui.draw.fabric import pen_strokes
from lib.ui.draw.strokes import moved, turned


def drawn(*points: tuple[float, float]) -> dict[str, Any]:
    """A stroke as Fabric writes it: a path of short curves, and the middle of its box."""
    (first, *others), at = points, np.array(points)
    commands = [["M", *first], *(["L", *point] for point in others)]
    left, top = (at.min(axis=0) + at.max(axis=0)) / 2
    return {"path": commands, "left": float(left), "top": float(top), "strokeWidth": 12}


TWO = [drawn((10, 20), (30, 25), (40, 60)), drawn((100, 40), (90, 90))]


def ways(strokes: list[dict[str, Any]]) -> np.ndarray:
    return np.concatenate([stroke.way for stroke in pen_strokes(strokes)])


def test_what_is_as_it_was_drawn_lies_where_its_path_says() -> None:
    first, second = pen_strokes(TWO)
    assert np.allclose(first.way[[0, -1]], [[10, 20], [40, 60]])
    assert np.allclose(second.way[[0, -1]], [[100, 40], [90, 90]])
    assert {first.width, second.width} == {12}


@pytest.mark.parametrize("degrees", [15, 90, -30])
def test_a_turn_turns_the_way(degrees: float) -> None:
    middle = np.mean([[one["left"], one["top"]] for one in TWO], axis=0)
    angle = math.radians(degrees)
    right, down = (ways(TWO) - middle).T
    expected = np.stack(
        [right * math.cos(angle) - down * math.sin(angle), right * math.sin(angle) + down * math.cos(angle)], axis=1
    )
    assert np.allclose(ways(turned(TWO, degrees)), middle + expected)


def test_a_move_moves_it_and_a_narrower_canvas_scales_it() -> None:
    assert np.allclose(ways(moved(TWO, 7, -3)), ways(TWO) + np.array([7, -3]))
    smaller = [scaled(one, 0.5) for one in TWO]
    assert np.allclose(ways(smaller), 0.5 * ways(TWO))
    assert {stroke.width for stroke in pen_strokes(smaller)} == {6}


@pytest.mark.parametrize(
    "harm", [{"angle": "x"}, {"left": math.inf}, {"path": []}, {"path": [["M", math.nan, 1]]}, {"strokeWidth": 0}]
)
def test_a_message_that_no_canvas_wrote_gives_no_strokes(harm: dict[str, Any]) -> None:
    assert pen_strokes([TWO[0], TWO[1] | harm]) == []
