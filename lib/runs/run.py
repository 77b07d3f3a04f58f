"""One training run as the store knows it, and what can be wrong with asking for one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lib.core.config import TrainConfig


class Status(StrEnum):
    """Where a run stands. It follows from the run's events and is never set without one, but for the claim.

    waiting ─claim─▶ starting ─Compiled─▶ running ─▶ finished | stopped | failed
    """

    WAITING = "waiting"
    STARTING = "starting"
    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"


OPEN = (Status.WAITING, Status.STARTING, Status.RUNNING)
"""The states of a run that is not over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run at the moment it was read; moments are aware and in UTC.

    `step` is the last step recorded; `total_steps` is 0 until the run has started. `wish` is what somebody wants of it
    ("stop"). `engine` is the engine it was submitted to, `worker` the attempt that claimed it. `unread` names stored
    settings that this version does not know or allow: `config` has their defaults.
    """

    id: str
    config: TrainConfig
    status: Status
    step: int
    total_steps: int
    wish: str | None
    engine: str | None
    worker: str | None
    created_at: datetime
    claimed_at: datetime | None
    ended_at: datetime | None
    unread: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.status in OPEN


class UnknownRun(LookupError):
    """There is no run with this id."""

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        super().__init__(f"no run {run_id!r}")


class RunOver(Exception):
    """The run has ended: nothing can be added to it any more (somebody else may have ended it)."""


class StepRepeated(ValueError):
    """Steps were to be recorded that the run already has."""
