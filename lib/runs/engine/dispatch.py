"""Submits the store's open runs and studies to one cluster, and watches their tasks."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from lib.core.jobs.lanes import Lane
from lib.core.jobs.placing import is_undisturbed, lane_of
from lib.core.training.events import Failed
from lib.runs.db.store import Store
from lib.runs.engine.heartbeat import PeerLiveness
from lib.runs.model.health import growing_pauses
from lib.runs.model.run import Job, RunOver, UnknownRun
from lib.runs.model.state import EngineState
from lib.runs.worker.worker import perform

if TYPE_CHECKING:
    from distributed import Client, Future

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 5.0
Turn = tuple[str, int]
"""A run or study, and how often it was resumed: each turn is a separate task."""


class Dispatch:
    """The runs of one engine on one cluster. Not thread-safe."""

    def __init__(self, store: Store, client: Client, engine: str) -> None:
        self._store, self._client, self._engine = store, client, engine
        self._others = PeerLiveness(store)
        self._futures: dict[Turn, Future[None]] = {}
        self._again: dict[Turn, tuple[float, Iterator[float]]] = {}

    def look(self, state: EngineState) -> bool:
        """Handles finished tasks and submits new jobs to a cluster in this state; whether any task had finished.

        Raises StoreUnavailable.
        """
        done = self._settle()
        self._take_in(state)
        return done

    def _settle(self) -> bool:
        """Removes finished tasks; if a task failed without ending its run, the run has failed."""
        done = [turn for turn, future in self._futures.items() if future.done()]
        for turn in done:
            future = self._futures[turn]
            if future.status == "error":  # a cancelled task, or one lost with its cluster, is resubmitted
                self._fail(turn[0], future.exception(timeout=ANSWER_SECONDS))
            del self._futures[turn]
            _, pauses = self._again.get(turn, (0.0, growing_pauses()))
            self._again[turn] = time.monotonic() + next(pauses), pauses
        return bool(done)

    def _take_in(self, state: EngineState) -> None:
        """Submits every open run that no other engine has, in queue order."""
        runs = self._store.open_runs()
        turns = {(run.id, run.turn) for run in runs}
        # A run that is still open after its task was done is retried after growing pauses.
        self._again = {turn: later for turn, later in self._again.items() if turn in turns}
        for run in runs:
            turn = run.id, run.turn
            due = self._again.get(turn, (0.0, None))[0] <= time.monotonic()
            if turn in self._futures or not due or is_held_back(run, runs, state) or not self._is_ours(run):
                continue
            self._futures[turn] = self._submit(run, way_of(run, runs, state))

    def _submit(self, run: Job, lane: Lane | None) -> Future[None]:
        from distributed import fire_and_forget

        # The same key is the same task: a cluster that still has it does not start it twice. A higher priority goes
        # first: the earlier its place, the higher. Dask keeps that order only within a group of tasks, here all named
        # "run".
        future = self._client.submit(
            perform,
            run.id,
            run.turn,
            key=("run", run.id, run.turn),
            priority=-run.queued_at.timestamp(),
            resources={str(lane): 1} if lane else None,
            pure=False,
        )
        fire_and_forget(future)  # a foreign cluster continues while this server restarts
        return future

    def _is_ours(self, run: Job) -> bool:
        if run.engine == self._engine:
            return True
        free = run.engine is None or self._others.dead(run.engine)
        return free and self._store.assign(run.id, self._engine, earlier=run.engine)

    def _fail(self, run_id: str, error: Any) -> None:
        reason = "worker_died" if type(error).__name__ == "KilledWorker" else "error"
        logger.error("run %s was given up: %r", run_id, error)
        try:
            self._store.append(run_id, Failed(step=self._store.job(run_id).step, reason=reason, detail=repr(error)))
        except (RunOver, UnknownRun):
            logger.info("run %s was over already", run_id)


def way_of(job: Job, open_jobs: Sequence[Job], state: EngineState) -> Lane | None:
    """The lane whose workers the job goes to; None for any worker.

    Short work goes to an idle worker for long work if there is no other one with TensorFlow: it is answered at once,
    and no second worker has to be started.
    """
    lane = lane_of(job.config)
    if lane == Lane.SHORT and Lane.SHORT in state.lanes and not state.has_loaded(Lane.SHORT):
        is_idle = state.has_loaded(Lane.LONG) and not any(lane_of(other.config) == Lane.LONG for other in open_jobs)
        lane = Lane.LONG if is_idle else Lane.SHORT
    return lane if lane in state.lanes else None


def is_held_back(job: Job, open_jobs: Sequence[Job], state: EngineState) -> bool:
    """Whether short work waits because a comparison is being measured beside it: even starting a worker disturbs that.

    `lib.runs.db.exclusive` decides about work that was submitted before.
    """
    is_short = Lane.SHORT in state.lanes and lane_of(job.config) == Lane.SHORT
    return is_short and any(is_undisturbed(other.config) for other in state.beside(open_jobs))
