"""Pages are drawn in turns, and whatever becomes of one, the others get theirs."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from lib.ui.shell import page_turns
from lib.ui.shell.page_turns import AT_ONCE, page_turn
from tests.waiting import PATIENCE, until


def test_no_more_than_a_few_pages_are_drawn_at_once():
    lock, go_on = threading.Lock(), threading.Event()
    now, most = 0, 0

    def draw() -> None:
        nonlocal now, most
        with page_turn():
            with lock:
                now += 1
                most = max(most, now)
            assert go_on.wait(PATIENCE)
            with lock:
                now -= 1

    with ThreadPoolExecutor(3 * AT_ONCE) as visitors:
        drawn = [visitors.submit(draw) for _ in range(3 * AT_ONCE)]
        until(lambda: now == AT_ONCE)
        go_on.set()
        for one in drawn:
            one.result(PATIENCE)
    assert most == AT_ONCE


def test_a_page_that_fails_gives_its_turn_back():
    for _ in range(2 * AT_ONCE):
        with pytest.raises(ZeroDivisionError), page_turn():
            raise ZeroDivisionError
    with page_turn():
        assert page_turns._turns._value == AT_ONCE - 1


def test_slow_pages_keep_nobody_waiting_for_good(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(page_turns, "PATIENCE_SECONDS", 0.01)
    with ExitStack() as slow:
        for _ in range(AT_ONCE):
            slow.enter_context(page_turn())
        with page_turn():
            pass
    assert page_turns._turns._value == AT_ONCE
