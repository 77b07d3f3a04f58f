"""The visitor: a random cookie tells one browser from another, so that each visitor controls their own runs.

There are no accounts and no names. The cookie is set with the first page and comes back with the websocket of every
tab, after a refresh too. Where it does not, as in another site's frame over plain http, the browser's storage keeps the
secret (`remember_visitor`). It stands in no link. If a browser keeps nothing, the visitor is known as long as the tab
is open.
"""

from __future__ import annotations

import hashlib
import secrets
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lib.ui.shell.content_policy import Policy
from lib.ui.shell.index_page import IndexPage, asks_for_a_page
from lib.ui.shell.widget_values import WellFormed

if TYPE_CHECKING:
    from lib.runs.model.run import Job


COOKIE = "tf2lab_visitor"
KEPT_SECONDS = 400 * 24 * 3600
"""About as long as browsers keep any cookie (RFC 6265bis, section 5.5)."""
FRAMES = ("iframe", "frame", "embed", "object")
"""Values of the header Sec-Fetch-Dest for a page inside another one."""

STORAGE = "visitor_secret"

_storage = st.components.v2.component(
    STORAGE,
    js="""
export default ({ data, setStateValue }) => {
  try {
    const kept = localStorage.getItem(data.name);
    if (!kept) localStorage.setItem(data.name, data.secret);
    else if (kept !== data.secret) setStateValue("secret", kept);
  } catch {
    // A browser that is to keep nothing keeps no storage either.
  }
};
""",
    isolate_styles=False,
)
"""Keeps the secret of a visitor without a cookie, and brings back the one that it kept."""


def visitor() -> str:
    """The visitor of this page as the store knows them: a digest that does not reveal the cookie."""
    return known_by(st.context.cookies.get(COOKIE) or kept_secret())


def kept_secret() -> str:
    """The secret of a visitor without a cookie: the one that their browser has kept, else a new one."""
    kept = getattr(st.session_state.get(STORAGE), "secret", None)
    if isinstance(kept, str) and kept:
        return kept
    if COOKIE not in st.session_state:
        st.session_state[COOKIE] = secrets.token_urlsafe()
    return str(st.session_state[COOKIE])


def remember_visitor() -> None:
    """Has the browser of a visitor without a cookie keep their secret, and bring back the one that it kept.

    The storage belongs to this server alone, and in a frame to this server inside that site's pages.
    """
    if not st.context.cookies.get(COOKIE):
        data = {"name": COOKIE, "secret": kept_secret()}
        _storage(key=STORAGE, data=data, on_secret_change=lambda: None, height=1)


def known_by(token: str) -> str:
    """The owner of runs started by the browser with this cookie."""
    return hashlib.sha256(token.encode()).hexdigest()[:32]


def may_control(job: Job) -> bool:
    """Whether the run or study belongs to this visitor. Anyone else with the link can only watch."""
    return job.owner == visitor()


class VisitorCookie:
    """ASGI middleware that gives every browser its cookie with the first page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else None
        if headers is None or not asks_for_a_page(headers) or cookie_in(headers) is not None:
            await self.app(scope, receive, send)
            return
        cookie = new_cookie(secure=scope["scheme"] == "https", framed=is_framed(headers))

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("Set-Cookie", cookie)
            await send(message)

        await self.app(scope, receive, send_with_cookie)


def cookie_in(headers: Headers) -> str | None:
    """The visitor's secret; None for a request without the cookie."""
    try:
        found = SimpleCookie(headers.get("Cookie", "")).get(COOKIE)
    except CookieError:
        return None
    return found.value if found is not None else None


def is_framed(headers: Headers) -> bool:
    """Whether the page is asked for by a frame in another site's page (Fetch Metadata, W3C)."""
    return headers.get("Sec-Fetch-Site") == "cross-site" and headers.get("Sec-Fetch-Dest") in FRAMES


def new_cookie(secure: bool, framed: bool = False) -> str:
    """A cookie that page scripts and other sites cannot read.

    In a frame of another site browsers keep only one that travels by TLS, and only if it says that it is meant for that
    site's frames alone (CHIPS, https://github.com/privacycg/CHIPS). They count this machine itself as safe.
    """
    parts = [f"{COOKIE}={secrets.token_urlsafe()}", "Path=/", f"Max-Age={KEPT_SECONDS}", "HttpOnly"]
    if framed:
        return "; ".join([*parts, "SameSite=None", "Secure", "Partitioned"])
    return "; ".join([*parts, "SameSite=Lax", *(["Secure"] if secure else [])])


def middleware() -> list[Middleware]:
    """The middleware around every request."""
    return [Middleware(WellFormed), Middleware(Policy), Middleware(VisitorCookie), Middleware(IndexPage)]
