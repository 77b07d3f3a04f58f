"""The content security policy: browsers ask this server alone, whatever slips into a page's text."""

from __future__ import annotations

import base64
import functools
import hashlib
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lib.ui.shell.web_server import package_folder

SOURCES = {
    "default-src": "'self'",
    # {inline}: the few inline scripts in Streamlit's own page. blob: the origin of components' small scripts.
    "script-src": "'self' {inline} blob: 'wasm-unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "media-src": "'self' blob:",
    "worker-src": "'self' blob:",
    "connect-src": "'self' {sockets}",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}
"""Allowed origins of each kind of content. Framing is left open: a course's page may embed the app."""

OTHERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}
"""A file is what its type says, and no other site sees the links that share runs."""

INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
HOST = re.compile(r"[A-Za-z0-9._-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?")


class Policy:
    """ASGI middleware that sends the policy with every response."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        policy = policy_for(Headers(scope=scope).get("Host", ""))

        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = policy
                headers.update(OTHERS)
            await send(message)

        await self.app(scope, receive, send_with_policy)


def policy_for(host: str) -> str:
    """The policy for a page requested at `host`.

    Its websocket is named beside 'self', because some browsers read 'self' as http alone. An invalid host is left out.
    """
    sockets = f"ws://{host} wss://{host}" if HOST.fullmatch(host) else ""
    filled = {name: sources.format(inline=inline_scripts(), sockets=sockets) for name, sources in SOURCES.items()}
    return "; ".join(f"{name} {sources.strip()}" for name, sources in filled.items())


@functools.cache
def inline_scripts() -> str:
    """The inline scripts of Streamlit's own page, each as its hash in the policy's format."""
    page = (package_folder("streamlit") / "static" / "index.html").read_bytes()
    hashes = (base64.b64encode(hashlib.sha256(script).digest()).decode() for script in INLINE.findall(page))
    return " ".join(f"'sha256-{digest}'" for digest in hashes)
