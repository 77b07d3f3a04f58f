"""The page's view of a reading: the answer, its probabilities, the steps of its preparation and its time."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from lib.core.data.dataset import CLASSES, SIDE
from lib.core.drawing.preprocess import STEPS
from lib.core.i18n import mark
from lib.ui.draw.reading import text as words
from lib.ui.draw.reading.models import Model
from lib.ui.draw.reading.reading import Answer, Reading, Watch
from lib.ui.draw.reading.side_by_side import show_side_by_side
from lib.ui.draw.reading.switches import choose_steps, key_of, offer_raw
from lib.ui.draw.reading.tile import TILE, tile_picture
from lib.ui.shell import plain
from lib.ui.shell.language import _
from lib.ui.widgets.bars import probability_bars
from lib.ui.widgets.choice import choose
from lib.ui.widgets.picture import png
from lib.ui.widgets.table import as_table
from lib.ui.widgets.text import bold, percent

EMPTY = mark("Nothing to read yet: write a digit, or several in a row.")
NOTHING = np.zeros(CLASSES, np.float32)
PAPER = np.zeros((SIDE, SIDE), np.uint8)
WHICH = "draw_which"
"""Session-state key: the digit of a row to look at closely."""
NAME = 130
"""Pixels for a model's name before its answer."""
REMEMBERED = 100
"""Number of answers whose times give the median."""


def show_prediction(reading: Reading | None, refused: str = "", way_out: str = "") -> None:
    """One model's answer, or those of several, one line each; with '?' for each drawing that is not a digit.

    Without a reading it says why the file was `refused`, if it was; of a doubtful one the `way_out`.

    The reading is large enough to be seen from the back of a classroom (`assets/frame.css`), and its box as high before
    an answer as after.
    """
    with st.container(key="prediction", border=True, gap="xsmall"):
        if refused:
            plain.warning(refused)
        elif reading is None:
            st.markdown(_(EMPTY))
        if reading is None:
            return
        several = len(reading.answers) > 1
        for answer in reading.answers:
            with st.container(horizontal=True, vertical_alignment="center"):
                if several:
                    st.markdown(bold(answer.model.name()), width=NAME)
                show_answer(reading, answer, way_out)


def show_answer(reading: Reading, answer: Answer, way_out: str) -> None:
    """One model's reading, and beside it how sure it is of the digit looked at, or why it cannot read.

    Where it is in doubt, what would be read takes the place of what the model is.
    """
    if answer.prediction is None:
        plain.warning(_(answer.trouble))
        return
    with st.container(key=f"draw_read_{answer.model.code}", width="content"):
        st.markdown(words.headline(reading, answer), width="content")
    place = place_looked_at(reading)
    doubtful = bool(reading.doubtful[place]) and words.tells_digits(answer)
    with st.container(gap="xsmall", width="stretch"):
        st.markdown(words.margin_words(answer.probabilities[place], answer.model.classes, doubtful))
        st.caption(way_out if doubtful and way_out else answer.model.about())


def place_looked_at(reading: Reading) -> int:
    """The place of the digit that was chosen last, from 0; of the others the boxes say how sure the network is."""
    place = st.session_state.get(WHICH)
    return place if type(place) is int and place < len(reading.digits) else 0


def which_digit(reading: Reading) -> int:
    """The digit of a row to look at closely: its place, from 0."""
    count = len(reading.digits)
    if count < 2:
        return 0
    names = {place: str(place + 1) for place in range(count)}
    return choose(_("Which digit to look at"), names, WHICH, lasting=False)


def show_no_probabilities(models: Sequence[Model]) -> None:
    """The empty chart before a drawing, so that nothing jumps when the answer comes."""
    classes = models[0].classes
    named = {model.name(): NOTHING for model in models if model.classes == classes}
    probability_bars("draw_chart", [_(name) for name in classes], named, _(EMPTY))


def show_probabilities(reading: Reading, place: int) -> None:
    """Every answering model's ten probabilities of one digit, as chart and table."""
    answers = [answer for answer in reading.answers if answer.prediction is not None]
    if not answers:
        return
    classes = answers[0].model.classes
    alike = [answer for answer in answers if answer.model.classes == classes]
    named = {answer.model.name(): answer.probabilities[place] for answer in alike}
    said = " ".join(
        f"{name}: {words.margin_words(probabilities, classes, doubtful=False)}" for name, probabilities in named.items()
    )
    probability_bars("draw_chart", [_(name) for name in classes], named, said, news=said)
    table: dict[str, Any] = {_("read as"): [_(name) for name in classes]}
    for name, probabilities in named.items():
        table[name] = [percent(float(p), 3) for p in probabilities]
    as_table("draw_table", table)


def show_steps(reading: Reading | None, place: int) -> None:
    """Each preparation step: its switch, and the picture after it, or as much room without one."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown("##### " + _("From your drawing to what the network sees"), width="content")
        offer_raw()
    if reading:
        tiles, seen = {tile.step: tile.image for tile in reading.digits[place].tiles}, reading.digits[place].image
    else:
        tiles, seen = dict.fromkeys(choose_steps(), PAPER), PAPER
    with st.container(horizontal=True, key="draw_steps", gap="xsmall"):
        for step, label in STEPS.items():
            with st.container(width=TILE, gap="xsmall"):
                if step in tiles:
                    st.image(png(tile_picture(tiles[step])), alt=_(label), width=TILE)
                else:
                    st.space(TILE)
                st.toggle(_(label), value=True, key=key_of(step), persist_state="session")
        with st.container(width=TILE, gap="xsmall", key="draw_input"):
            said = _("What the network sees")
            st.image(png(tile_picture(seen)), alt=said, width=TILE)
            st.markdown(bold(said))
    if reading:
        show_side_by_side(reading, place)
    st.caption(
        _(
            "MNIST's digits went through the same steps. Switch one off and see the prediction follow: a network with "
            "98 % on the test set can fail on a drawing that it is shown as it is."
        )
    )


def show_latency(watch: Watch, news: bytes) -> None:
    """The time of this answer, and the median over the last drawings; `news` is the drawing's fingerprint."""
    taken: deque[float] = st.session_state.setdefault("draw_totals", deque(maxlen=REMEMBERED))
    if st.session_state.get("draw_timed") != news:
        st.session_state["draw_timed"] = news
        taken.append(watch.answer)
    with st.expander(_("How long it took"), key="draw_latency"):
        st.caption(words.latency_words(watch.seconds, watch.answer, taken))
