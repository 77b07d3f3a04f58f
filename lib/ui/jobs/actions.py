"""The callbacks of buttons on a run or a study: do it and wait briefly, or let the page say why not."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

import streamlit as st

from lib.runs.model.run import Job, RunOver
from lib.runs.model.unavailable import StoreUnavailable
from lib.ui.shell.language import _
from lib.ui.shell.services import store
from lib.ui.shell.store_health import HEALTH_TEXT
from lib.ui.shell.visitor import may_control

logger = logging.getLogger(__name__)

LINK = "run"
"""The current run in the URL, as `?run=<id>`, and in the session."""
NOT_DONE = "not_done"
"""Session-state key: why the last click of a button did nothing."""
ANSWER_SECONDS = 0.4
"""A visitor who clicked a button waits at most this long; a run that takes longer is polled as before."""


def press(do: Callable[..., None], *args: object) -> None:
    """Does a button's work; if the store cannot record it, the next rerun says so."""
    try:
        do(*args)
    except StoreUnavailable as away:
        logger.exception("a visitor's wish was not recorded")
        st.session_state[NOT_DONE] = (
            _(HEALTH_TEXT[away.code]) + " " + _("So nothing was changed; press again afterwards.")
        )


def ask(job: Job, wish: Callable[[], None], until: Callable[[Job], bool]) -> None:
    """Leaves the wish if the run or study is the visitor's own, so that the page drawn next already shows it fulfilled.

    Another tab may have ended it meanwhile: then the page drawn next shows that, and nothing is wished.
    """
    if not may_control(job):
        return
    try:
        wish()
    except RunOver:
        return
    deadline = time.monotonic() + ANSWER_SECONDS
    while not until(store().job(job.id)) and time.monotonic() < deadline:
        time.sleep(0.01)
