"""Turns among the scripts that draw whole pages.

Streamlit runs each visitor's script in a thread of its own. Where a class opens a link at once, many threads wait for
Python's lock, and the one that sends what they have made is one of many. Measured on two processors that train as well,
200 visitors within 10 s: the slowest twentieth waits 13 s for its page, and 5 s where one is drawn after the other
(`tests/benchmarks/audience.py`).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

AT_ONCE = 1
"""Scripts. Python runs one at a time in any case; with two, each page took a fifth more of a processor."""
PATIENCE_SECONDS = 10.0
"""A script that has waited for so long runs beside the others: those before it wait for something slow themselves."""

_turns = threading.Semaphore(AT_ONCE)


@contextmanager
def page_turn() -> Iterator[None]:
    """A context manager: its body runs beside at most AT_ONCE - 1 others, in the order in which they came."""
    had_turn = _turns.acquire(timeout=PATIENCE_SECONDS)
    try:
        yield
    finally:
        if had_turn:
            _turns.release()
