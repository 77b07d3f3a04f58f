"""Waits for another thread or process: polls, and names what never happened."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 150.0
"""Seconds after which a test considers that something never happens.

It does not say how soon it should happen: on a busy machine everything takes many times as long. tests/benchmarks
measures speed.
"""


def until(ask: Callable[[], T], seconds: float = PATIENCE) -> T:
    """The first true answer of `ask`; after `seconds` an AssertionError with the last answer."""
    deadline = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"after {seconds} s still {answer!r}"
        time.sleep(0.01)


def ended(thread: threading.Thread) -> None:
    """Waits until the thread has ended."""
    thread.join(PATIENCE)
    assert not thread.is_alive(), f"after {PATIENCE} s {thread.name} still goes on"
