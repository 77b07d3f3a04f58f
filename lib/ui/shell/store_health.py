"""Trouble with the store of runs, shown on the page for as long as it lasts."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from lib.runs.model.unavailable import HEALTH_TEXT, NO_ROOM, StoreUnavailable
from lib.ui.shell import plain
from lib.ui.shell.language import _
from lib.ui.shell.services import engine

logger = logging.getLogger(__name__)

HEALTH_POLL_SECONDS = 1.0
"""Seconds between polls whether the trouble is over."""


def show_trouble() -> None:
    """A warning while the engine reports trouble; the page is rerun once it is over."""
    trouble = engine().state().trouble
    if trouble is None:
        return

    said = _(HEALTH_TEXT[trouble])
    if trouble != NO_ROOM:  # that stops no run
        said += " " + _("Runs that were under way go on by themselves afterwards.")

    def look() -> None:
        with st.container(key="trouble"):
            plain.error(said)
        rerun_when_other(trouble)

    st.fragment(look, run_every=HEALTH_POLL_SECONDS)()


def rerun_when_other(trouble: str | None) -> None:
    """Reruns the page if the engine now reports something other than `trouble`."""
    if engine().state().trouble != trouble:
        st.rerun()


@contextmanager
def says_when_store_unavailable() -> Iterator[None]:
    """A context manager: if the store does not answer, the page says so instead of drawing its content."""
    try:
        yield
    except StoreUnavailable as away:
        logger.exception("the store does not answer")
        with st.container(key="store_away"):
            plain.error(away.sentence(_) + " " + _("Reload the page in a moment."))
