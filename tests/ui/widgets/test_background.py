"""Background work: done once for all who ask, one task at a time, and cancelled if no one needs it any more."""

import subprocess
import sys
import threading
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from lib.ui.widgets.background import Background
from tests.waiting import PATIENCE, until

ROOT = Path(__file__).parents[3]


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


def test_what_is_let_go_for_newer_questions_is_not_begun() -> None:
    background, go, begun = Background(most=2), threading.Event(), []
    busy = background.ask("long", lambda: go.wait(PATIENCE), asker="0")
    until(busy.running)
    waiting = [background.ask(key, lambda key=key: begun.append(key), asker=f"{key}") for key in (1, 2, 3)]
    assert waiting[0].cancelled()
    go.set()
    for future in waiting[1:]:
        future.result(PATIENCE)
    assert begun == [2, 3]
    assert busy.result(PATIENCE), "what was under way came to its end"


def test_a_process_that_ends_does_not_begin_what_is_still_to_do() -> None:
    """Python waits for its executors' threads, and those would first do all that was asked of them."""
    code = (
        "import threading\n"
        "from lib.ui.widgets import background\n"
        "ask = background.Background(most=9).ask\n"
        "told = threading.Event()\n"
        "ask(0, told.wait, asker='0')\n"
        "for key in range(1, 9): ask(key, lambda: print('begun', flush=True), asker=str(key))\n"
        "background.give_up()\n"
        "print('ends', flush=True)\n"
        "told.set()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=PATIENCE, cwd=ROOT, check=True
    )
    assert done.stdout == "ends\n"
