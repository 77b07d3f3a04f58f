"""The canvas' messages as strokes of the pen."""

import numpy as np
import pytest

from lib.ui.draw.canvas import scaled
from lib.ui.draw.fabric import pen_strokes

PATH = [["M", 86.018, 54.982], ["Q", 86, 55, 80, 78.5], ["Q", 74, 102, 68, 126], ["L", 62, 150]]
STROKE = {"type": "Path", "strokeWidth": 18, "scaleX": 1, "scaleY": 1, "left": 74, "top": 102.5, "path": PATH}


def test_a_path_of_the_canvas_is_the_way_of_the_pen() -> None:
    (stroke,) = pen_strokes([STROKE])
    assert stroke.width == 18
    assert stroke.way[0] == pytest.approx((86.018, 54.982))
    assert stroke.way[-1] == pytest.approx((62, 150))
    assert [80, 78.5] in stroke.way.tolist(), "the curves go through their ends"


def test_a_drawing_that_was_shrunk_has_shrunk_strokes() -> None:
    (whole,), (half,) = pen_strokes([STROKE]), pen_strokes([scaled(STROKE, 0.5)])
    assert np.allclose(half.way, whole.way / 2)
    assert half.width == 9


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
    ],
)
def test_a_message_that_no_canvas_wrote_has_no_strokes(change: dict[str, object]) -> None:
    assert pen_strokes([STROKE, STROKE | change]) == []
    assert pen_strokes([{}]) == []
