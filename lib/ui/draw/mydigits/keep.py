"""Beside the answer: one click says what each digit is, and keeps it."""

from __future__ import annotations

import hashlib

import streamlit as st

from lib.core.data.dataset import CLASSES, Bytes
from lib.ui.draw.mydigits.presses import KEPT, SHOWN, keep, pressed, show_said, show_to_class, take_back
from lib.ui.draw.reading.reading import Answer, Reading
from lib.ui.draw.reading.text import tells_digits
from lib.ui.shell.language import _
from lib.ui.shell.room import seat
from lib.ui.widgets.picture import png

THUMB = 44
"""Width of a digit in a row, in pixels: as high as the buttons beside it."""


def offer_keeping(reading: Reading | None) -> None:
    """For each digit: correct, or its label; after that, an undo. Digits are kept as prepared by all steps."""
    if reading is None:
        return
    with st.container(key="own_keep", border=True, gap="small"):
        if len(reading.digits) > 1:
            st.markdown(_("Were they read right? What you press for each digit keeps it as one of your own."))
        else:
            st.markdown(_("Was it read right? Your answer keeps the drawing as one of your own digits."))
        answer = next((one for one in reading.answers if one.prediction is not None and tells_digits(one)), None)
        for place, image in enumerate(reading.whole):
            offer(reading, answer, place, image)
        show_said("keep")


def offer(reading: Reading, answer: Answer | None, place: int, image: Bytes) -> None:
    """The buttons for the digit at `place`, uint8 (28, 28), in one line if there are several digits and room."""
    drawing = f"{place}/{hashlib.sha256(image.tobytes()).hexdigest()[:24]}"
    kept: int | None = st.session_state.get(KEPT, {}).get(drawing, (0, None))[1]
    read = answer.classes()[place] if answer and not reading.doubtful[place] else None
    if len(reading.digits) == 1:
        with st.container(horizontal=True, vertical_alignment="center"):
            show_press(drawing, place, image, read, kept)
        choose_label(drawing, place, image, kept, _("It is a …"), seen=True)
        return
    name = _("Digit {place}").format(place=place + 1)
    with st.container(key=f"own_row_{place}", horizontal=True, vertical_alignment="center"):
        st.image(png(image), width=THUMB, alt=name)
        choose_label(drawing, place, image, kept, name, seen=False)
        show_press(drawing, place, image, read, kept)


def show_press(drawing: str, place: int, image: Bytes, read: int | None, kept: int | None) -> None:
    """The button that confirms `read`, if the model read something; once kept, the label and an undo."""
    if kept is not None:
        st.markdown(":green[:material/check:] " + _("Kept as a {label}.").format(label=kept), width="content")
        args = ("keep", take_back, drawing)
        st.button(_("Take back"), key=f"own_undo_{place}", icon=":material/undo:", on_click=pressed, args=args)
        offer_wall(drawing, place, image, kept, read)
    elif read is not None:
        label = _("Right: a {label}").format(label=read)
        press = ("keep", keep, drawing, image, read)
        st.button(label, key=f"own_right_{place}", icon=":material/check:", on_click=pressed, args=press)


def offer_wall(drawing: str, place: int, image: Bytes, label: int, read: int | None) -> None:
    """In a class, the button that shows the kept digit to it; nothing outside of one."""
    here = seat()
    if here is None or not here.takes_part:
        return
    shown, _number = st.session_state.get(SHOWN, {}).get(drawing, (None, 0))
    args = ("keep", show_to_class, drawing, image, label, read)
    st.button(
        _("Shown to the class") if shown == label else _("Show to the class"),
        key=f"own_show_{place}",
        icon=":material/groups:",
        disabled=shown == label,
        on_click=pressed,
        args=args,
    )


def choose_label(drawing: str, place: int, image: Bytes, kept: int | None, name: str, seen: bool) -> None:
    """The ten labels under a `name` that is shown (`seen`) or only read out; one click keeps the digit."""
    key = f"own_label_{place}"
    # The widget shows the label under which the digit is kept, not an earlier click for this drawing.
    st.session_state[key] = kept

    def chosen() -> None:
        label = st.session_state[key]
        if label is not None:
            pressed("keep", keep, drawing, image, label)

    st.pills(
        name,
        range(CLASSES),
        key=key,
        on_change=chosen,
        width="content",
        wrap=True,
        label_visibility="visible" if seen else "collapsed",
    )
