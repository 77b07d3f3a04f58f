"""A run or a study as read so far, once for all who watch it.

Every viewer's page asks again and again. One `Feed` a job keeps what was read, so that the store is asked only for what
is new, however long the job, and hardly more often, however many watch.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

J = TypeVar("J")
V = TypeVar("V")

Events = Callable[[str, int], Sequence[tuple[int, Any]]]
"""The events of a job after a number, each with its own number: `Store.events`."""


class Feed(Generic[J, V]):
    """What is known of one job. Safe to use from every visitor's thread."""

    def __init__(
        self, job_id: str, read: Callable[[str], J], events: Events, grow: Callable[[V | None, J, Sequence[Any]], V]
    ) -> None:
        """`read` gives the job by its id; `grow` what is known of it with further events: None knows nothing yet."""
        self._id, self._read, self._events, self._grow = job_id, read, events, grow
        self._lock = threading.Lock()
        self._sequence = 0
        self._seen: V | None = None
        self._looked = 0.0

    def look(self, within: float = 0.0) -> V:
        """The job as the store has it now, or had it at most `within` seconds ago. Raises UnknownRun."""
        with self._lock:
            if self._seen is not None and time.monotonic() - self._looked < within:
                return self._seen
            looked = time.monotonic()
            # The job is read before its events: where it says that it is over, none of them is missing.
            job = self._read(self._id)
            fresh = self._events(self._id, self._sequence)
            self._seen = self._grow(self._seen, job, [event for _sequence, event in fresh])
            # Only now: where the store fell silent meanwhile, these events are read again.
            self._looked, self._sequence = looked, fresh[-1][0] if fresh else self._sequence
            return self._seen
