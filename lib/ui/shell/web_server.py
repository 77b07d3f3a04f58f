"""What the web server itself needs, before there is any page: the files that browsers ask for, and its end.

Nothing heavy is imported here: the server answers its first browser while the rest is still being loaded.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import gzip
import hashlib
import importlib.util
import signal
import socket
import sys
import threading
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

M_ARENA_MAX, M_MMAP_THRESHOLD = -8, -3
"""Their numbers in glibc's malloc.h."""
LARGE_BLOCK = 2**20


def package_folder(name: str) -> Path:
    """Where an installed package lies; it is not imported."""
    found = importlib.util.find_spec(name)
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


ASSETS = {
    "live_chart.js": Path(__file__).parents[1] / "assets" / "live_chart.js",
    "plotly.js": package_folder("plotly") / "package_data" / "plotly.min.js",
}
"""What the live chart loads: its own code, and the plotly.js that the installed plotly brings."""
ICON = Path(__file__).parents[1] / "assets" / "icon.svg"


@cache
def asset_url(name: str) -> str:
    """Where the browser finds one of ASSETS, relative to the app; changes with the file, so it may be kept for ever."""
    digest = hashlib.sha256(ASSETS[name].read_bytes()).hexdigest()[:12]
    return f"assets/{digest}/{name}"


@cache
def packed(name: str) -> bytes:
    """One of ASSETS, compressed once for all visitors: plotly.js takes a quarter of a second."""
    return gzip.compress(ASSETS[name].read_bytes(), compresslevel=6, mtime=0)


def asset_routes(base: str = "") -> list[Route]:
    """The routes that serve ASSETS, and the icon in the place of Streamlit's.

    It is the page's (`lib.ui.shell.frame`), there before the page is. `base` is Streamlit's `server.baseUrlPath`, below
    which everything stands.
    """
    below = "/".join(["", *filter(None, base.split("/"))])

    async def serve(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in ASSETS:
            return Response(status_code=404)
        headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
        if "gzip" not in request.headers.get("Accept-Encoding", ""):
            body = await asyncio.to_thread(ASSETS[name].read_bytes)
        else:
            body = await asyncio.to_thread(packed, name)
            headers["Content-Encoding"] = "gzip"
        return Response(body, media_type="text/javascript", headers=headers)

    async def serve_icon(request: Request) -> Response:
        return Response(ICON.read_bytes(), media_type="image/svg+xml", headers={"Cache-Control": "max-age=86400"})

    return [Route(below + "/assets/{digest}/{name}", serve), Route(below + "/favicon.png", serve_icon)]


def share_memory() -> None:
    """Lets all threads take memory from the same two pools, and large blocks go back to the system at once.

    That is for glibc as the system's C library. It would give nearly every thread a pool of its own, and each run of a
    visitor's page is a thread: measured, a server with a dozen visitors is 20 MB smaller this way. And from the first
    large block, such as a network's weights, it would learn to keep the next ones for itself: measured, a server that
    looks back at runs of the notes' network is 120 MB smaller.
    """
    if sys.platform == "linux" and hasattr(library := ctypes.CDLL(None), "mallopt"):
        library.mallopt(M_ARENA_MAX, 2)
        library.mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK)


def answer_at_once() -> None:
    """Lets connections send what they are given at once; they inherit that from the server's socket.

    To be called when that listens and no browser has come yet. asyncio does so by itself only for sockets that name
    their protocol (its `_set_nodelay`), and Streamlit's does not: then the second part of every answer waits until the
    first is acknowledged, which systems like to put off, Linux for 40 ms (Nagle's algorithm, RFC 896). Measured: the
    first page, which is a hundred small files, is there 0.4 s sooner.
    """
    for one in gc.get_objects():
        if type(one) is socket.socket and one.fileno() >= 0 and one.family in (socket.AF_INET, socket.AF_INET6):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def end_in_time(seconds: float = 2.0) -> None:
    """Makes the server end `seconds` after Ctrl-C or a termination, whatever its visitors' browsers do.

    uvicorn waits for open connections, and a page that tries to reconnect keeps its connection open for ever. What a
    second Ctrl-C would do, this does for the user. To be called in the server's event loop.
    """
    if threading.current_thread() is not threading.main_thread():
        return  # served from a thread of somebody else's process, whose signals are not ours
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        ask_to_end = signal.getsignal(number)
        if not callable(ask_to_end):
            continue

        def end(number: int, frame: FrameType | None, ask_to_end: Any = ask_to_end) -> None:
            ask_to_end(number, frame)
            loop.call_soon_threadsafe(loop.call_later, seconds, ask_to_end, signal.SIGINT, None)

        signal.signal(number, end)
