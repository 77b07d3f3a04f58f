"""Waiting for what another process does: asks again and again until a deadline, and says what never came."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(ask: Callable[[], T], seconds: float = 20.0) -> T:
    """The first true answer of `ask`; AssertionError with its last one after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"after {seconds} s still {answer!r}"
        time.sleep(0.01)
