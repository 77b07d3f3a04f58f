"""Every browser gets one cookie, with its first page, that no one else can read or guess."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.ui.shell.visitor import COOKIE, VisitorCookie


def answer(
    accept: str = "text/html,*/*", cookie: str = "", scheme: str = "http", kind: str = "http", **others: str
) -> list[str]:
    """The Set-Cookie headers in the response of an app that sets one cookie of its own."""
    sent = []

    async def app(scope, receive, send):
        headers = [(b"content-type", b"text/html"), (b"set-cookie", b"other=1")]
        await send({"type": f"{kind}.response.start", "status": 200, "headers": headers})
        await send({"type": f"{kind}.response.body", "body": b"page"})

    async def send(message):
        sent.append(message)

    headers = [(b"accept", accept.encode()), (b"cookie", cookie.encode("latin-1"))]
    headers += [(name.replace("_", "-").encode(), value.encode()) for name, value in others.items()]
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


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_in_another_sites_frame_it_is_of_the_kind_that_browsers_keep_there(scheme: str) -> None:
    """Behind a proxy that takes the TLS off, the scheme is http; elsewhere no browser would keep another kind."""
    ours = answer(scheme=scheme, sec_fetch_site="cross-site", sec_fetch_dest="iframe")[1].split("; ")
    assert {"SameSite=None", "Secure", "Partitioned", "HttpOnly"} <= set(ours)


@pytest.mark.parametrize(("site", "destination"), [("same-origin", "iframe"), ("cross-site", "document")])
def test_whoever_comes_by_another_sites_link_gets_the_usual_one(site: str, destination: str) -> None:
    ours = answer(sec_fetch_site=site, sec_fetch_dest=destination)[1]
    assert SimpleCookie(ours)[COOKIE]["samesite"] == "Lax"
    assert "Partitioned" not in ours


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
