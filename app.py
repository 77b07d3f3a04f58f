"""TF2 Lab. Start it with `streamlit run app.py`.

This file makes the server; what a visitor sees begins in `lib/ui/frame.py`. The frame does not stand here because
Streamlit would take the `pages` folder beside it for its older kind of multipage app, and the first visitor of a fresh
server who opens a deep link would get a page without the frame.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st

from lib.ui import server


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[dict[str, Any]]:
    """The engine starts with the server, so TensorFlow is loading before the first visitor comes, and ends with it."""
    server.end_in_time()
    engine = server.engine()
    yield {}
    engine.close()


app = st.App(Path(__file__).parent / "lib" / "ui" / "frame.py", lifespan=lifespan, routes=server.asset_routes())
