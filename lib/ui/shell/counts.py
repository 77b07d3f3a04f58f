"""Counts of this server since its start, for whoever runs it: `lib.ui.hosting.metrics` writes them out.

Plain numbers, because counting must cost the first page nothing. Nothing here tells one visitor from another.
"""

from __future__ import annotations

import threading
from collections import Counter

_lock = threading.Lock()
_pages: Counter[str] = Counter()
_refused: Counter[str] = Counter()
_connections = 0


def page_drawn(page: str) -> None:
    """Counts one drawing of this page, by its address."""
    with _lock:
        _pages[page or "home"] += 1


def request_refused(limit: str) -> None:
    """Counts one request that this limit refused."""
    with _lock:
        _refused[limit] += 1


def connected(change: int) -> None:
    """A websocket was opened (1) or closed (-1)."""
    global _connections
    with _lock:
        _connections += change


def pages() -> dict[str, int]:
    """How often each page was drawn."""
    with _lock:
        return dict(_pages)


def refused() -> dict[str, int]:
    """How many requests each limit refused."""
    with _lock:
        return dict(_refused)


def connections() -> int:
    """The websockets that are open: one for each tab."""
    return _connections
