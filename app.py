"""TF2 Lab. Start it with `streamlit run app.py`.

This file makes the server; what a visitor sees begins in `lib/ui/frame.py`. The frame does not stand here because
Streamlit would take the `pages` folder beside it for its older kind of multipage app, and the first visitor of a fresh
server who opens a deep link would get a page without the frame.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from lib.ui.limits import limits
from lib.ui.serving import asset_routes, end_in_time, share_memory
from lib.ui.visitor import middleware

if TYPE_CHECKING:
    from lib.runs.engine import Engine


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[dict[str, Any]]:
    """The engine starts with the server, so TensorFlow is loading before the first visitor comes, and ends with it."""
    limits()  # a limit that cannot be read ends the server here, instead of surprising its visitors
    share_memory()
    end_in_time()
    engine = asyncio.create_task(asyncio.to_thread(start_engine))
    yield {}
    (await engine).close()


def start_engine() -> "Engine":
    """Loads what the store and the engine need (0.4 s) beside the server, which answers its first browser meanwhile."""
    from lib.ui.server import engine

    return engine()


app = st.App(
    Path(__file__).parent / "lib" / "ui" / "frame.py",
    lifespan=lifespan,
    routes=asset_routes(),
    middleware=middleware(),
)
