"""One worker's attempt at a run or study: claim it or take it over, execute it, record every event.

If the store becomes unavailable, the attempt retries with growing pauses and continues as soon as it can.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import thread as thread_pools
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import ParamSpec, TypeVar

from lib.core.errors import AppError
from lib.core.jobs.placing import is_undisturbed
from lib.core.mydigits.finetune_plan import BaseDamaged, BaseLost, InitialWeights
from lib.core.studies.configs import StudyConfig
from lib.core.training.config import TrainConfig
from lib.core.training.control import ControlRequests
from lib.core.training.events import Checkpoint, Failed, Finished, Paused, Snapshot, Stopped
from lib.runs import artifacts
from lib.runs.artifacts import ArtifactDamaged, ArtifactMissing, ArtifactRefused, ArtifactUnreachable
from lib.runs.db.json_events import AnyEvent
from lib.runs.db.store import Store
from lib.runs.model.health import FULL, HealthRegistry, growing_pauses
from lib.runs.model.run import CLAIMED, Job, Run, RunLost, RunOver, Status, Study, UnknownRun
from lib.runs.model.unavailable import StoreUnavailable
from lib.runs.worker.loading_lock import wait_for_loading

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")
Events = Generator[AnyEvent, ControlRequests | None, None]

MOST_DEATHS = 3
"""A run is given up after this many of its workers died: the run itself probably kills them."""
AGAIN_SECONDS = 0.5
"""Retry interval for a claim that is blocked: a comparison is running, or needs the machine to itself."""
PATIENCE_SECONDS = 60.0
STORAGE_PATIENCE_SECONDS = 900.0
"""A storage of weights that does not answer is waited for so long; then the run fails, and others have the worker."""
LAST = (Finished, Stopped, Failed, Paused)
NOT_OURS = (RunOver, RunLost, UnknownRun)

troubles = HealthRegistry()
"""The trouble of this process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """How and on what this worker trains and studies, after all heavy imports."""

    train: Callable[[TrainConfig, Checkpoint | None, InitialWeights | None], Events]
    study: Callable[[StudyConfig], Events]
    devices: tuple[str, ...]
    versions: Mapping[str, str]


