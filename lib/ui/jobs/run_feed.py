"""A page's view of a run, read once for all viewers."""

from __future__ import annotations

import streamlit as st

from lib.runs.db.run_reader import RunReader
from lib.runs.db.store import Store
from lib.runs.model.run import Run
from lib.runs.model.view import RunView
from lib.ui.jobs.feed import Feed
from lib.ui.shell.services import store


def feed_of_run(source: Store, run_id: str) -> Feed[Run, RunView]:
    """A feed of this run that has not read anything yet."""
    return Feed(run_id, source.run, source.events, RunReader(source, run_id).grow)


@st.cache_resource(show_spinner=False, max_entries=50)
def run_feed(run_id: str) -> Feed[Run, RunView]:
    """The server's one feed of this run."""
    return feed_of_run(store(), run_id)
