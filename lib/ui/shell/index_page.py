"""Streamlit's own page, the only HTML there is, with what the app adds to its head: its style and its first scripts."""

from __future__ import annotations

import functools

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lib.ui.shell.web_server import asset_url

END_OF_HEAD = b"</head>"
NOT_PASSED_ON = {b"accept-encoding", b"if-none-match", b"if-modified-since", b"range"}
"""Headers of a request that would bring the page packed, in parts, or not at all."""
OF_THE_FILE = ("Content-Length", "ETag", "Last-Modified")
"""Headers of the answer that describe Streamlit's file, not the page made of it."""


def asks_for_a_page(headers: Headers) -> bool:
    """Whether a browser asks for something to show, not for a script, a picture or data."""
    return "text/html" in headers.get("Accept", "")


class IndexPage:
    """ASGI middleware that completes the head of every page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not asks_for_a_page(Headers(scope=scope)):
            await self.app(scope, receive, send)
            return
        asked = [(name, value) for name, value in scope["headers"] if name not in NOT_PASSED_ON]
        await self.app({**scope, "headers": asked}, receive, Completed(send))


class Completed:
    """Passes an answer on; if it is a page, once it is whole, and with our head."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.start: Message | None = None
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and is_page(message):
            self.start = message
        elif self.start is None:
            await self.send(message)
        else:
            self.body += message.get("body", b"")
            if not message.get("more_body", False):
                await self.finish(self.start)

    async def finish(self, start: Message) -> None:
        """Sends the whole page."""
        body = self.body.replace(END_OF_HEAD, head() + END_OF_HEAD, 1)
        headers = MutableHeaders(scope=start)
        for name in OF_THE_FILE:
            del headers[name]
        headers["Content-Length"] = str(len(body))
        await self.send(start)
        await self.send({"type": "http.response.body", "body": body})


def is_page(start: Message) -> bool:
    return start["status"] == 200 and Headers(raw=start["headers"]).get("Content-Type", "").startswith("text/html")


@functools.cache
def head() -> bytes:
    """What is added. The addresses are relative, like all others of the page."""
    style = f'<link rel="stylesheet" href="./{asset_url("frame.css")}">'
    scripts = "".join(f'<script src="./{asset_url(name)}"></script>' for name in ("address.js", "translated.js"))
    return (style + scripts).encode()
