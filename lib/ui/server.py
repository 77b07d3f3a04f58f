"""What a web server has once, whoever visits: the store, the engine, and the files that the browser asks for."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import plotly
import streamlit as st
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route

from lib.runs.engine import Engine
from lib.runs.store import Store, open_store

ASSETS = {
    "live_chart.js": Path(__file__).parent / "assets" / "live_chart.js",
    "plotly.js": Path(plotly.__file__).parent / "package_data" / "plotly.min.js",
}
"""What the live chart loads: its own code, and the plotly.js that the installed plotly brings."""


@st.cache_resource(show_spinner=False)
def store() -> Store:
    """The server's one store."""
    return open_store()


@st.cache_resource(show_spinner=False)
def engine() -> Engine:
    """The server's one engine, started by the first call."""
    return Engine.start(store())


@st.cache_resource(show_spinner=False)
def asset_url(name: str) -> str:
    """Where the browser finds one of ASSETS, relative to the app; changes with the file, so it may be kept for ever."""
    digest = hashlib.sha256(ASSETS[name].read_bytes()).hexdigest()[:12]
    return f"assets/{digest}/{name}"


def asset_routes() -> list[Route]:
    """The routes that serve ASSETS."""

    async def serve(request: Request) -> FileResponse:
        name = re.sub(r".*/", "", request.url.path)
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return FileResponse(ASSETS[name], media_type="text/javascript", headers=headers)

    return [Route(f"/assets/{{digest}}/{name}", serve) for name in ASSETS]
