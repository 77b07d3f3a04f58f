"""Every browser gets one cookie, with its first page, that no one else can read or guess."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.ui.shell.visitor import COOKIE, VisitorCookie


def answer(accept: str = "text/html,*/*", cookie: str = "", scheme: str = "http", kind: str = "http") -> list[str]:
    """The Set-Cookie headers in the response of an app that sets one cookie of its own."""
    sent = []

    async def app(scope, receive, send):
        headers = [(b"content-type", b"text/html"), (b"set-cookie", b"other=1")]
        await send({"type": f"{kind}.response.start", "status": 200, "headers": headers})
        await send({"type": f"{kind}.response.body", "body": b"page"})

    async def send(message):
        sent.append(message)

    headers = [(b"accept", accept.encode()), (b"cookie", cookie.encode("latin-1"))]
    # A thread of its own: where browser tests ran before, this one has an event loop already.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(
            asyncio.run, VisitorCookie(app)({"type": kind, "scheme": scheme, "headers": headers}, None, send)
        ).result()
    assert sent[1]["body"] == b"page"
    return [value.decode() for name, value in sent[0]["headers"] if name.lower() == b"set-cookie"]


def test_the_first_page_brings_a_cookie_that_no_script_and_no_other_site_reads() -> None:
    other, ours = answer()
    assert other == "other=1"
    morsel = SimpleCookie(ours)[COOKIE]
    assert len(morsel.value) >= 32
    assert (morsel["path"], morsel["samesite"]) == ("/", "Lax")
    assert morsel["httponly"]
    assert not morsel["secure"]
    assert int(morsel["max-age"]) > 300 * 24 * 3600


def test_behind_tls_it_travels_by_tls_alone() -> None:
    assert SimpleCookie(answer(scheme="https")[1])[COOKIE]["secure"]


def test_no_two_browsers_get_the_same() -> None:
    assert len({answer()[1] for _ in range(20)}) == 20


@pytest.mark.parametrize(
    "request_", [{"accept": "image/png"}, {"cookie": f"{COOKIE}=mine"}, {"cookie": f"a=b; {COOKIE}=mine"}]
)
def test_pictures_and_browsers_that_have_one_get_none(request_: dict[str, str]) -> None:
    assert answer(**request_) == ["other=1"]


def test_websockets_pass_untouched() -> None:
    assert answer(kind="websocket") == ["other=1"]


@given(st.text(st.characters(max_codepoint=255)))
def test_whatever_the_browser_sends_is_answered(cookie: str) -> None:
    assert answer(cookie=cookie)[0] == "other=1"
