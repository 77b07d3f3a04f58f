"""The Draw page reads its canvas with the shipped model, and no message of a canvas breaks it."""

import base64
import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.core.drawing.preprocess import STEPS
from lib.core.i18n import LANGUAGES
from tests.pages.draw.drawing import FOUR, ONE, SCRIBBLE, SEVEN, ZERO, beside, draw, read, sent
from tests.pages.visiting import english_left, there, visit, words_in, words_on, works

both_languages = pytest.mark.parametrize("lang", list(LANGUAGES))


@both_languages
def test_digits_are_read_and_an_empty_canvas_has_no_answer(lang: str) -> None:
    visitor = visit("draw", lang=lang)
    empty = read(visitor)
    assert not any(character.isdigit() or character == "?" for character in empty)
    for strokes, digit in ((SEVEN, "7"), (ONE, "1"), (FOUR, "4"), (ZERO, "0")):
        draw(visitor, strokes)
        assert works(visitor)
        assert read(visitor) == digit
        assert (english_left(words_on(visitor)) == []) == (lang == "ko")
    draw(visitor, [])
    assert works(visitor)
    assert read(visitor) == empty


def test_several_digits_are_a_number_unless_they_are_read_as_one_picture() -> None:
    visitor = draw(visit("draw"), beside(ONE, FOUR, SEVEN), width=12)
    assert read(visitor) == "147"
    assert len(visitor.get_by_key("draw_which").options) == 3
    visitor.get_by_key("draw_which").set_value(2).run()
    visitor.get_by_key("draw_row").set_value(False).run()
    assert works(visitor)
    assert len(read(visitor)) == 1


def test_what_is_no_digit_is_answered_with_not_sure() -> None:
    visitor = draw(visit("draw"), SCRIBBLE)
    assert read(visitor) == "?"
    assert "Not sure" in words_in(visitor, "prediction")


@both_languages
def test_the_raw_drawing_stands_beside_the_prepared_one_with_both_answers(lang: str) -> None:
    corner = [[(180 + x / 4, 170 + y / 4) for x, y in stroke] for stroke in SEVEN]
    visitor = draw(visit("draw", lang=lang), corner, width=6)
    assert not there(visitor, "draw_side_by_side")
    visitor.get_by_key("draw_raw").click().run()
    assert works(visitor)
    assert not any(visitor.get_by_key(f"draw_step_{step}").value for step in STEPS)
    here, whole = (markdown.value for markdown in visitor.get_by_key("draw_side_by_side").markdown)
    assert whole.split("\n")[-1].startswith("7")
    assert here.split("\n")[-1] != whole.split("\n")[-1]
    assert (english_left(words_on(visitor)) == []) == (lang == "ko")
    visitor.get_by_key("draw_raw").click().run()
    assert all(visitor.get_by_key(f"draw_step_{step}").value for step in STEPS)
    assert not there(visitor, "draw_side_by_side")


@pytest.mark.parametrize("step", list(STEPS))
def test_a_step_switched_off_loses_its_tile_and_changes_what_the_network_sees(step: str) -> None:
    # Small, low on the right and with a thick pen: every step has something to do.
    corner = [[(180 + x / 4, 170 + y / 4) for x, y in stroke] for stroke in SEVEN]
    visitor = draw(visit("draw"), corner, width=14)
    seen = pictures(visitor)
    assert len(seen) == len(STEPS) + 1
    visitor.get_by_key(f"draw_step_{step}").set_value(False).run()
    assert works(visitor)
    *tiles, here, whole = pictures(visitor)
    assert len(tiles) == len(STEPS)
    assert tiles[-1] == here != seen[-1] == whole, "with these switches, beside with all steps"
    visitor.get_by_key(f"draw_step_{step}").set_value(True).run()
    assert pictures(visitor) == seen


def pictures(visitor: Any) -> list[str]:
    """The URL of each tile's picture; it follows from the picture's content."""
    return [image.proto.imgs[0].url for image in visitor.get("image")]


