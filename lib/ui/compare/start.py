"""The Start button of the Compare page."""

from __future__ import annotations

import streamlit as st

from lib.core.errors import Refusal
from lib.ui.compare.guess import entered
from lib.ui.compare.result import VIEW
from lib.ui.compare.settings import FORM
from lib.ui.jobs.actions import NOT_DONE
from lib.ui.jobs.studies import start_study
from lib.ui.shell.language import _


def start_comparison() -> None:
    """Starts a comparison with the settings and the guess as they are at the click.

    A number may be typed and Start pressed in one go, so the values the page was drawn with can be outdated, and the
    new ones wrong: then nothing starts and the page says why.
    """
    try:
        config, guess = FORM.chosen(), entered()
    except Refusal as error:
        st.session_state[NOT_DONE] = error.sentence(_)
        return
    st.session_state.pop(VIEW, None)  # a sweep opens with the sweep view, and samples are seen as they come in
    start_study(config, guess)