class Attempt:
    """One attempt at a run or study, under a unique name: server/host:process/number.

    `training` returns the Training; its first call may take seconds.
    """

    def __init__(self, store: Store, name: str, run_id: str, training: Callable[[], Training]) -> None:
        self._store, self._name, self._run_id, self._training = store, name, run_id, training
        # The name that this attempt may write under: none before a claim, a dead worker's before its run is taken over.
        self._holder: str | None = None

    def perform(self, turn: int) -> None:
        """Continues the run from its current state to its end or a pause. Does nothing if `turn` is not its turn."""
        try:
            run = retry_until_available(self._store.job, self._run_id)
            if run.turn == turn and run.status == Status.WAITING:
                self._begin(run)
            elif run.turn == turn and run.status in CLAIMED:
                self._recover(run)
        except NOT_OURS as error:
            logger.info("run %s is left alone: %s", self._run_id, error)
        except Exception as error:  # the program's one catch-all: any error ends this run, not the worker
            if is_ending():
                # A worker that lost its scheduler ends, and what needs further threads fails in it, such as S3.
                logger.warning("run %s is left to another worker, for this one is ending: %r", self._run_id, error)
                return
            logger.exception("run %s failed", self._run_id)
            self._fail(*diagnosis(error))

    def _begin(self, run: Job) -> None:
        # Loading may take seconds: the run still counts as waiting meanwhile, so a crash now costs it nothing.
        training = self._training()
        resume = retry_until_available(self._store.resume_point, run.id)
        if resume is None and run.step:
            raise ArtifactMissing(f"run {run.id} rested after step {run.step}, but no checkpoint of it is known")
        mine = self._take(run, lambda: self._store.claim(run.id, self._name, run.turn))
        if mine is not None:
            self._work(mine, training, resume)

    def _recover(self, run: Job) -> None:
        """Resumes a run whose worker is gone; after the third death of a worker the run fails."""
        self._holder = run.worker
        died = server_of(run.worker or "") == server_of(self._name)
        logger.warning("run %s lost its worker %s after step %d", run.id, run.worker, run.step)
        if died and run.deaths + 1 >= MOST_DEATHS:
            retry_until_available(self._store.count_death, run.id, run.worker)
            self._fail("worker_died", f"its last worker was {run.worker}")
            return
        training = self._training()
        resume = retry_until_available(self._store.resume_point, run.id)  # if it is lost, the run keeps its curve
        mine = self._take(run, lambda: self._store.take_over(run.id, self._name, earlier=run.worker, died=died))
        if mine is None:
            return
        if mine.step != (resume.step if resume else 0):
            # The worker that is believed gone lived on, and has made another checkpoint before its run was taken.
            resume = retry_until_available(self._store.resume_point, run.id)
        retry_until_available(self._store.sweep, run.id)
        self._work(mine, training, resume)

    def _take(self, run: Job, take: Callable[[], Job]) -> Job | None:
        """Retries `take` while something else on this machine blocks it; returns the run, None if it is not ours then.

        Gives up after PATIENCE_SECONDS, because the blocking job may be waiting for this very worker; the engine then
        resubmits the run.
        """
        if is_undisturbed(run.config):
            wait_for_loading()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            now = retry_until_available(take)
            unchanged = (now.status, now.worker, now.turn) == (run.status, run.worker, run.turn)
            if not unchanged or time.monotonic() > deadline:
                if now.worker != self._name:
                    return None  # another worker was faster, or there was no way to get it
                self._holder = self._name
                return now
            if now.requests.stop:  # no worker has it, so nobody else would obey the request
                retry_until_available(self._store.append, now.id, Stopped(step=now.step), now.worker)
            time.sleep(AGAIN_SECONDS)

    def _work(self, run: Job, training: Training, resume: Checkpoint | None) -> None:
        """Drives the training or study: records each event, then passes on the current requests."""
        requests: ControlRequests | None = None
        with closing(self._events(run, training, resume)) as events:
            while True:
                event = events.send(requests)
                requests = self._record(event)
                if requests is None or isinstance(event, LAST):
                    return

    def _events(self, job: Job, training: Training, resume: Checkpoint | None) -> Events:
        if isinstance(job, Study):
            return training.study(job.config)
        assert isinstance(job, Run)
        tuned = self._beginning(job, resume) if job.base else None
        return training.train(job.config, resume, tuned)

    def _beginning(self, run: Run, resume: Checkpoint | None) -> InitialWeights:
        """The start of a tuned run: its digits and, unless it continues from `resume`, the weights of its base."""
        tuning = retry_until_available(self._store.tuning, run.id)
        assert tuning is not None, run.id
        if resume is not None:
            return InitialWeights(digits=tuning.digits)
        try:
            base = retry_until_available(self._store.weights, tuning.base)
        except ArtifactDamaged as error:
            raise BaseDamaged(str(error)) from error
        except ArtifactMissing as error:
            raise BaseLost(str(error)) from error
        if base is None:
            raise BaseLost(f"no weights of run {tuning.base} are kept")
        return InitialWeights(digits=tuning.digits, weights=base.weights)

    def _record(self, event: AnyEvent) -> ControlRequests | None:
        """Records the event, now or as soon as possible; returns the current requests.

        None if the run has ended.
        """
        deadline = time.monotonic() + STORAGE_PATIENCE_SECONDS
        for pause in growing_pauses():
            try:
                return retry_until_available(self._store.append, self._run_id, event, self._name)
            except ArtifactRefused as error:
                if isinstance(event, Snapshot):
                    logger.warning("run %s goes on without its snapshot: %s", self._run_id, error)
                    return retry_until_available(self._store.requests, self._run_id)
                assert isinstance(event, Checkpoint)
                size = artifacts.size_of(event)
                troubles.note_weights(error.reason, partial(artifacts.try_place, size))
                if error.reason == ArtifactUnreachable.reason and time.monotonic() < deadline:
                    logger.warning("run %s waits for the storage of weights: %s", self._run_id, error)
                    if self._stopped_without_weights(event):
                        break
                elif self._failed_for(error, event):
                    break
                time.sleep(pause)
        return None

    def _stopped_without_weights(self, event: Checkpoint) -> bool:
        """Ends a run that is to stop: it does not wait for its last weights. False for any other run."""
        if not retry_until_available(self._store.requests, self._run_id).stop:
            return False
        retry_until_available(self._store.append, self._run_id, Stopped(step=event.step), self._name)
        return True

    def _failed_for(self, refusal: ArtifactRefused, event: Checkpoint) -> bool:
        """Ends the run because its weights cannot be stored; False if that cannot be recorded either."""
        logger.error("run %s: %s", self._run_id, refusal)
        code = refusal.reason
        try:
            failed = Failed(step=event.step, reason=code, detail=str(refusal))
            self._store.append(self._run_id, failed, self._name)
        except StoreUnavailable as error:
            logger.warning("run %s stays open: %s", self._run_id, error)
            return False
        return True

    def _fail(self, reason: str, detail: str) -> None:
        """Ends the run as failed, unless another process has ended it or continues it."""
        try:
            job = retry_until_available(self._store.job, self._run_id)
            if isinstance(job, Study):
                reason = OF_A_STUDY.get(reason, reason)
            failed = Failed(step=job.step, reason=reason, detail=detail)
            retry_until_available(self._store.append, self._run_id, failed, self._holder)
        except NOT_OURS as error:
            logger.info("run %s is left alone: %s", self._run_id, error)