def test_clear_empties_the_answer_before_the_canvas_has_heard_of_it() -> None:
    visitor = draw(visit("draw"), SEVEN)
    visitor.get_by_key("draw_clear").click().run()
    assert works(visitor)
    assert "Nothing to read yet" in read(visitor)
    draw(visitor, FOUR)
    assert read(visitor) == "4"


def test_undo_hands_back_all_strokes_but_the_last() -> None:
    visitor = draw(visit("draw"), FOUR)
    visitor.get_by_key("draw_undo").click().run()
    assert works(visitor)
    assert visitor.session_state["draw_begin"]["objects"] == sent(FOUR)["drawing"]["raw"]["objects"][:1]
    draw(visitor, [])
    assert visitor.get_by_key("draw_undo").disabled
    assert visitor.get_by_key("draw_clear").disabled


def test_the_time_of_every_part_is_said() -> None:
    visitor = draw(visit("draw"), SEVEN)
    said = words_in(visitor, "draw_latency")
    for part in ("preparing", "predicting", "taking the row apart"):
        assert part in said
    assert "Median" not in said
    draw(visitor, ONE)
    assert "Median of the last 2 answers" in words_in(visitor, "draw_latency")


def png(size: int) -> str:
    """A PNG whose header claims `size` pixels in width and height, with no content."""
    head = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + size.to_bytes(4, "big") * 2 + b"\x08\x06\x00\x00\x00"
    return "data:image/png;base64," + base64.b64encode(head + b"\x00" * 40).decode()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
DATA = JSON | st.sampled_from(
    ["data:image/png;base64,", "data:image/png;base64,####", png(2**31 - 1), png(280), "=;base64,=="]
)
DRAWINGS = JSON | st.fixed_dictionaries(
    {}, optional={"raw": JSON | st.fixed_dictionaries({"objects": JSON}), "data": DATA}
)
MESSAGES = JSON | st.fixed_dictionaries({}, optional={"drawing": DRAWINGS, "backgroundFit": JSON})


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_message_of_a_canvas_breaks_the_page(data: st.DataObject) -> None:
    if not hasattr(test_no_message_of_a_canvas_breaks_the_page, "visitor"):
        test_no_message_of_a_canvas_breaks_the_page.visitor = visit("draw")
    visitor = test_no_message_of_a_canvas_breaks_the_page.visitor
    visitor.session_state["canvas"] = copy.deepcopy(data.draw(MESSAGES))
    visitor.run()
    assert works(visitor)
    read(visitor)


def test_undo_pressed_twice_at_once_takes_two_strokes_back() -> None:
    """The canvas answers after a while: meanwhile what it was told last counts."""
    visitor = draw(visit("draw"), beside(ONE, FOUR))
    for left in (2, 1):
        visitor.get_by_key("draw_undo").click().run()
        assert len(visitor.session_state["draw_begin"]["objects"]) == left


def test_a_cleared_drawing_may_be_drawn_again() -> None:
    visitor = draw(visit("draw"), SEVEN)
    visitor.get_by_key("draw_clear").click().run()
    draw(visitor, [])
    draw(visitor, SEVEN)
    assert read(visitor) == "7"


def test_in_a_narrower_canvas_the_strokes_become_smaller_and_none_is_lost() -> None:
    visitor = visit("draw")
    visitor.session_state["draw_room_width"] = 560
    draw(visitor, SEVEN)
    visitor.session_state["canvas"]["drawing"]["raw"]["objects"][0] |= {"left": 100, "top": 50.0, "scaleX": 2}
    draw_again = copy.deepcopy(visitor.session_state["canvas"])
    visitor.session_state["canvas"] = draw_again
    visitor.run()
    visitor.get_by_key("draw_row").set_value(False).run()
    assert works(visitor)
    (stroke,) = visitor.session_state["draw_begin"]["objects"]
    assert (stroke["left"], stroke["top"], stroke["scaleX"], stroke["scaleY"]) == (50, 25, 1, 0.5)
    for row in (True, False, True):
        visitor.get_by_key("draw_row").set_value(row).run()
    (stroke,) = visitor.session_state["draw_begin"]["objects"]
    assert (stroke["left"], stroke["top"], stroke["scaleX"], stroke["scaleY"]) == (100, 50, 2, 1)
