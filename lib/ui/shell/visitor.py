"""The visitor: a random cookie tells one browser from another, so that each visitor controls their own runs.

There are no accounts and no names. The cookie is set with the first page and comes back with the websocket of every
tab, after a refresh too. If a browser keeps no cookies, the visitor is known as long as the tab is open.
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

if TYPE_CHECKING:
    from lib.runs.model.run import Job


COOKIE = "tf2lab_visitor"
KEPT_SECONDS = 400 * 24 * 3600
"""About as long as browsers keep any cookie (RFC 6265bis, section 5.5)."""


def visitor() -> str:
    """The visitor of this page as the store knows them: a digest that does not reveal the cookie."""
    token = st.context.cookies.get(COOKIE) or st.session_state.setdefault(COOKIE, secrets.token_urlsafe())
    return known_by(token)


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
        if scope["type"] != "http" or not asks_for_a_page(headers := Headers(scope=scope)) or has_cookie(headers):
            await self.app(scope, receive, send)
            return
        cookie = new_cookie(secure=scope["scheme"] == "https")

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("Set-Cookie", cookie)
            await send(message)

        await self.app(scope, receive, send_with_cookie)


def has_cookie(headers: Headers) -> bool:
    try:
        return COOKIE in SimpleCookie(headers.get("Cookie", ""))
    except CookieError:
        return False


def new_cookie(secure: bool) -> str:
    """A cookie that page scripts and other sites cannot read."""
    parts = [f"{COOKIE}={secrets.token_urlsafe()}", "Path=/", f"Max-Age={KEPT_SECONDS}", "HttpOnly", "SameSite=Lax"]
    return "; ".join([*parts, "Secure"] if secure else parts)


def middleware() -> list[Middleware]:
    """The middleware around every request."""
    return [Middleware(Policy), Middleware(VisitorCookie), Middleware(IndexPage)]
