"""TF2 Lab. Start it with `streamlit run app.py`.

This file creates the server; the pages begin in `lib/ui/shell/frame.py`. The frame is not here because Streamlit would
take the `pages` folder beside it for its older kind of multipage app, and the first visitor of a fresh server who opens
a deep link would get a page without the frame.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st

from lib.ui.hosting.logs import begin_logs
from lib.ui.hosting.processors import end_watching, watch_processors
from lib.ui.hosting.routes import hosting_middleware, hosting_routes
from lib.ui.jobs.live_route import live_routes
from lib.ui.shell.last_words import keep_last_words
from lib.ui.shell.quotas import limits
from lib.ui.shell.services import close_engine, start_engine
from lib.ui.shell.visitor import middleware
from lib.ui.shell.web_server import answer_at_once, asset_routes, end_in_time, share_memory
from lib.ui.shell.widget_values import drop_nonsense
from lib.ui.widgets.background import give_up

FIRST_PAGE_SECONDS = 1.5
"""The engine waits this long, so that the first page has the processor: measured, it appears 0.4 s sooner."""


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[dict[str, Any]]:
    """The engine starts with the server, so TensorFlow loads before the first visitor arrives, and ends with it."""
    limits()  # an invalid limit ends the server here, instead of surprising its visitors
    share_memory()
    answer_at_once()
    end_in_time()
    watch_processors()
    drop_nonsense()
    keep_last_words()
    starting = asyncio.create_task(start_in_a_moment())
    yield {}
    starting.cancel()
    end_watching()
    give_up()
    await asyncio.to_thread(close_engine)


async def start_in_a_moment() -> None:
    """Starts the engine beside the server, after the first page has had time, unless a page needs the engine sooner."""
    await asyncio.sleep(FIRST_PAGE_SECONDS)
    await start_engine()


begin_logs()  # before the server says its first word
base = st.get_option("server.baseUrlPath")
app = st.App(
    Path(__file__).parent / "lib" / "ui" / "shell" / "frame.py",
    lifespan=lifespan,
    routes=[*asset_routes(base), *hosting_routes(base), *live_routes(base)],
    middleware=[*hosting_middleware(), *middleware()],
)
