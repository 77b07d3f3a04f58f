"""The drawing is turned, moved and thickened by presses; a chart says how the certainty follows."""

import copy

import pytest
from streamlit.testing.v1 import AppTest

from lib.core.i18n import LANGUAGES
from lib.ui.draw.strokes import TURN
from tests.pages.draw.drawing import FOUR, SEVEN, boxed, draw, message, read, sent
from tests.pages.visiting import english_left, visit, words_in, words_on, works

CENTRES = [{"left": 135, "top": 102, "width": 128, "height": 95}, {"left": 165, "top": 160, "width": 0, "height": 140}]


def moving(visitor: AppTest) -> AppTest:
    """With the mode open."""
    visitor.session_state["draw_move"] = True
    return visitor.run()


def strokes(visitor: AppTest) -> list[dict[str, object]]:
    return list(visitor.session_state["draw_begin"]["objects"])


def drawn_four() -> AppTest:
    """A 4 whose strokes say where they are, as those of a real canvas."""
    visitor = visit("draw")
    told = copy.deepcopy(sent(FOUR))
    for stroke, centre in zip(told["drawing"]["raw"]["objects"], CENTRES, strict=True):
        stroke.update(centre | {"strokeWidth": 18.0})
    visitor.session_state["canvas"] = told
    return moving(visitor.run())


@pytest.mark.parametrize("lang", list(LANGUAGES))
def test_before_a_drawing_and_with_each_kind_of_change(lang: str) -> None:
    visitor = moving(visit("draw", lang=lang))
    assert works(visitor)
    assert visitor.get_by_key("draw_press_left").disabled
    draw(visitor, SEVEN)
    for kind in ("angle", "shift", "width"):
        visitor.get_by_key("draw_kind").set_value(kind).run()
        assert works(visitor)
        chart = message(visitor, "steady_chart")
        prepared, seen = (trace["y"] for trace in chart["spec"]["traces"])
        middle = chart["spec"]["traces"][0]["x"].index(1 if kind == "width" else 0)
        assert prepared[middle] > 0.99
        assert seen[middle] > 0.99
        if kind != "angle":
            assert min(prepared) > 0.9, "the preparation undoes it"
        if kind == "shift":
            assert min(seen) < 0.5, "what the network would stumble over"
        if lang == "ko":
            assert english_left(words_on(visitor)) == []


def test_presses_turn_and_thicken_the_strokes_and_their_way_back_is_exact() -> None:
    visitor = drawn_four()
    for press in ("right", "right"):
        visitor.get_by_key(f"draw_press_{press}").click().run()
    assert works(visitor)
    assert [stroke["angle"] for stroke in strokes(visitor)] == [2 * TURN] * 2
    for press in ("left", "left"):
        visitor.get_by_key(f"draw_press_{press}").click().run()
    for stroke, centre in zip(strokes(visitor), CENTRES, strict=True):
        assert {name: stroke[name] for name in centre} == pytest.approx(centre)
        assert stroke["strokeWidth"] == 18
        assert stroke["angle"] % 360 == pytest.approx(0)
    for press in ("thicker", "east", "south", "west", "north", "thinner"):
        visitor.get_by_key(f"draw_press_{press}").click().run()
    assert {name: strokes(visitor)[0][name] for name in CENTRES[0]} == pytest.approx(CENTRES[0])


def test_what_the_canvas_cannot_hold_is_not_done_and_said() -> None:
    visitor = drawn_four()
    visitor.session_state["canvas"]["drawing"]["raw"]["objects"][0]["width"] = 279
    visitor.session_state["canvas"] = copy.deepcopy(visitor.session_state["canvas"])
    visitor.run()
    visitor.get_by_key("draw_press_thicker").click().run()
    assert "There is no room" in words_in(visitor, "draw_move")
    assert read(visitor) == "4"
    assert [digit["said"][0] for digit in boxed(visitor)] == ["4"]
