"""Beside the answer: one press says what each digit is, and keeps it."""

from __future__ import annotations

import hashlib

import numpy as np
import streamlit as st

from lib.core.digits import CLASSES, Bytes
from lib.core.drawing import STEPS
from lib.core.rows_of_digits import read_one, read_row
from lib.ui.draw_own_presses import KEPT, keep, pressed, show_said, take_back
from lib.ui.draw_reading import Answer, Reading, probabilities
from lib.ui.draw_views import choose_steps
from lib.ui.draw_words import tells_digits
from lib.ui.language import _

THUMB = 44
"""Width of a digit of a row, in pixels: as high as the buttons beside it."""


def offer_keeping(reading: Reading | None, picture: Bytes | None, row: bool) -> None:
    """For each digit of the `picture`, read as a `row` or not: right, or what it is; afterwards, a way back."""
    if reading is None or picture is None:
        return
    with st.container(key="own_keep", border=True, gap="small"):
        st.markdown(_("Was it read right? Your answer keeps the drawing as one of your own digits."))
        images = as_kept(reading, picture, row)
        answer = next((one for one in reading.answers if one.prediction is not None and tells_digits(one)), None)
        for place, image in enumerate(images):
            offer(reading, answer, place, image)
        show_said("keep")


def as_kept(reading: Reading, picture: Bytes, row: bool) -> Bytes:
    """The digits prepared by all steps, uint8 (n, 28, 28), whichever steps the page has switched off."""
    if choose_steps() == frozenset(STEPS):
        return reading.images
    found = (read_row if row else read_one)(picture, probabilities)
    return np.stack([digit.prepared.image for digit in found])


def offer(reading: Reading, answer: Answer | None, place: int, image: Bytes) -> None:
    """The presses for the digit at `place`, uint8 (28, 28)."""
    drawing = f"{place}/{hashlib.sha256(image.tobytes()).hexdigest()[:24]}"
    kept: int | None = st.session_state.get(KEPT, {}).get(drawing, (0, None))[1]
    key = f"own_label_{place}"
    # Shows what it is kept as, whatever was pressed for the drawing before.
    st.session_state[key] = kept

    def chosen() -> None:
        label = st.session_state[key]
        if label is not None:
            pressed("keep", keep, drawing, image, label)

    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if len(reading.digits) > 1:
            st.image(image, width=THUMB, alt=_("Digit {place}").format(place=place + 1), output_format="PNG")
        if kept is not None:
            st.markdown(":green[:material/check:] " + _("Kept as a {label}.").format(label=kept), width="content")
            st.button(
                _("Take back"),
                key=f"own_undo_{place}",
                icon=":material/undo:",
                on_click=pressed,
                args=("keep", take_back, drawing),
            )
        elif answer and not reading.doubtful[place]:
            read = answer.classes()[place]
            st.button(
                _("Right: a {label}").format(label=read),
                key=f"own_right_{place}",
                icon=":material/check:",
                on_click=pressed,
                args=("keep", keep, drawing, image, read),
            )
    st.pills(
        _("Digit {place} is a …").format(place=place + 1) if len(reading.digits) > 1 else _("It is a …"),
        range(CLASSES),
        key=key,
        on_change=chosen,
    )
