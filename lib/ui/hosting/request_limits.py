"""Limits on the requests of a visitor and of an address: one browser or script cannot take the server from the others.

Each limit is a bucket that holds a minute's requests and fills evenly (token bucket, RFC 2697). A page's websocket has
buckets of its own, because it costs a script and not a file. The address is that of the connection, or the one that a
trusted proxy names: uvicorn reads X-Forwarded-For from the proxies in FORWARDED_ALLOW_IPS alone.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cachetools import LRUCache
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from lib.core.i18n import mark, translator
from lib.ui.shell import counts
from lib.ui.shell.quotas import Limits, limits
from lib.ui.shell.visitor import cookie_in, known_by

MINUTE = 60.0
REMEMBERED = 20_000
"""Buckets that are kept, the latest used ones. Whoever comes with ever new cookies has one address all the same."""
NETWORK_BITS = 64
"""An IPv6 visitor usually has all addresses of a network this long to choose from, so they count as one."""
ALWAYS = ("/healthz", "/readyz")
"""What watches over the server is answered whatever the visitors do."""
TOO_MANY = mark("Too many requests came from here within a minute. Wait a minute, then load the page again.")
DENIAL = "websocket.http.response"
"""The ASGI extension that answers the request for a websocket with a page."""


@dataclass(slots=True)
class Bucket:
    """A token bucket, full at first: `left` requests at the time `at`."""

    left: float
    at: float

    def take(self, per_minute: int, now: float) -> float:
        """Takes one request; returns 0, or the seconds until there is one to take."""
        self.left = min(per_minute, self.left + (now - self.at) * per_minute / MINUTE)
        self.at = now
        if self.left < 1:
            return (1 - self.left) * MINUTE / per_minute
        self.left -= 1
        return 0.0


class RequestLimits:
    """ASGI middleware that answers 429 to whoever asks too often."""

    def __init__(
        self,
        app: ASGIApp,
        allowed: Callable[[], Limits] = limits,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.app, self._allowed, self._clock = app, allowed, clock
        self._buckets: LRUCache[tuple[str, str], Bucket] = LRUCache(REMEMBERED)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or scope["path"].endswith(ALWAYS):
            await self.app(scope, receive, send)
        elif refused := self._refusal(scope):
            counts.request_refused(refused[0])
            await too_many(refused[1], scope, receive, send)
        elif scope["type"] == "http":
            await self.app(scope, receive, send)
        else:
            counts.connected(1)
            try:
                await self.app(scope, receive, send)
            finally:
                counts.connected(-1)

    def _refusal(self, scope: Scope) -> tuple[str, float] | None:
        """The limit that refuses the request, and the seconds to wait; None if all allow it."""
        allowed, now = self._allowed(), self._clock()
        for limit, who in asked_by(scope):
            per_minute: int = getattr(allowed, limit)
            bucket = self._buckets.setdefault((limit, who), Bucket(per_minute, now))
            if wait := bucket.take(per_minute, now):
                return limit, wait
        return None


def asked_by(scope: Scope) -> Iterator[tuple[str, str]]:
    """The limits that the request counts for, by name, and whom each counts."""
    kind = "pages" if scope["type"] == "websocket" else "requests"
    if secret := cookie_in(Headers(scope=scope)):
        yield f"{kind}_per_visitor", known_by(secret)
    yield f"{kind}_per_address", address_of(scope)


def address_of(scope: Scope) -> str:
    """The visitor's address, of IPv6 the network; "" where there is none, as with a socket of this machine."""
    host = scope["client"][0] if scope.get("client") else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return str(host)
    if isinstance(address, ipaddress.IPv6Address) and not address.ipv4_mapped:
        return str(ipaddress.ip_network((address, NETWORK_BITS), strict=False))
    return str(address)


async def too_many(wait: float, scope: Scope, receive: Receive, send: Send) -> None:
    """Answers 429 with a sentence in the browser's language; a websocket too, where the server can do that."""
    if scope["type"] == "websocket" and DENIAL not in scope.get("extensions", {}):
        await receive()
        await send({"type": "websocket.close", "code": 1013})  # "try again later"
        return
    wanted: str = Headers(scope=scope).get("Accept-Language", "")
    sentence: Any = translator("ko" if wanted.lower().startswith("ko") else "en")(TOO_MANY)
    response = PlainTextResponse(str(sentence) + "\n", 429, {"Retry-After": str(int(wait) + 1)})
    await response(scope, receive, send)
