"""What a web server has once for all visitors: the store and the engine.

Both are imported in the functions that create them: that takes 0.3 s, and the first page's title does not wait for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lib.ui.shell.quotas import limits

if TYPE_CHECKING:
    from lib.runs.db.store import Store
    from lib.runs.engine.engine import Engine, EngineState

_engine: Engine | None = None


@st.cache_resource(show_spinner=False)
def store() -> Store:
    """The server's one store."""
    from lib.runs.db.store import open_store

    return open_store()


@st.cache_resource(show_spinner=False)
def engine() -> Engine:
    """The server's one engine, started by the first call."""
    global _engine
    from lib.runs.engine.engine import Engine
    from lib.runs.engine.tidying import Kept

    set_to = limits()
    kept = Kept(
        weights=set_to.kept_weights,
        snapshots=set_to.kept_snapshots,
        runs=set_to.kept_runs,
        days=set_to.kept_days,
        digits=set_to.kept_digits,
        disk_mb=set_to.disk_mb,
    )
    _engine = Engine.start(store(), kept=kept, lanes=set_to.lanes)
    return _engine


def engine_state() -> EngineState | None:
    """The engine's state; None before the engine exists. Calling this does not create it."""
    return _engine.state() if _engine else None
