"""The engine as the web process sees it: runs go in, a cached state comes out, nothing blocks a page.

One thread of its own keeps a cluster alive and sees to it that every open run is in it, whether it is new, was queued
before the engine was up, or was left behind by an engine that died. So submitting and recovering are one thing.
"""

from __future__ import annotations

import logging
import os
import secrets
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import SQLAlchemyError

from lib.core.events import Failed
from lib.runs.cluster import ForeignCluster, OwnCluster, is_dead, main, sweep
from lib.runs.run import Run, RunOver
from lib.runs.state import EngineState, WorkerState, state_of
from lib.runs.store import Store
from lib.runs.worker import perform

if TYPE_CHECKING:
    from distributed import Client, Future

    Futures = dict[str, Future[None]]

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
"""How often the cluster and the store are looked at when nobody submits."""
RETRY_SECONDS = 1.0
CONNECT_SECONDS = 5.0

__all__ = ["Engine", "EngineState", "WorkerState"]


class Engine:
    """Runs the store's open runs, first come first served, one at a time on each worker.

    With TF2LAB_SCHEDULER=tcp://host:port on the cluster there, else on a process of its own. Methods may be called
    from any thread and return at once, but for `close`.
    """

    def __init__(self, store: Store, training: str, pause_seconds: float = 0.0) -> None:
        self._store = store
        self._scheduler = os.environ.get("TF2LAB_SCHEDULER")
        self._server = secrets.token_hex(4)
        self._environment = {
            "TF2LAB_DATABASE_URL": store.url,
            "TF2LAB_SERVER": self._server,
            "TF2LAB_TRAINING": training,
        }
        self._starts = 0
        self._pause_seconds = pause_seconds
        self._state = EngineState(phase="starting")
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="engine", daemon=True)

    @classmethod
    def start(
        cls, store: Store, training: str = "lib.runs.worker:tensorflow_training", pause_seconds: float = 0.0
    ) -> Engine:
        """An engine that comes up in the background, after `pause_seconds` or with the first run that is submitted.

        `training` names the function that makes workers ready.
        """
        engine = cls(store, training, pause_seconds)
        engine._thread.start()
        return engine

    def submit(self, run_id: str) -> None:
        """Has the run performed as soon as it is its turn."""
        logger.info("run %s submitted", run_id)
        self._wake.set()

    def state(self) -> EngineState:
        """The engine as it was about a second ago."""
        return self._state

    def close(self) -> None:
        """Ends the engine and what it runs; returns when its processes are gone."""
        self._closing.set()
        self._wake.set()
        self._thread.join()

    def _watch(self) -> None:
        """The engine's thread: a cluster, and another one whenever it is lost."""
        down = EngineState(phase="unreachable" if self._scheduler else "starting")
        self._wake.wait(self._pause_seconds)
        while not self._closing.is_set():
            try:
                self._keep_cluster()
            except OSError as error:
                logger.warning("no engine, trying again: %s", error)
            except Exception:  # whatever it was, the next try may succeed
                logger.exception("no engine, trying again")
            self._state = down
            self._closing.wait(RETRY_SECONDS)

    def _keep_cluster(self) -> None:
        """Serves one cluster until it ends or this engine is closed."""
        from distributed import Client  # here: it takes half a second, and the first page does not wait for it

        cluster = self._new_cluster()
        try:
            with Client(cluster.address, timeout=CONNECT_SECONDS, set_as_default=False) as client:
                futures: Futures = {}
                sweep(keep={run.engine for run in self._store.open_runs()})
                while cluster.alive() and not self._closing.is_set():
                    self._look_after(client, cluster.engine_id, futures)
                    self._state = state_of(client)
                    self._wake.wait(LOOK_SECONDS)
                    self._wake.clear()
        finally:
            cluster.close()

    def _new_cluster(self) -> OwnCluster | ForeignCluster:
        if self._scheduler:
            return ForeignCluster(self._scheduler)
        self._starts += 1
        return OwnCluster(f"{self._server}-{self._starts}", self._environment)

    def _look_after(self, client: Client, engine_id: str, futures: Futures) -> None:
        try:
            self._take_in(client, engine_id, futures)
            self._settle(futures)
        except SQLAlchemyError as error:  # the cluster works on: a store that is away for a moment costs no run
            logger.warning("the store does not answer: %s", error)

    def _take_in(self, client: Client, engine_id: str, futures: Futures) -> None:
        """Submits every open run that is nobody else's, oldest first."""
        from distributed import fire_and_forget

        for run in self._store.open_runs():
            if run.id in futures or not self._is_ours(run, engine_id):
                continue
            # The same key is the same task: a cluster that still has it does not begin it twice. A higher priority goes
            # first: the older, the higher. Dask keeps that order only within a group of tasks, here all named "run".
            future = client.submit(
                perform, run.id, key=("run", run.id), priority=-run.created_at.timestamp(), pure=False
            )
            fire_and_forget(future)  # a foreign cluster goes on while this server restarts
            futures[run.id] = future

    def _is_ours(self, run: Run, engine_id: str) -> bool:
        if run.engine == engine_id:
            return True
        free = run.engine is None or is_dead(run.engine)
        return free and self._store.assign(run.id, engine_id, earlier=run.engine)

    def _settle(self, futures: Futures) -> None:
        """Forgets finished tasks; a run whose task broke without ending it has failed."""
        for run_id in [run_id for run_id, future in futures.items() if future.done()]:
            future = futures.pop(run_id)
            if future.status != "finished":
                _fail(self._store, run_id, future)


def _fail(store: Store, run_id: str, future: Future[None]) -> None:
    error: Any = future.exception(timeout=CONNECT_SECONDS) if future.status == "error" else future.status
    reason = "worker_died" if type(error).__name__ == "KilledWorker" else "error"
    logger.error("run %s was given up: %r", run_id, error)
    with suppress(RunOver):
        store.append(run_id, Failed(step=store.run(run_id).step, reason=reason, detail=repr(error)))


if __name__ == "__main__":
    main(sys.argv[1])
