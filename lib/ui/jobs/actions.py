"""What a press of a button does to a run or a study: it is done, waited for a moment, or the page says why not."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

import streamlit as st

from lib.runs.model.run import Job, RunOver
from lib.runs.model.unavailable import StoreUnavailable
from lib.ui.shell.language import _
from lib.ui.shell.services import store
from lib.ui.shell.visitor import may_control

logger = logging.getLogger(__name__)

LINK = "run"
"""A run in the address, as `?run=<id>`, and in the session."""
NOT_DONE = "not_done"
"""Where the session keeps why the last press of a button did nothing."""
ANSWER_SECONDS = 0.4
"""How long a visitor who pressed a button is kept waiting at most; a run that takes longer is followed as before."""


def press(do: Callable[..., None], *args: object) -> None:
    """Does what a button is for; where the store refuses to write it down, the page drawn next says so."""
    try:
        do(*args)
    except StoreUnavailable as away:
        logger.exception("a visitor's request was not recorded")
        st.session_state[NOT_DONE] = away.sentence(_) + " " + _("So nothing was changed; press again afterwards.")


def ask(job: Job, request: Callable[[], None], until: Callable[[Job], bool]) -> None:
    """Makes the request if the run or study is the visitor's own, and waits a moment `until` it is fulfilled.

    Another tab may have ended the job meanwhile: then the page drawn next shows that, and nothing is requested.
    """
    if not may_control(job):
        return
    try:
        request()
    except RunOver:
        return
    deadline = time.monotonic() + ANSWER_SECONDS
    while not until(store().job(job.id)) and time.monotonic() < deadline:
        time.sleep(0.01)
