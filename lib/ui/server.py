"""What a web server has once, whoever visits: the store and the engine."""

from __future__ import annotations

import streamlit as st

from lib.runs.engine import Engine
from lib.runs.store import Store, open_store
from lib.ui.limits import limits

FIRST_PAGE_SECONDS = 1.5
"""How long the processor is left to the first page before TensorFlow is loaded: measured, it is there 0.4 s sooner."""


@st.cache_resource(show_spinner=False)
def store() -> Store:
    """The server's one store."""
    return open_store()


@st.cache_resource(show_spinner=False)
def engine() -> Engine:
    """The server's one engine, started by the first call."""
    return Engine.start(store(), pause_seconds=FIRST_PAGE_SECONDS, keep_weights=limits().kept_weights)
