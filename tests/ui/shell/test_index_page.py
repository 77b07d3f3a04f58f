"""Every page brings its style and its address in its head; whatever is no page is passed on as it is."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from lib.ui.shell.index_page import IndexPage, head
from lib.ui.shell.visitor import middleware

PAGE = b"<html><head><title>x</title></head><body>\xea\xb8\x80</body></html>"


def answer(method: str = "GET", accept: str = "text/html", kind: str = "text/html; charset=utf-8", status: int = 200):
    """The start and the body that a browser gets, and the headers that the app below was asked with."""
    sent: list[Any] = []
    asked: dict[bytes, bytes] = {}

    async def app(scope, receive, send):
        asked.update(scope["headers"])
        length = str(len(PAGE)).encode()
        headers = [(b"content-type", kind.encode()), (b"content-length", length), (b"etag", b'"1"')]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": PAGE[:20], "more_body": True})
        await send({"type": "http.response.body", "body": PAGE[20:]})

    async def send(message):
        sent.append(message)

    headers = [(b"accept", accept.encode()), (b"accept-encoding", b"gzip"), (b"if-none-match", b'"1"')]
    scope = {"type": "http", "method": method, "headers": headers}
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, IndexPage(app)(scope, None, send)).result()
    start, *parts = sent
    return dict(start["headers"]), b"".join(part["body"] for part in parts), asked


def test_a_page_is_completed_and_said_to_be_as_long_as_it_is() -> None:
    headers, body, asked = answer()
    assert body == PAGE.replace(b"</head>", head() + b"</head>")
    assert headers[b"content-length"] == str(len(body)).encode()
    assert b"etag" not in headers, "it would name Streamlit's file, which stays when our style changes"
    assert {b"accept-encoding", b"if-none-match"}.isdisjoint(asked)


@pytest.mark.parametrize(
    "other", [{"method": "HEAD"}, {"accept": "*/*"}, {"kind": "text/javascript"}, {"status": 404}], ids=str
)
def test_anything_else_is_passed_on(other: dict[str, Any]) -> None:
    headers, body, _ = answer(**other)
    assert body == PAGE
    assert headers[b"etag"] == b'"1"'


def test_it_stands_around_the_app() -> None:
    assert IndexPage in [one.cls for one in middleware()]
    assert b"frame.css" in head()
    assert b"address.js" in head()
    assert b"translated.js" in head()
