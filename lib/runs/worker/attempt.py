"""One worker's attempt at a run or study: claim it or take it over, perform it, write down every event.

Whatever happens meanwhile to the store, the attempt goes on as soon as it can: it waits, longer and longer.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from lib.core.errors import AppError
from lib.core.mydigits.finetune_plan import BaseDamaged, BaseLost, InitialWeights
from lib.core.studies.configs import StudyConfig
from lib.core.training.config import TrainConfig
from lib.core.training.control import ControlRequests
from lib.core.training.events import Checkpoint, Failed, Finished, Paused, Snapshot, Stopped
from lib.runs import artifacts
from lib.runs.artifacts import ArtifactDamaged, ArtifactMissing, ArtifactRefused
from lib.runs.db.json_events import AnyEvent
from lib.runs.db.store import Store
from lib.runs.model.health import FULL, HealthRegistry, growing_pauses
from lib.runs.model.run import CLAIMED, Job, Run, RunLost, RunOver, Status, Study, UnknownRun
from lib.runs.model.unavailable import StoreUnavailable

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")
Events = Generator[AnyEvent, ControlRequests | None, None]

MOST_DEATHS = 3
"""So many workers may die with a run until it is given up: likely the run itself kills them."""
AGAIN_SECONDS = 0.5
"""How soon a run is asked for again that may not be performed yet: a comparison is under way, or is to be alone."""
PATIENCE_SECONDS = 60.0
LAST = (Finished, Stopped, Failed, Paused)
NOT_OURS = (RunOver, RunLost, UnknownRun)

troubles = HealthRegistry()
"""This process's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """How this worker trains and studies, once everything heavy is imported, and on what."""

    train: Callable[[TrainConfig, Checkpoint | None, InitialWeights | None], Events]
    study: Callable[[StudyConfig], Events]
    devices: tuple[str, ...]
    versions: Mapping[str, str]


