"""A run or a study as read so far, once for all viewers.

Every viewer's page polls. One `Feed` per job caches what was read, so that the store is only asked for new records,
however long the job, and hardly more often, however many viewers there are.
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
    """The cached view of one job. Safe from every visitor's thread."""

    def __init__(
        self, job_id: str, read: Callable[[str], J], events: Events, grow: Callable[[V | None, J, Sequence[Any]], V]
    ) -> None:
        """`read` returns the job with an id; `grow` extends a view by further events, from None for a new one."""
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
            # The job is read before its events: if it is over, none of them is missing.
            job = self._read(self._id)
            fresh = self._events(self._id, self._sequence)
            self._seen = self._grow(self._seen, job, [event for _sequence, event in fresh])
            # Only now: if the store failed meanwhile, these events are read again.
            self._looked, self._sequence = looked, fresh[-1][0] if fresh else self._sequence
            return self._seen
