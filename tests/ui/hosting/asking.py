"""Requests to ASGI apps, without a server."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

Headers = Sequence[tuple[str, str]]


def scope_of(
    path: str = "/", headers: Headers = (), client: str | None = "192.0.2.1", kind: str = "http", **more: Any
) -> Scope:
    """What a server tells an app of a request from this address."""
    return {
        "type": kind,
        "method": "GET",
        "path": path,
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "client": (client, 50_000) if client is not None else None,
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
        **more,
    }


def answer(app: ASGIApp, scope: Scope) -> tuple[int, dict[str, str], str]:
    """Status, headers and body; for a websocket that was closed its code."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "websocket.connect" if scope["type"] == "websocket" else "http.request", "body": b""}

    async def send(message: Any) -> None:
        sent.append(message)

    # A thread of its own: where browser tests ran before, this one has an event loop already.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, app(scope, receive, send)).result()
    first = sent[0]
    if first["type"] == "websocket.close":
        return first["code"], {}, ""
    given = {name.decode().lower(): value.decode() for name, value in first.get("headers", ())}
    return first["status"], given, b"".join(message.get("body", b"") for message in sent[1:]).decode()


async def welcoming(scope: Scope, receive: Receive, send: Send) -> None:
    """An app that answers everything with 200; in place of a websocket's whole life, too."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"here"})