def is_ending() -> bool:
    """Whether this process is ending. Its pools of threads take no more tasks some time before the main thread is over,
    while it waits for the threads that there are (`threading._shutdown`).
    """
    return thread_pools._shutdown or not threading.main_thread().is_alive()


def server_of(attempt: str) -> str:
    """The server in this attempt's name."""
    return attempt.partition("/")[0]


def retry_until_available(ask: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The store's answer; while the store is unavailable, retries with growing pauses.

    The same while weights cannot be read because their storage does not answer. Raises ArtifactUnreachable after
    STORAGE_PATIENCE_SECONDS of that.
    """
    deadline = time.monotonic() + STORAGE_PATIENCE_SECONDS
    for pause in growing_pauses():
        try:
            answer = ask(*args, **kwargs)
        except StoreUnavailable as error:
            troubles.note("database", error.code)
            logger.warning("the store does not answer, again in %s s: %s", pause, error)
        except ArtifactUnreachable as error:
            if time.monotonic() > deadline:
                raise
            troubles.note_weights(error.code, partial(artifacts.try_place, 0))
            logger.warning("the storage of weights does not answer, again in %s s: %s", pause, error)
        else:
            troubles.over("database")
            return answer
        time.sleep(pause)
    raise AssertionError("there is always another pause")


def diagnosis(error: Exception) -> tuple[str, str]:
    """The reason for visitors, and the detail for the log."""
    if isinstance(error, AppError) and error.reason != AppError.reason:
        return error.reason, error.detail
    # TensorFlow's own out-of-memory error is recognised by name: this module does not import TensorFlow.
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        return "out_of_memory", str(error)
    if isinstance(error, OSError) and error.errno in FULL:
        return "disk_full", str(error)
    return "error", traceback.format_exc()


OF_A_STUDY = {
    "out_of_memory": "out_of_memory_study",
    "checkpoint_lost": "weights_lost_study",
    "checkpoint_damaged": "weights_damaged_study",
}
"""Reasons about a training's settings, and their counterparts for a study."""
