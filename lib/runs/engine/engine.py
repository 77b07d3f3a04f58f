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
from dataclasses import replace

from lib.core.jobs.lanes import Lane, usual_lanes
from lib.core.studies.configs import SALIENCY, TOUR
from lib.runs.db.store import Store
from lib.runs.engine.cluster import ForeignCluster, OwnCluster, sweep
from lib.runs.engine.dispatch import Dispatch
from lib.runs.engine.heartbeat import Heartbeat
from lib.runs.model.health import FULL, HealthRegistry
from lib.runs.model.listing import UNDONE_FOR
from lib.runs.model.room import KEPT_FOR
from lib.runs.model.state import EngineState, WorkerState, state_of
from lib.runs.model.unavailable import StoreUnavailable

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
"""Seconds between polls of the cluster and the store, if no one wakes the engine."""
RETRY_SECONDS = 1.0
KEPT_SALIENCIES, KEPT_LESSONS, KEPT_EXPORTS = 50, 200, 40
CONNECT_SECONDS = 5.0

__all__ = ["Engine", "EngineState", "WorkerState"]


class Engine:
    """Executes the store's open runs, in fair turns in each lane, one at a time on each worker.

    With TF2LAB_SCHEDULER=tcp://host:port it uses the cluster there, else its own process. Methods may be called from
    any thread and return at once, except `close`.
    """

    def __init__(
        self, store: Store, training: str, keep_weights: int, keep_snapshots: int = 20, lanes: int | None = None
    ) -> None:
        self._store = store
        self._scheduler = os.environ.get("TF2LAB_SCHEDULER")
        self._server = secrets.token_hex(4)
        self._environment = {
            "TF2LAB_DATABASE_URL": store.url,
            "TF2LAB_SERVER": self._server,
            "TF2LAB_TRAINING": training,
        }
        self._starts = 0
        self._keep_weights, self._keep_snapshots = keep_weights, keep_snapshots
        self._untidy = True
        self._troubles = HealthRegistry()
        self._lanes = lanes or usual_lanes()
        own = frozenset(Lane) if self._lanes > 1 and not self._scheduler else frozenset()
        self._down = EngineState(phase="unreachable" if self._scheduler else "starting", lanes=own)
        self._state = replace(self._down, phase="starting")
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="engine", daemon=True)

    @classmethod
    def start(
        cls,
        store: Store,
        training: str = "lib.runs.worker.worker:tensorflow_training",
        keep_weights: int = 200,
        keep_snapshots: int = 20,
        lanes: int | None = None,
    ) -> Engine:
        """An engine that starts in the background.

        `training` names the function that prepares workers. Only the newest `keep_weights` runs and pinned ones keep
        their weights; only the newest `keep_snapshots` runs keep their snapshots. With two `lanes` short studies have a
        worker of their own, by default if the machine has the memory; with one, all jobs share one worker. A cluster at
        TF2LAB_SCHEDULER has the lanes that its workers announce.
        """
        engine = cls(store, training, keep_weights, keep_snapshots, lanes)
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
                while cluster.alive() and not self._closing.is_set():
                    self._look_after(dispatch)
                    self._state = state_of(client, cluster.lanes)
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
            self._untidy |= dispatch.look(self._state)
            if self._untidy:
                self._tidy_up()
                self._untidy = False
        except StoreUnavailable as error:
            logger.warning("the store does not answer: %s", error)
            self._troubles.note("looking", error.code)
        except OSError as error:  # an error of the app's folder; a lost cluster is noticed when its state is requested
            logger.warning("the app's folder: %s", error)
        else:
            self._troubles.over("looking")

    def _tidy_up(self) -> None:
        """Removes old data: deleted runs, weights and snapshots of old runs, studies, exports, engines."""
        self._store.purge(UNDONE_FOR)
        self._store.prune(self._keep_weights)
        self._store.prune_snapshots(self._keep_snapshots)
        self._store.prune_studies(SALIENCY, KEPT_SALIENCIES)
        self._store.prune_studies(TOUR, KEPT_LESSONS)
        self._store.prune_exports(KEPT_EXPORTS)
        self._store.classroom.prune(KEPT_FOR)
        named = {run.engine for run in self._store.open_runs() if run.engine}
        sweep(keep=named)
