"""The engine as the web process sees it: runs go in, a cached state comes out, nothing blocks a page.

A thread keeps a cluster alive and ensures that every open run is in it, whether it is new, was resumed, was queued
before the engine was up, or was left behind by a dead engine. So starting new runs and recovering lost ones are the
same operation.
"""

from __future__ import annotations

import logging
import os
import secrets
import threading
import time
from dataclasses import replace

from lib.core.jobs.lanes import Lane, usual_lanes
from lib.runs.db.store import Store
from lib.runs.engine.cluster import ForeignCluster, OwnCluster
from lib.runs.engine.dispatch import Dispatch
from lib.runs.engine.heartbeat import Heartbeat
from lib.runs.engine.tidying import Kept, Tidying
from lib.runs.model.health import FULL, HealthRegistry
from lib.runs.model.state import EngineState, WorkerState, state_of
from lib.runs.model.unavailable import NO_ROOM, StoreUnavailable

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
"""Seconds between polls of the cluster and the store, if no one wakes the engine."""
RETRY_SECONDS = 1.0
BEGIN_SECONDS = 30.0
"""A worker that is not there after so long, or that was there, rests."""
CONNECT_SECONDS = 5.0

__all__ = ["Engine", "EngineState", "WorkerState"]


class Engine:
    """Executes the store's open runs, in fair turns in each lane, one at a time on each worker.

    With TF2LAB_SCHEDULER=tcp://host:port it uses the cluster there, else its own process. Methods may be called from
    any thread and return at once, except `close`.
    """

    def __init__(self, store: Store, training: str, kept: Kept, lanes: int | None = None) -> None:
        self._store = store
        self._scheduler = os.environ.get("TF2LAB_SCHEDULER")
        self._server = secrets.token_hex(4)
        self._environment = {
            "TF2LAB_DATABASE_URL": store.url,
            "TF2LAB_SERVER": self._server,
            "TF2LAB_TRAINING": training,
        }
        self._starts = 0
        self._tidying = Tidying(store, kept)
        self._troubles = HealthRegistry()
        self._lanes = lanes or usual_lanes()
        own = frozenset(Lane) if self._lanes > 1 and not self._scheduler else frozenset()
        self._state = self._down = EngineState(phase="starting", lanes=own)
        if self._scheduler:
            self._down = EngineState(phase="unreachable", trouble="scheduler")
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="engine", daemon=True)

    @classmethod
    def start(
        cls,
        store: Store,
        training: str = "lib.runs.worker.worker:tensorflow_training",
        kept: Kept | None = None,
        lanes: int | None = None,
    ) -> Engine:
        """An engine that starts in the background.

        `training` names the function that prepares workers; `kept` says which old data stays. With two `lanes` short
        studies have a worker of their own, by default if the machine has the memory; with one, all jobs share one
        worker. A cluster at TF2LAB_SCHEDULER has the lanes that its workers announce.
        """
        engine = cls(store, training, kept or Kept(), lanes)
        engine._thread.start()
        return engine

    def wake(self) -> None:
        """Makes the engine read the store at once: a run or study is new or was resumed."""
        self._wake.set()

    def state(self) -> EngineState:
        """The engine's state about a second ago."""
        state = self._state
        return replace(state, trouble=self._troubles.code() or state.trouble)

    def close(self) -> None:
        """Ends the engine and its jobs; returns when its processes are gone."""
        self._closing.set()
        self._wake.set()
        self._thread.join()

    def _watch(self) -> None:
        """The engine's thread: keeps a cluster, and replaces it whenever it is lost."""
        heart = Heartbeat(self._store, self._troubles, self._server)
        while not self._closing.is_set():
            try:
                self._keep_cluster(heart)
            except OSError as error:
                logger.warning("no engine, trying again: %s", error)
                if error.errno in FULL:
                    self._troubles.note("engine", "disk_full")
            except Exception:  # whatever the error was, the next try may succeed
                logger.exception("no engine, trying again")
            heart.engine = self._server
            self._state = self._down
            self._closing.wait(RETRY_SECONDS)
        heart.close()

    def _keep_cluster(self, heart: Heartbeat) -> None:
        """Serves one cluster until it or this engine ends."""
        from distributed import Client  # here: the import takes half a second, and the first page does not wait for it

        cluster = self._new_cluster()
        try:
            with Client(cluster.address, timeout=CONNECT_SECONDS, set_as_default=False) as client:
                self._troubles.over("engine")
                heart.engine = cluster.engine_id
                dispatch = Dispatch(self._store, client, cluster.engine_id)
                begins_until = time.monotonic() + BEGIN_SECONDS
                while cluster.alive() and not self._closing.is_set():
                    self._look_after(dispatch)
                    state = state_of(client, cluster.lanes)
                    if state.workers_of(Lane.LONG):
                        begins_until = 0.0
                    elif cluster.rests and time.monotonic() > begins_until:
                        state = replace(state, phase="resting")
                    self._state = state
                    self._wake.wait(LOOK_SECONDS)
                    self._wake.clear()
        finally:
            cluster.close()

    def _new_cluster(self) -> OwnCluster | ForeignCluster:
        if self._scheduler:
            return ForeignCluster(self._scheduler)
        self._starts += 1
        return OwnCluster(f"{self._server}-{self._starts}", self._environment, self._lanes)

    def _look_after(self, dispatch: Dispatch) -> None:
        """One poll. If the store is unavailable, the cluster works on and this thread keeps polling."""
        try:
            if dispatch.look(self._state) or self._tidying.is_due:
                self._tidy_up()
        except StoreUnavailable as error:
            logger.warning("the store does not answer: %s", error)
            self._troubles.note("looking", error.code)
        except OSError as error:  # an error of the app's folder; a lost cluster is noticed when its state is requested
            logger.warning("the app's folder: %s", error)
        else:
            self._troubles.over("looking")

    def _tidy_up(self) -> None:
        """Removes old data, and reports if the room is used up nevertheless."""
        self._tidying.tidy()
        if self._tidying.is_full:
            self._troubles.note("room", NO_ROOM)
        else:
            self._troubles.over("room")
