"""Settings of the web server itself: static files, sockets, memory, shutdown.

Nothing heavy is imported here: the server answers its first browser while the rest is still loading.
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
from collections import OrderedDict
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lib.core.exports.one_file import ASSETS as SHARED

M_ARENA_MAX, M_MMAP_THRESHOLD = -8, -3
"""The values of these constants in glibc's malloc.h."""
LARGE_BLOCK = 2**20


def package_folder(name: str) -> Path:
    """The folder of an installed package, without importing it."""
    found = importlib.util.find_spec(name)
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


OWN = Path(__file__).parents[1] / "assets"
FOLDERS = (OWN, SHARED)
"""Where the app's own files lie: here, and where what one takes away has them from as well."""
ASSETS = {
    **{
        name: OWN / name
        for name in (
            "frame.css",
            "address.js",
            "translated.js",
            "live_stream.js",
            "live_chart.js",
            "live_line.js",
            "live_follow.js",
            "bars.js",
            "boxes.js",
            "break_network.js",
            "networks.js",
            "breaking.js",
            "follow_pen.js",
            "class_cards.js",
        )
    },
    **{name: SHARED / name for name in ("canvas_picture.js", "prepare_drawing.js", "run_network.js")},
    "plotly.js": package_folder("plotly") / "package_data" / "plotly.min.js",
}
"""Files that a page loads: its style, its address, the code of its components, plotly.js from the installed plotly."""
TYPES = {".js": "text/javascript", ".css": "text/css"}
ICON = OWN / "icon.svg"


@cache
def asset_url(name: str) -> str:
    """The URL of one of ASSETS, relative to the app. It changes with the file, so browsers may cache it for ever.

    The app's own files import each other from the same address, so they share a digest.
    """
    own = [path for path in ASSETS.values() if path.parent in FOLDERS]
    files = own if ASSETS[name] in own else [ASSETS[name]]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]
    return f"assets/{digest}/{name}"


WEIGHTS = "halves.f16"
MOST_WEIGHTS = 2**26
"""Bytes of weights offered to browsers at a time; with more, the oldest are no longer there."""
_offered: OrderedDict[str, bytes] = OrderedDict()
_offering = threading.Lock()


def offer_weights(digest: str, weights: bytes) -> str:
    """Offers these weights, whose SHA-256 is `digest`, to browsers; returns their URL, relative to the app.

    The URL holds their whole SHA-256, so only a page that was given it can ask for them. A browser that finds them gone
    does without.
    """
    with _offering:
        _offered[digest] = weights
        _offered.move_to_end(digest)
        while len(_offered) > 1 and sum(map(len, _offered.values())) > MOST_WEIGHTS:
            _offered.popitem(last=False)
    return f"assets/{digest}/{WEIGHTS}"


def serve_weights(digest: str) -> Response:
    """The response with the offered weights of this SHA-256."""
    with _offering:
        weights = _offered.get(digest)
    if weights is None:
        return Response(status_code=404)
    # A visitor's own browser may keep them, a cache that others share may not.
    return Response(weights, headers={"Cache-Control": "private, max-age=31536000, immutable"})


@cache
def packed(name: str) -> bytes:
    """One of ASSETS, compressed once for all visitors: plotly.js takes a quarter of a second."""
    return gzip.compress(ASSETS[name].read_bytes(), compresslevel=6, mtime=0)


def below(base: str) -> str:
    """The beginning of every path below `base`, Streamlit's `server.baseUrlPath`: '/lab', or '' without one."""
    return "/".join(["", *filter(None, base.split("/"))])


def asset_routes(base: str = "") -> list[Route]:
    """The routes that serve ASSETS, and the icon in place of Streamlit's.

    It is the icon of the page (`lib.ui.shell.frame`) and available before the page is. `base` is Streamlit's
    `server.baseUrlPath`, the prefix of every URL.
    """

    async def serve(request: Request) -> Response:
        name = request.path_params["name"]
        if name == WEIGHTS:
            return serve_weights(request.path_params["digest"])
        if name not in ASSETS:
            return Response(status_code=404)
        headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
        if "gzip" not in request.headers.get("Accept-Encoding", ""):
            body = await asyncio.to_thread(ASSETS[name].read_bytes)
        else:
            body = await asyncio.to_thread(packed, name)
            headers["Content-Encoding"] = "gzip"
        return Response(body, media_type=TYPES[ASSETS[name].suffix], headers=headers)

    async def serve_icon(request: Request) -> Response:
        return Response(ICON.read_bytes(), media_type="image/svg+xml", headers={"Cache-Control": "max-age=86400"})

    return [Route(below(base) + "/assets/{digest}/{name}", serve), Route(below(base) + "/favicon.png", serve_icon)]


def share_memory() -> None:
    """Lets all threads take memory from the same two pools, and large blocks go back to the system at once.

    This applies to glibc. By default it gives nearly every thread its own pool, and each rerun of a visitor's page is a
    thread: measured, a server with a dozen visitors is 20 MB smaller this way. And once a large block, such as a
    network's weights, is freed, glibc keeps later ones for itself: measured, a server that looks back at runs of the
    notes' network is 120 MB smaller.
    """
    if sys.platform == "linux" and hasattr(library := ctypes.CDLL(None), "mallopt"):
        library.mallopt(M_ARENA_MAX, 2)
        library.mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK)


def answer_at_once() -> None:
    """Makes connections send data at once; they inherit the option from the server's socket.

    Call it after the server listens and before the first browser connects. asyncio sets the option only for sockets
    that name their protocol (its `_set_nodelay`), and Streamlit's does not. Without it the second part of every
    response waits until the first is acknowledged, and systems delay acknowledgements, Linux by 40 ms (Nagle's
    algorithm, RFC 896). Measured: the first page, which is a hundred small files, arrives 0.4 s sooner.
    """
    for one in gc.get_objects():
        if type(one) is socket.socket and one.fileno() >= 0 and one.family in (socket.AF_INET, socket.AF_INET6):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def end_in_time(seconds: float = 2.0) -> None:
    """Makes the server end `seconds` after Ctrl-C or SIGTERM, whatever its visitors' browsers do.

    uvicorn waits for open connections, and a page that tries to reconnect keeps its connection open for ever. This does
    what a second Ctrl-C would do. Call it in the server's event loop.
    """
    if threading.current_thread() is not threading.main_thread():
        return  # served from a thread of another program, whose signals are not ours
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        ask_to_end = signal.getsignal(number)
        if not callable(ask_to_end):
            continue

        def end(number: int, frame: FrameType | None, ask_to_end: Any = ask_to_end) -> None:
            ask_to_end(number, frame)
            loop.call_soon_threadsafe(loop.call_later, seconds, ask_to_end, signal.SIGINT, None)

        signal.signal(number, end)
