"""Liveness of engines: this one records heartbeats in the store and checks those of the others.

For an engine of the same home the lock on its file tells at once. An engine on another machine with the same database
is dead when its count in the store has not changed for a minute, by the observer's clock.
"""

from __future__ import annotations

import logging
import threading
import time

from lib.runs.db.store import Store
from lib.runs.engine.cluster import is_dead, is_known
from lib.runs.model.health import HealthRegistry
from lib.runs.model.unavailable import StoreUnavailable

logger = logging.getLogger(__name__)

BEAT_SECONDS = 5.0
SILENT_SECONDS = 60.0


class Heartbeat:
    """A thread that records heartbeats for `engine` in the store, and so notices when the store cannot be written."""

    def __init__(self, store: Store, troubles: HealthRegistry, engine: str) -> None:
        self._store, self._troubles = store, troubles
        self.engine = engine
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heart", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends the thread, but does not wait for a database that makes it wait for a lock."""
        self._end.set()
        self._thread.join(1.0)

    def _beat(self) -> None:
        while not self._end.is_set():
            try:
                self._store.beat(self.engine)
            except StoreUnavailable as error:
                logger.warning("the store cannot be written: %s", error)
                self._troubles.note("writing", error.code)
            except Exception:  # an engine without a heartbeat still executes its jobs
                logger.exception("no heartbeat")
            else:
                self._troubles.over("writing")
            self._end.wait(BEAT_SECONDS)


class PeerLiveness:
    """Liveness of the other engines, and since when each one has been silent."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._looked = -BEAT_SECONDS
        self._seen: dict[str, tuple[int, float]] = {}

    def dead(self, engine: str) -> bool:
        """Whether this engine has ended; False for an unknown engine."""
        if is_known(engine):
            return is_dead(engine)
        self._look()
        _, since = self._seen.get(engine, (0, time.monotonic()))
        return time.monotonic() - since > SILENT_SECONDS

    def _look(self) -> None:
        now = time.monotonic()
        if now - self._looked < BEAT_SECONDS:
            return
        self._looked = now
        for engine, beats in self._store.beats().items():
            if self._seen.get(engine, (None, 0))[0] != beats:
                self._seen[engine] = beats, now