class Attempt:
    """One attempt at a run or study, under a name that is never given again: server/host:process/number.

    `training` gives the Training, which may take seconds the first time.
    """

    def __init__(self, store: Store, name: str, run_id: str, training: Callable[[], Training]) -> None:
        self._store, self._name, self._run_id, self._training = store, name, run_id, training
        # In whose name this attempt may write: nobody's before a claim, a dead worker's before it is taken over.
        self._holder: str | None = None

    def perform(self, turn: int) -> None:
        """Takes the run from wherever it stands to its end or to a pause. Does nothing in any but its `turn`th turn."""
        try:
            run = retry_until_available(self._store.job, self._run_id)
            if run.turn == turn and run.status == Status.WAITING:
                self._begin(run)
            elif run.turn == turn and run.status in CLAIMED:
                self._recover(run)
        except NOT_OURS as error:
            logger.info("run %s is left alone: %s", self._run_id, error)
        except Exception as error:  # the program's one catch-all: whatever happened ends this run, not the worker
            logger.exception("run %s failed", self._run_id)
            self._fail(*diagnosis(error))

    def _begin(self, run: Job) -> None:
        # Loading may take seconds: until it is done the run is still waiting, and a death now costs it nothing.
        training = self._training()
        resume = retry_until_available(self._store.resume_point, run.id)
        if resume is None and run.step:
            raise ArtifactMissing(f"run {run.id} rested after step {run.step}, but no checkpoint of it is known")
        mine = self._take(run, lambda: self._store.claim(run.id, self._name, run.turn))
        self._work(mine, training, resume)

    def _recover(self, run: Job) -> None:
        """Goes on with a run whose worker is gone; the third one that died with it was the last."""
        self._holder = run.worker
        died = server_of(run.worker or "") == server_of(self._name)
        logger.warning("run %s lost its worker %s after step %d", run.id, run.worker, run.step)
        if died and run.deaths + 1 >= MOST_DEATHS:
            retry_until_available(self._store.count_death, run.id, run.worker)
            self._fail("worker_died", f"its last worker was {run.worker}")
            return
        training = self._training()
        resume = retry_until_available(self._store.resume_point, run.id)
        mine = self._take(run, lambda: self._store.take_over(run.id, self._name, earlier=run.worker, died=died))
        retry_until_available(self._store.sweep, run.id)
        self._work(mine, training, resume)

    def _take(self, run: Job, take: Callable[[], Job]) -> Job:
        """The run as `take` leaves it: asked again while something else on this machine hinders it.

        Not for ever, since what it waits for may be waiting for this very worker; the engine tries it again then.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            now = retry_until_available(take)
            unchanged = (now.status, now.worker, now.turn) == (run.status, run.worker, run.turn)
            if not unchanged or time.monotonic() > deadline:
                return now
            if now.requests.stop:  # nobody has it who could hear that
                retry_until_available(self._store.append, now.id, Stopped(step=now.step), now.worker)
            time.sleep(AGAIN_SECONDS)

    def _work(self, run: Job, training: Training, resume: Checkpoint | None) -> None:
        """Drives the training or study: writes each event down, then passes on what is requested by then."""
        if run.worker != self._name:
            return  # somebody else was quicker
        self._holder = self._name
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
        """From where a tuned run goes: its digits and, unless it goes on from `resume`, the weights of its base."""
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
        """Writes the event down, now or when it is possible again; what is requested then.

        None where that was the end of the run.
        """
        for pause in growing_pauses():
            try:
                return retry_until_available(self._store.append, self._run_id, event, self._name)
            except ArtifactRefused as error:
                if isinstance(event, Snapshot):
                    logger.warning("run %s goes on without its snapshot: %s", self._run_id, error)
                    return retry_until_available(self._store.requests, self._run_id)
                if self._failed_for(error, event):
                    break
                time.sleep(pause)
        return None

    def _failed_for(self, refusal: ArtifactRefused, event: AnyEvent) -> bool:
        """Ends the run for lack of a place for its weights; False where that cannot be written down either."""
        assert isinstance(event, Checkpoint)
        logger.error("run %s: %s", self._run_id, refusal)
        code, size = refusal.reason, artifacts.size_of(event)
        troubles.note_weights(code, lambda: artifacts.try_place(size))
        try:
            failed = Failed(step=event.step, reason=code, detail=str(refusal))
            self._store.append(self._run_id, failed, self._name)
        except StoreUnavailable as error:
            logger.warning("run %s stays open: %s", self._run_id, error)
            return False
        return True

    def _fail(self, reason: str, detail: str) -> None:
        """Ends the run as failed, unless somebody else has ended it or goes on with it."""
        try:
            job = retry_until_available(self._store.job, self._run_id)
            if isinstance(job, Study):
                reason = OF_A_STUDY.get(reason, reason)
            failed = Failed(step=job.step, reason=reason, detail=detail)
            retry_until_available(self._store.append, self._run_id, failed, self._holder)
        except NOT_OURS as error:
            logger.info("run %s is left alone: %s", self._run_id, error)


def server_of(attempt: str) -> str:
    """The server that the attempt of this name was made for."""
    return attempt.partition("/")[0]


def retry_until_available(ask: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The store's answer, however long it is away: asked again after longer and longer pauses."""
    for pause in growing_pauses():
        try:
            answer = ask(*args, **kwargs)
        except StoreUnavailable as error:
            troubles.note("database", error.code)
            logger.warning("the store does not answer, again in %s s: %s", pause, error)
            time.sleep(pause)
        else:
            troubles.over("database")
            return answer
    raise AssertionError("there is always another pause")


def diagnosis(error: Exception) -> tuple[str, str]:
    """The reason for visitors and the detail for the log."""
    if isinstance(error, AppError) and error.reason != AppError.reason:
        return error.reason, error.detail
    # TensorFlow's own MemoryError goes by its name: this module does not import it.
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
"""Reasons that speak of a training's settings, and what they are of a study."""
