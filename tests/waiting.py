"""Waiting for what another thread or process does: asks again and again, and says what never came."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 150.0
"""Seconds after which a test says that something never comes.

It is no statement about how soon it has to come: on a machine that is busy with other things everything takes many
times as long. How fast things are is what tests/benchmarks measures.
"""


def until(ask: Callable[[], T], seconds: float = PATIENCE) -> T:
    """The first true answer of `ask`; AssertionError with its last one after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"after {seconds} s still {answer!r}"
        time.sleep(0.01)


def ended(thread: threading.Thread) -> None:
    """Waits until the thread has come to its end."""
    thread.join(PATIENCE)
    assert not thread.is_alive(), f"after {PATIENCE} s {thread.name} still goes on"
