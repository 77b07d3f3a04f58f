"""Strokes that are turned, moved and thickened keep their size, and the way back gives the drawing back."""

import pytest

from lib.ui.draw.strokes import BOLDEST, FINEST, THICKER, TURN, box, inside, moved, thickened, turned

FOUR = [
    {
        "type": "Path",
        "left": 135.8,
        "top": 102.5,
        "width": 128.4,
        "height": 95.0,
        "strokeWidth": 18,
        "path": [["M", 1]],
    },
    {"type": "Path", "left": 165, "top": 160, "width": 0, "height": 140, "strokeWidth": 18, "angle": 0, "path": []},
]
CANVAS = (400.0, 280.0)


def same(strokes, others) -> bool:
    """Whether both are drawn alike, to a thousandth of a pixel."""
    return all(
        one.keys() - {"angle"} == other.keys() - {"angle"}
        and all(
            value == pytest.approx(other[name], abs=1e-3)
            for name, value in one.items()
            if isinstance(value, int | float) and name != "angle"
        )
        and abs((one.get("angle", 0) - other.get("angle", 0) + 180) % 360 - 180) < 1e-6
        for one, other in zip(strokes, others, strict=True)
    )


@pytest.mark.parametrize("degrees", [90, -90, TURN, -TURN, 40])
def test_turned_all_the_way_round_the_drawing_is_as_it_was(degrees: int) -> None:
    strokes = FOUR
    for _ in range(360 // abs(degrees)):
        strokes = turned(strokes, degrees)
        assert [one["strokeWidth"] for one in strokes] == [18, 18]
        assert [(one["width"], one["height"]) for one in strokes] == [(128.4, 95.0), (0, 140)], "nothing is scaled"
    assert same(strokes, FOUR)


def test_a_quarter_turn_to_the_right_lays_what_stood() -> None:
    (upright,) = turned(FOUR[1:], 90)
    left, top, right, bottom = box(upright)
    assert (right - left, bottom - top) == (pytest.approx(158), pytest.approx(18))
    down = turned([{"left": 0, "top": 0}, {"left": 10, "top": 0}], 90)
    assert [(one["left"], one["top"]) for one in down] == [pytest.approx((5, -5)), pytest.approx((5, 5))]


def test_the_ways_back() -> None:
    assert same(moved(moved(FOUR, 14, -28), -14, 28), FOUR)
    assert same(thickened(thickened(FOUR, THICKER), 1 / THICKER), FOUR)
    assert [one["strokeWidth"] for one in thickened(FOUR, 100)] == [BOLDEST, BOLDEST]
    assert [one["strokeWidth"] for one in thickened(FOUR, 0.01)] == [FINEST, FINEST]


def test_the_canvas_holds_what_fits_in_and_refuses_the_rest() -> None:
    assert same(inside(FOUR, CANVAS), FOUR)
    away = inside(moved(FOUR, 1_000, -1_000), CANVAS)
    boxes = [box(one) for one in away]
    assert max(one[2] for one in boxes) == pytest.approx(CANVAS[0])
    assert min(one[1] for one in boxes) == pytest.approx(0)
    assert same(moved(away, FOUR[0]["left"] - away[0]["left"], FOUR[0]["top"] - away[0]["top"]), FOUR)
    row = [{"left": 200, "top": 140, "width": 350, "height": 100, "strokeWidth": 18}]
    assert inside(row, CANVAS) is not None
    assert inside(turned(row, 90), CANVAS) is None
    assert inside([], CANVAS) == turned([], 90) == []


def test_what_no_canvas_wrote_does_no_harm() -> None:
    odd = [{"left": "x", "top": None, "angle": float("nan"), "strokeWidth": [], "width": True}]
    assert inside(thickened(moved(turned(odd, 15), 1, 1), 2), CANVAS) is not None
