"""Background work: done once for all who ask, one task at a time, and cancelled if no one needs it any more."""

import threading
from concurrent.futures import CancelledError

import pytest

from lib.ui.widgets.background import Background
from tests.waiting import PATIENCE


def test_what_many_ask_for_is_done_once() -> None:
    background, done = Background(most=5), []
    futures = [background.ask("key", lambda: done.append(1) or len(done), asker=f"{k}") for k in range(10)]
    assert {future.result(PATIENCE) for future in futures} == {1}
    assert background.ask("key", lambda: 2, asker="late").result(PATIENCE) == 1


def test_what_went_wrong_is_heard_by_who_asked(caplog: pytest.LogCaptureFixture) -> None:
    future = Background(most=5).ask("key", lambda: 1 // 0, asker="a")
    with pytest.raises(ZeroDivisionError):
        future.result(PATIENCE)
    assert "background failed" in caplog.text


def test_only_the_newest_results_are_kept() -> None:
    background = Background(most=2)
    for key in (1, 2, 3):
        background.ask(key, lambda key=key: key, asker="a").result(PATIENCE)
    assert background.ask(3, lambda: "again", asker="a").result(PATIENCE) == 3
    assert background.ask(1, lambda: "again", asker="a").result(PATIENCE) == "again"


def test_one_piece_at_a_time_and_none_that_nobody_waits_for() -> None:
    background, go = Background(most=9), threading.Event()
    busy = background.ask("long", lambda: go.wait(PATIENCE), asker="other")
    stale = background.ask("stale", lambda: "stale", asker="me")
    wanted = background.ask("wanted", lambda: "wanted", asker="me")
    assert stale.cancelled()
    assert not wanted.done()
    go.set()
    assert busy.result(PATIENCE)
    assert wanted.result(PATIENCE) == "wanted"
    with pytest.raises(CancelledError):
        stale.result(PATIENCE)
    assert background.ask("stale", lambda: "anew", asker="me").result(PATIENCE) == "anew"
