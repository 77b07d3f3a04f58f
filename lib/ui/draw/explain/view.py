"""Explanations of one digit of a drawing: the choice of a view. Each view has its own file."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from lib.core.data.dataset import Bytes
from lib.core.i18n import mark
from lib.ui.draw.explain.class_mean import show_why_not
from lib.ui.draw.explain.gradient import show_saliency
from lib.ui.draw.explain.history import show_moments
from lib.ui.draw.explain.model import choose_answer
from lib.ui.draw.explain.neighbours import show_nearest
from lib.ui.draw.explain.occlusion import show_pixels
from lib.ui.draw.reading.layers import show_layers
from lib.ui.draw.reading.reading import Answer, Reading
from lib.ui.shell.language import _

VIEW = "draw_view"
VIEWS = {
    "layers": mark("Layer by layer"),
    "pixels": mark("Which pixels matter"),
    "saliency": mark("Gradient"),
    "nearest": mark("Nearest images"),
    "why_not": mark("Why not another digit?"),
    "moments": mark("Over the steps of a run"),
}
SHOW: Mapping[str, Callable[[Answer, Bytes, int], None]] = {
    "layers": show_layers,
    "pixels": show_pixels,
    "saliency": show_saliency,
    "nearest": show_nearest,
    "why_not": show_why_not,
    "moments": show_moments,
}
"""Each view takes an answer with a prediction, the digit as networks see it, uint8 (28, 28), and its place."""


def show_inside(reading: Reading, place: int) -> None:
    """The chosen view of one model's answer to the digit at `place`; nothing is computed before it is chosen."""
    if all(answer.prediction is None for answer in reading.answers):
        return
    st.markdown("##### " + _("Looking inside"))
    answer = choose_answer(reading)
    names = {code: _(name) for code, name in VIEWS.items()}
    view = st.segmented_control(
        _("What to look at"),
        list(VIEWS),
        key=VIEW,
        format_func=names.__getitem__,
        label_visibility="collapsed",
        persist_state="session",
    )
    with st.container(key="draw_inside"):
        if view and answer:
            SHOW[view](answer, reading.digits[place].image, place)
