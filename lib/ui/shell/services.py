"""What a web server has once for all visitors: the store and the engine.

Both are imported in the functions that create them: that takes 0.3 s, and the first page's title does not wait for it.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

import streamlit as st

from lib.ui.shell.quotas import limits

if TYPE_CHECKING:
    from lib.runs.db.store import Store
    from lib.runs.engine.engine import Engine, EngineState

logger = logging.getLogger(__name__)

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


async def start_engine() -> None:
    """Starts the engine, as soon as the store can be opened: a database may come up after its servers."""
    from lib.runs.model.health import growing_pauses
    from lib.runs.model.unavailable import StoreUnavailable

    for pause in growing_pauses():
        try:
            await asyncio.to_thread(engine)
            return
        except StoreUnavailable as error:
            logger.warning("no engine yet, again in %s s: %s", pause, error)
            await asyncio.sleep(pause)


def close_engine() -> None:
    """Ends the engine; returns when its processes are gone. Without a store there is none."""
    from lib.runs.model.unavailable import StoreUnavailable

    with suppress(StoreUnavailable):
        engine().close()


def engine_state() -> EngineState | None:
    """The engine's state; None before the engine exists. Calling this does not create it."""
    return _engine.state() if _engine else None
