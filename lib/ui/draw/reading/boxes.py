"""A box around each digit that was found, over the canvas or the picture, with its reading and certainty.

The visitor may change the boxes. Theirs hold for the picture that they were drawn on: another stroke is read anew.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from lib.core.data.dataset import Bytes
from lib.core.drawing.segmentation import Box
from lib.ui.draw.reading import text as words
from lib.ui.draw.reading.reading import Reading
from lib.ui.draw.reading.views import WHICH, place_looked_at
from lib.ui.shell.language import _
from lib.ui.shell.web_server import asset_url
from lib.ui.widgets.live_plot import LOADER
from lib.ui.widgets.text import certainty

KEY = "draw_boxes"
EDITING, BY_HAND, READ_LAST = "draw_boxes_edited", "draw_boxes_by_hand", "draw_boxes_of"
"""Session-state keys: whether boxes are being changed, the visitor's boxes with the picture that they belong to, and
the picture that was read last; pictures by their fingerprint."""
PRESSED = "draw_boxes_pressed"
"""Session-state key: whether a button changed the boxes since the last run."""
MIDDLE: Box = (0.35, 0.1, 0.65, 0.9)
"""A new box, for those who do not drag one."""
MANY = 60
"""Most boxes that a browser may send."""

_component = st.components.v2.component("digit_boxes", js=LOADER, isolate_styles=False)


def boxes_by_hand(picture: Bytes) -> list[Box] | None:
    """The boxes that the visitor drew on this `picture`; None if they left those that were found."""
    st.session_state[PRESSED] = False
    st.session_state[READ_LAST] = fingerprint = hashlib.sha256(picture.tobytes()).hexdigest()
    of, boxes = st.session_state.get(BY_HAND, ("", None))
    return boxes if of == fingerprint else None


def leave_out_empty(reading: Reading | None, boxes: list[Box] | None) -> bool:
    """Forgets those of the visitor's boxes that hold no ink; whether there was one."""
    read = list(reading.boxes) if reading else []
    if boxes is None or len(read) == len(boxes):
        return False
    st.session_state[BY_HAND] = st.session_state[READ_LAST], read
    return True


def show_boxes(reading: Reading | None, over: str, one_was_empty: bool) -> None:
    """Lays the boxes over the element that the selector `over` finds; the digit whose name is pressed is looked into.

    They say what the first model says that answers. If `one_was_empty`, a box that the visitor drew is not there.
    """
    digits = described(reading) if reading else []
    data = {
        "code": asset_url("boxes.js"),
        "over": over,
        "digits": digits,
        "place": place_looked_at(reading) if reading else 0,
        "editing": are_changed(),
        "words": said(one_was_empty),
    }
    _component(key=KEY, data=data, on_chosen_change=chosen(len(digits)), on_edited_change=edited, height=1)


def said(one_was_empty: bool) -> Mapping[str, object]:
    """The texts of the layer; JavaScript fills in the digit's place."""
    hint = _("There is no ink in that box.") if one_was_empty else _("Drag an edge, or over ink for another box.")
    return {
        "hint": hint,
        "remove": _("Leave out digit {place}"),
        "sides": [
            _("Left edge of digit {place}"),
            _("Upper edge of digit {place}"),
            _("Right edge of digit {place}"),
            _("Lower edge of digit {place}"),
        ],
    }


def are_changed() -> bool:
    """Whether the visitor is changing the boxes."""
    return bool(st.session_state.get(EDITING))


def show_switch() -> None:
    """The button that begins the changing of boxes."""
    st.button(_("Boxes"), key="draw_boxes_switch", icon=":material/select_all:", on_click=switch)


def show_tools(reading: Reading | None) -> None:
    """The buttons while boxes are changed."""
    boxes = list(reading.boxes) if reading else []
    st.button(_("Done"), key="draw_boxes_switch", icon=":material/check:", type="primary", on_click=switch)
    st.button(_("Add a box"), key="draw_boxes_add", icon=":material/add:", on_click=pressed, args=([*boxes, MIDDLE],))
    st.button(_("As found"), key="draw_boxes_found", icon=":material/restart_alt:", on_click=pressed, args=(None,))


def switch() -> None:
    """Begins or ends the changing of boxes."""
    st.session_state[EDITING] = not are_changed()


def pressed(boxes: list[Box] | None) -> None:
    """Takes the boxes that a button stands for.

    An edge that was moved right before is in the same message of the browser, in any order: the press was later.
    """
    set_boxes(boxes)
    st.session_state[PRESSED] = True


def set_boxes(boxes: list[Box] | None) -> None:
    """These boxes, or with None those that are found, for the picture that was read last."""
    if READ_LAST in st.session_state:
        st.session_state[BY_HAND] = st.session_state[READ_LAST], boxes


def edited() -> None:
    """Takes the visitor's boxes from the browser."""
    message = getattr(st.session_state[KEY], "edited", None)
    if st.session_state.get(PRESSED):
        return
    if isinstance(message, Mapping) and (boxes := boxes_in(message.get("boxes"))) is not None:
        set_boxes(boxes)


def boxes_in(message: object) -> list[Box] | None:
    """The boxes in the browser's message, which is not trusted; None if it has none."""
    if not isinstance(message, list) or len(message) > MANY:
        return None
    boxes = [box for one in message if (box := box_in(one))]
    return boxes if len(boxes) == len(message) else None


def box_in(message: object) -> Box | None:
    """One box in the browser's message: shares of the picture, with something inside."""
    if not isinstance(message, list) or len(message) != 4:
        return None
    if not all(isinstance(one, int | float) and math.isfinite(one) and 0 <= one <= 1 for one in message):
        return None
    left, top, right, bottom = map(float, message)
    return (left, top, right, bottom) if left < right and top < bottom else None


def chosen(count: int) -> Callable[[], None]:
    """What happens when the browser says which of the `count` digits was pressed; its message is not trusted."""

    def look() -> None:
        place = getattr(st.session_state[KEY], "chosen", None)
        if type(place) is int and 0 <= place < count:
            st.session_state[WHICH] = place

    return look


def described(reading: Reading) -> list[dict[str, Any]]:
    """For each digit its box, its reading with certainty, and the same in words."""
    answer = next((one for one in reading.answers if one.prediction is not None), None)
    if answer is None:
        return []
    found: list[dict[str, Any]] = []
    for place, (box, probabilities) in enumerate(zip(reading.boxes, answer.probabilities, strict=True)):
        sure = certainty(float(probabilities.max()))
        name = words.class_said(reading, answer, place)
        label = _("Digit {place}: {name}, {sure}").format(place=place + 1, name=name, sure=sure)
        found.append({"box": box, "said": f"{name} {sure}", "label": label})
    return found
