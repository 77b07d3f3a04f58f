"""Removes old data: by age and number always, and more of it where the room given to the app is used up."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lib.core.studies.configs import SALIENCY, TOUR
from lib.runs import artifacts
from lib.runs.db.store import Store
from lib.runs.engine.cluster import sweep
from lib.runs.model.listing import UNDONE_FOR
from lib.runs.model.room import KEPT_FOR

logger = logging.getLogger(__name__)

KEPT_SALIENCIES, KEPT_LESSONS, KEPT_EXPORTS = 50, 200, 40
SHARES = (0.5, 0.25, 0.1, 0.0)
"""Where room is short, these shares of the usual numbers are tried one after the other."""
AT_LEAST_EVERY = 600.0
"""Seconds: visitors bring in runs and digits without any task that ends."""
MEGABYTE = 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is kept: the weights and the snapshots of so many of the newest runs, and so many `runs` and studies at all,
    none older than `days`; so many own digits of all visitors; on disk and in the database `disk_mb` megabytes in all.

    None is no limit. Pinned runs stay, with their weights, and so does what is not over.
    """

    weights: int = 200
    snapshots: int = 20
    runs: int = 5_000
    days: int | None = None
    digits: int = 200_000
    disk_mb: int | None = None


class Tidying:
    """The tidying of one store. `is_full`: with all that may go gone, there is still more than there is room for."""

    def __init__(self, store: Store, kept: Kept) -> None:
        self._store, self._kept = store, kept
        self._due = 0.0
        self.is_full = False

    @property
    def is_due(self) -> bool:
        """Whether the last time was long ago."""
        return time.monotonic() >= self._due

    def tidy(self) -> None:
        """Removes what is no longer kept. Raises StoreUnavailable, or OSError for trouble with the app's folder."""
        store, kept = self._store, self._kept
        self._due = 0.0  # until all of it is done
        store.purge(UNDONE_FOR)
        store.prune_studies(SALIENCY, KEPT_SALIENCIES)
        store.prune_studies(TOUR, KEPT_LESSONS)
        store.classroom.prune(KEPT_FOR)
        self._drop_files(1.0)
        self._drop_rows(1.0)
        self.is_full = kept.disk_mb is not None and not self._make_room(kept.disk_mb * MEGABYTE)
        sweep(keep={run.engine for run in store.open_runs() if run.engine})
        self._due = time.monotonic() + AT_LEAST_EVERY

    def _make_room(self, most: int) -> bool:
        """Removes ever more, files before rows, until there are at most so many bytes; whether that was reached."""
        steps: list[tuple[Callable[[float], None], float]] = [(self._drop_files, share) for share in SHARES]
        steps += [(self._drop_rows, share) for share in SHARES]
        for drop, share in steps:
            if self.size() <= most:
                return True
            logger.warning("more than the %d MB of room are used: %s of the usual are kept", most // MEGABYTE, share)
            drop(share)
        return self.size() <= most

    def size(self) -> int:
        """The bytes in use, on disk and in the database."""
        return artifacts.total_size() + self._store.size()

    def _drop_files(self, share: float) -> None:
        """Keeps this share of the usual number of exports, snapshots and weights."""
        self._store.prune_exports(int(KEPT_EXPORTS * share))
        self._store.prune_snapshots(int(self._kept.snapshots * share))
        self._store.prune(int(self._kept.weights * share))

    def _drop_rows(self, share: float) -> None:
        """Keeps this share of the usual number of runs, studies and digits."""
        kept = self._kept
        before = None if kept.days is None else datetime.now(UTC) - timedelta(days=kept.days)
        self._store.drop_old(int(kept.runs * share), before)
        self._store.drop_digits(int(kept.digits * share))
