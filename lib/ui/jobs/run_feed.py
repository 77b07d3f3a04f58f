"""A page's view of a run, read once for all viewers."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from lib.runs.db.run_reader import RunReader
from lib.runs.db.store import Store
from lib.runs.model.run import Run
from lib.runs.model.view import RunView
from lib.ui.jobs.feed import Feed
from lib.ui.shell.services import store
from lib.ui.shell.store_health import says_when_store_unavailable
from lib.ui.shell.visitor import may_control

EPOCH_POLL_SECONDS, WATCHED_EPOCH_POLL_SECONDS = 4.0, 8.0
"""Seconds between polls for the next epoch of the visitor's own run, and of another visitor's."""


def feed_of_run(source: Store, run_id: str) -> Feed[Run, RunView]:
    """A feed of this run that has not read anything yet."""
    return Feed(run_id, source.run, source.events, RunReader(source, run_id).grow)


def follow_epochs(run: Run, draw: Callable[[RunView], None]) -> None:
    """Draws what changes once per epoch, and polls while the run is open. It runs beside `lib.ui.train.live.watch`,
    which polls the store for both.
    """
    every = EPOCH_POLL_SECONDS if may_control(run) else WATCHED_EPOCH_POLL_SECONDS

    def follow() -> None:
        with says_when_store_unavailable():
            draw(run_feed(run.id).look(within=1.0))  # the live chart has just been drawn with it

    st.fragment(follow, run_every=every if run.is_open else None)()


@st.cache_resource(show_spinner=False, max_entries=50)
def run_feed(run_id: str) -> Feed[Run, RunView]:
    """The server's one feed of this run."""
    return feed_of_run(store(), run_id)
