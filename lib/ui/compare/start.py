"""The Start button of the Compare page."""

from __future__ import annotations

import streamlit as st

from lib.core.studies.configs import StudyError
from lib.ui.compare import settings
from lib.ui.compare.guess import RatioError, entered
from lib.ui.compare.result import VIEW
from lib.ui.jobs.actions import NOT_DONE
from lib.ui.jobs.studies import start_study


def start_comparison() -> None:
    """Starts a comparison with the settings and the guess as they are at the click.

    A number may be typed and Start pressed in one go, so the values the page was drawn with can be outdated, and the
    new ones wrong: then nothing starts and the page says why.
    """
    try:
        config, guess = settings.chosen(), entered()
    except StudyError as error:
        st.session_state[NOT_DONE] = settings.why_refused(error)
        return
    except RatioError as error:
        st.session_state[NOT_DONE] = error.sentence()
        return
    st.session_state.pop(VIEW, None)  # a sweep opens with the sweep view, and samples are seen as they come in
    start_study(config, guess)
