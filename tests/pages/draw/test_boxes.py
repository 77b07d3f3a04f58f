"""The visitor's own boxes are read as long as their picture stays; messages of the browser are not trusted."""

import copy
import math

import pytest

from lib.ui.draw.reading.boxes import BY_HAND, EDITING, MANY, READ_LAST, boxes_in
from tests.pages.draw.drawing import FOUR, ONE, SEVEN, beside, boxed, draw, message, read
from tests.pages.visiting import visit, words_in, works

BOX = [0.1, 0.2, 0.3, 0.9]


@pytest.mark.parametrize(
    "odd",
    [
        None,
        "boxes",
        [BOX] * (MANY + 1),
        [BOX, None],
        [[0.1, 0.2, 0.3]],
        [[0.1, 0.2, 0.3, "1"]],
        [[0.1, 0.2, 0.3, math.nan]],
        [[0.1, 0.2, 0.3, 1.5]],
        [[0.3, 0.2, 0.1, 0.9]],
    ],
)
def test_what_no_browser_of_ours_sends_is_no_box(odd: object) -> None:
    assert boxes_in(odd) is None
    assert boxes_in([BOX]) == [tuple(BOX)]
    assert boxes_in([]) == []


def test_own_boxes_are_read_until_the_drawing_changes() -> None:
    visitor = draw(visit("draw"), beside(ONE, FOUR, SEVEN), width=12)
    assert not message(visitor, "digit_boxes")["editing"]
    visitor.session_state[EDITING] = True
    one, _four, seven = (tuple(digit["box"]) for digit in boxed(visitor))
    fingerprint = visitor.session_state[READ_LAST]
    visitor.session_state[BY_HAND] = fingerprint, [one, seven]
    visitor.run()
    assert works(visitor)
    assert read(visitor) == "17"
    assert message(visitor, "digit_boxes")["editing"]
    visitor.session_state[BY_HAND] = fingerprint, [one, seven, (0.0, 0.0, 1.0, 0.01)]
    visitor.run()
    assert read(visitor) == "17"
    assert message(visitor, "digit_boxes")["words"]["hint"] == "There is no ink in that box."
    visitor.session_state[BY_HAND] = fingerprint, []
    visitor.run()
    assert works(visitor)
    assert "Nothing to read" in words_in(visitor, "prediction")
    visitor.get_by_key("draw_boxes_found").click().run()
    assert read(visitor) == "147", "the way back"
    visitor.get_by_key("draw_boxes_add").click().run()
    assert len(boxed(visitor)) == 4
    visitor.get_by_key("draw_boxes_switch").click().run()
    assert not message(visitor, "digit_boxes")["editing"]
    visitor.session_state["canvas"] = copy.deepcopy(visitor.session_state["canvas"])
    draw(visitor, FOUR)
    assert read(visitor) == "4", "another drawing is read as it is found"
