"""The model whose inside is shown, if several models read the drawing."""

from __future__ import annotations

import streamlit as st

from lib.ui.draw.reading.reading import Answer, Reading
from lib.ui.shell.language import _

MODEL = "draw_inside_model"


def choose_answer(reading: Reading) -> Answer | None:
    """The answer to explain: that of the chosen model, by default the first; None if no model has one."""
    answers = {answer.model.code: answer for answer in reading.answers if answer.prediction is not None}
    if len(answers) < 2:
        return next(iter(answers.values()), None)
    names = {code: answer.model.name() for code, answer in answers.items()}
    if st.session_state.get(MODEL) not in answers:
        st.session_state[MODEL] = next(iter(answers))
    chosen = st.selectbox(
        _("Model that is looked into"), list(answers), key=MODEL, format_func=names.__getitem__, width=420
    )
    return answers[chosen]
