"""Whoever asks too often is refused, for as long as that is so; nobody else is, and no class behind one address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from lib.ui.hosting.request_limits import DENIAL, REMEMBERED, Bucket, RequestLimits
from lib.ui.shell import counts
from lib.ui.shell.quotas import Limits
from lib.ui.shell.visitor import COOKIE
from tests.ui.hosting.asking import answer, scope_of, welcoming

FEW = Limits(requests_per_visitor=3, requests_per_address=5, pages_per_visitor=1, pages_per_address=2)
FILES_OF_A_PAGE = 130
"""A first page is about a hundred files."""


class Clock:
    """A clock that stands until it is moved."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def limited(allowed: Limits = FEW) -> tuple[RequestLimits, Clock]:
    clock = Clock()
    return RequestLimits(welcoming, lambda: allowed, clock), clock


def by(secret: str) -> list[tuple[str, str]]:
    return [("Cookie", f"{COOKIE}={secret}")]


def statuses(app: RequestLimits, times: int, **request: object) -> list[int]:
    return [answer(app, scope_of(**request))[0] for _ in range(times)]  # type: ignore[arg-type]


def test_a_visitor_and_an_address_have_so_many_requests() -> None:
    app, _ = limited()
    assert statuses(app, 4, headers=by("a")) == [200] * 3 + [429]
    assert statuses(app, 3, headers=by("b")) == [200, 200, 429], "the address's are used up"
    assert statuses(app, 1, headers=by("c"), client="192.0.2.2") == [200]


def test_a_refused_visitor_is_told_when_and_can_go_on_then() -> None:
    app, clock = limited()
    statuses(app, 3, headers=by("a"))
    refused = counts.refused().get("requests_per_visitor", 0)
    status, headers, body = answer(app, scope_of(headers=[*by("a"), ("Accept-Language", "ko-KR,ko;q=0.9")]))
    assert (status, headers["retry-after"]) == (429, "21"), "a third of a minute, and a second"
    assert "1분 뒤에" in body
    assert "Wait a minute" in answer(app, scope_of(headers=by("a")))[2]
    assert counts.refused()["requests_per_visitor"] == refused + 2
    clock.now += 21
    assert statuses(app, 2, headers=by("a")) == [200, 429]


def test_a_websocket_counts_apart_and_is_refused_as_a_page_where_the_server_can() -> None:
    app, _ = limited()
    websocket = scope_of(kind="websocket", headers=by("a"))
    assert answer(app, websocket)[0] == 200
    assert answer(app, websocket)[0] == 1013
    assert answer(app, websocket | {"extensions": {DENIAL: {}}})[0] == 429
    assert statuses(app, 3, headers=by("a")) == [200] * 3


def test_a_lecture_hall_behind_one_address_opens_the_app_at_once() -> None:
    app, _ = limited(Limits())
    for visitor in range(200):
        secret = by(str(visitor))
        for _ in range(FILES_OF_A_PAGE):
            assert app._refusal(scope_of(headers=secret)) is None
        assert app._refusal(scope_of(kind="websocket", headers=secret)) is None


def test_what_watches_over_the_server_is_always_answered() -> None:
    app, _ = limited()
    statuses(app, 10)
    assert statuses(app, 1) == [429]
    assert statuses(app, 2, path="/healthz") + statuses(app, 2, path="/lab/readyz") == [200] * 4


def test_a_visitor_with_ever_new_cookies_has_one_address_and_takes_no_memory() -> None:
    app, _ = limited(Limits(requests_per_address=REMEMBERED))
    found = [app._refusal(scope_of(headers=by(str(number)))) for number in range(REMEMBERED + 5)]
    assert [refused is None for refused in found] == [True] * REMEMBERED + [False] * 5
    assert len(app._buckets) <= REMEMBERED


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", False),
        ("192.0.2.1", "192.0.2.2", False),
    ],
)
def test_an_ipv6_visitor_is_known_by_the_network(first: str, second: str, alike: bool) -> None:
    app, _ = limited()
    statuses(app, 5, client=first)
    assert statuses(app, 1, client=second) == [429 if alike else 200]


@pytest.mark.parametrize("client", [None, "", "not an address"])
def test_a_request_without_an_address_is_counted_too(client: str | None) -> None:
    app, _ = limited()
    assert statuses(app, 6, client=client) == [200] * 5 + [429]


def test_only_a_trusted_proxy_names_another_address() -> None:
    """Uvicorn does this, by FORWARDED_ALLOW_IPS: what it takes over is what is counted."""
    app, _ = limited()
    behind = ProxyHeadersMiddleware(app, trusted_hosts="10.0.0.0/8")

    def ask(client: str, forwarded: str) -> int:
        return answer(behind, scope_of(client=client, headers=[("X-Forwarded-For", forwarded)]))[0]  # type: ignore[arg-type]

    assert [ask("10.0.0.1", f"192.0.2.{number}") for number in range(8)] == [200] * 8
    assert [ask("203.0.113.5", f"192.0.2.{number}") for number in range(6)] == [200] * 5 + [429]


@given(
    per_minute=st.integers(1, 1000),
    gaps=st.lists(st.floats(0, 30, allow_nan=False), min_size=1, max_size=300),
)
def test_nobody_gets_more_than_the_limit_in_any_minute_beyond_a_full_bucket(per_minute: int, gaps: list[float]) -> None:
    bucket, now, taken = Bucket(per_minute, 0.0), 0.0, []
    for gap in gaps:
        now += gap
        if bucket.take(per_minute, now) == 0:
            taken.append(now)
    for start in taken:
        assert sum(start <= moment < start + 60 for moment in taken) <= 2 * per_minute
