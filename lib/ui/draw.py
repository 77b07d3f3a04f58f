"""The Draw page's one fragment: a way in, and the answer to it. Only this runs again after a stroke."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import streamlit as st

from lib.core.digits import Bytes
from lib.ui.draw_canvas import show_canvas
from lib.ui.draw_models import Model
from lib.ui.draw_reading import Watch, read
from lib.ui.draw_views import (
    choose_steps,
    show_latency,
    show_prediction,
    show_probabilities,
    show_steps,
    which_digit,
)
from lib.ui.language import _

FRAGMENT = "draw"


def draw_and_read(models: Sequence[Model]) -> None:
    """The canvas and what `models` make of it."""

    def work() -> None:
        watch = Watch()
        paper, answer = st.columns([0.38, 0.62], gap="large")
        with paper, watch.part("canvas"):
            picture = show_way_in()
        reading = None
        if picture is not None:
            reading = read(picture, models, choose_steps(), st.session_state.get("draw_row", True), watch)
        with answer, watch.part("answering"):
            show_prediction(reading)
        with watch.part("showing"):
            with answer:
                place = which_digit(reading) if reading else 0
                if reading:
                    show_probabilities(reading, place)
            show_steps(reading, place)
        if reading and picture is not None:
            show_latency(watch, hashlib.sha256(picture.tobytes()).digest())

    st.fragment(work, key=FRAGMENT)()


def show_way_in() -> Bytes | None:
    """The canvas, and whether what is on it is to be read as a row of digits."""
    picture = show_canvas()
    st.toggle(_("Read several digits in a row"), value=True, key="draw_row", persist_state="session")
    return picture
