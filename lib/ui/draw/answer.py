"""The Draw page's one fragment: the input and its answer. Only this reruns after a stroke."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.core.data.dataset import Bytes
from lib.core.errors import Refusal
from lib.ui.draw.canvas import strokes_drawn
from lib.ui.draw.explain.view import show_inside
from lib.ui.draw.mydigits.keep import offer_keeping
from lib.ui.draw.reading.along import read_along
from lib.ui.draw.reading.boxes import boxes_by_hand, leave_out_empty, show_boxes
from lib.ui.draw.reading.breaking import show_breaking
from lib.ui.draw.reading.models import WEIGHTS_POLL_SECONDS, Model, RunModel
from lib.ui.draw.reading.reading import Reading, Watch, read
from lib.ui.draw.reading.switches import choose_steps
from lib.ui.draw.reading.views import (
    show_latency,
    show_no_probabilities,
    show_prediction,
    show_probabilities,
    show_steps,
    which_digit,
)
from lib.ui.draw.ways import place_of_ink, show_below, show_way_in, show_ways, way_is_canvas
from lib.ui.shell.language import _

FRAGMENT = "draw"
SHOWN = "draw_shown"
"""Session-state key: the weights that the answer on the page was made with."""


def draw_and_read(models: Sequence[Model]) -> None:
    """The canvas and the answers of `models` to it."""

    def work() -> None:
        read_and_show(models)

    st.fragment(work, key=FRAGMENT)()
    follow_weights(models)


def read_and_show(models: Sequence[Model]) -> None:
    """One run of the fragment: first the answer is on its way, then everything else is drawn."""
    watch = Watch()
    note_shown(models)
    row = st.session_state.get("draw_row", True)
    with st.container(key="draw_sheet"):  # laid out by `assets/frame.css`
        paper, answer, steps = (st.container(key=f"draw_{name}") for name in ("paper", "answer", "way_in"))
    with paper:
        above = st.container()
        with watch.part("canvas"):
            picture, refused = picture_given(row)
    reading, one_was_empty = None, False
    if picture is not None:
        boxes = boxes_by_hand(picture)
        strokes = strokes_drawn() if way_is_canvas() else []
        reading = read(picture, models, choose_steps(), row, watch, strokes, boxes)
        one_was_empty = leave_out_empty(reading, boxes)
    with answer, watch.part("answering"):
        show_prediction(reading, refused, what_is_read())
        along(models, reading, row)
    with watch.part("showing"):
        with above:
            show_ways()
        with paper:
            show_boxes(reading, place_of_ink(), one_was_empty)
            show_below(reading)
        show_closely(models, reading, answer, steps)
    if reading and picture is not None:
        show_latency(watch, hashlib.sha256(picture.tobytes()).digest())


def show_closely(
    models: Sequence[Model], reading: Reading | None, answer: DeltaGenerator, steps: DeltaGenerator
) -> None:
    """One digit of the `reading` closely: its bars, its way to the network, and why it is read so."""
    several = reading is not None and len(reading.digits) > 1
    with answer:
        bars = st.container()  # right below the answer, so that they stay where they were while writing
        place = which_digit(reading) if reading else 0
        with bars:
            show_bars(reading, place, models)
        show_breaking(models, reading, place)
        if not several:
            offer_keeping(reading)
    with steps:
        show_steps(reading, place)
    if several:
        offer_keeping(reading)  # as wide as the page: one line per digit
    if reading:
        show_inside(reading, place)


def picture_given(row: bool) -> tuple[Bytes | None, str]:
    """The picture from the chosen way; or, of a file that is none, why, in the visitor's language."""
    try:
        return show_way_in(row), ""
    except Refusal as error:
        return None, error.sentence(_)


def what_is_read() -> str:
    """What would be read, for a drawing or a picture that is not."""
    if way_is_canvas():
        return _("What can be read: the digits 0 to 9, side by side, each with room around it.")
    return _("What can be read: digits that fill the frame. Go nearer, with only the paper in the picture.")


def show_bars(reading: Reading | None, place: int, models: Sequence[Model]) -> None:
    """The probabilities of the digit at `place`, or the empty chart."""
    if reading:
        show_probabilities(reading, place)
    else:
        show_no_probabilities(models)


def along(models: Sequence[Model], reading: Reading | None, row: bool) -> None:
    """Lets the browser read along on the canvas."""
    if way_is_canvas():
        read_along(models, reading, choose_steps(), row)


def follow_weights(models: Sequence[Model]) -> None:
    """Reads the same drawing again whenever an open run among `models` has newer weights."""
    runs = [model for model in models if isinstance(model, RunModel) and not model.run.is_over]
    if not runs:
        return

    def follow() -> None:
        shown = st.session_state.get(SHOWN, {})
        newer = [model for model in runs if model.look() != shown.get(model.code)]
        # Reruns the whole page: Streamlit lets only a widget's callback rerun another fragment by its name.
        if newer or any(model.run.is_over for model in runs):
            st.rerun()

    st.fragment(follow, run_every=WEIGHTS_POLL_SECONDS)()


def note_shown(models: Sequence[Model]) -> None:
    """Remembers which weights the answer is made with."""
    st.session_state[SHOWN] = {model.code: model.look() for model in models if isinstance(model, RunModel)}
