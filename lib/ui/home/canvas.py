"""A canvas of one square, and what the network that ships with the app reads on it."""

from __future__ import annotations

import streamlit as st

from lib.core.data.dataset import Bytes
from lib.core.drawing.preprocess import STEPS
from lib.ui.draw.canvas import OBJECTS, clear, show_canvas, strokes_drawn
from lib.ui.draw.reading import text as words
from lib.ui.draw.reading.models import shipped_model
from lib.ui.draw.reading.reading import Reading, Watch, read
from lib.ui.shell.language import _
from lib.ui.widgets.text import certainty


def write_and_read() -> None:
    """The canvas and its answer. Only this reruns after a stroke."""
    st.fragment(_work, key="home_writing")()


def _work() -> None:
    with st.container(key="home_canvas"):
        st.markdown("##### " + _("Write a digit"))
        picture = show_canvas(row=False)
        with st.container(horizontal=True, key="home_answer"):
            show_reading(None if picture is None else read_drawing(picture))
            drawn = bool(st.session_state.get(OBJECTS))
            st.button(_("Clear"), key="home_clear", icon=":material/delete:", disabled=not drawn, on_click=clear)


def read_drawing(picture: Bytes) -> Reading | None:
    """What the network that ships with the app reads in the drawing."""
    return read(picture, [shipped_model()], STEPS, row=True, watch=Watch(), strokes=strokes_drawn())


def show_reading(reading: Reading | None) -> None:
    """What is read, large, and how sure the network is of each digit; a hint while there is nothing to read."""
    with st.container(key="home_read", width="stretch", gap="xsmall"):
        if reading is None:
            st.caption(_("The network that comes with the app reads it at once, several digits in a row as well."))
            return
        (answer,) = reading.answers
        with st.container(key="home_digits"):
            st.markdown(words.headline(reading, answer))
        st.caption(sureness(reading))


def sureness(reading: Reading) -> str:
    """The margin of a single digit in words; of several, how sure the network is of each."""
    (answer,) = reading.answers
    if len(reading.digits) == 1:
        return words.margin_words(answer.probabilities[0], answer.model.classes, bool(reading.doubtful[0]))
    said = [words.class_said(reading, answer, place) for place in range(len(reading.digits))]
    each = zip(said, answer.probabilities.max(axis=1), strict=True)
    return " · ".join(f"{digit} {certainty(float(sure))}" for digit, sure in each)
