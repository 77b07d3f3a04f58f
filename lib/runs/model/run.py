"""The store's view of a job, a training run or a study, and the errors of requests for one.

Also a digit that a visitor keeps.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from lib.core.data.dataset import Bytes
from lib.core.errors import AppError, Refusal
from lib.core.i18n import mark
from lib.core.seeds import SCHEME
from lib.core.studies.configs import StudyConfig
from lib.core.training.config import TrainConfig
from lib.core.training.control import ControlRequests
from lib.core.untrusted import beginning


class Status(StrEnum):
    """The state of a job. It follows from the job's events; only claim and resume change it without an event.

    waiting ─claim─▶ starting ─Compiled─▶ running ─▶ finished | stopped | failed
       ▲ resume                              │ Paused
       └──────────── paused ◀────────────────┘

    A study becomes running with Began and cannot be paused.
    """

    WAITING = "waiting"
    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"


CLAIMED = (Status.STARTING, Status.RUNNING)
"""The states of a job that a worker holds."""
OPEN = (Status.WAITING, *CLAIMED)
"""The states of a job that waits for a worker or has one."""
OVER = (Status.FINISHED, Status.STOPPED, Status.FAILED)
"""The states of a job that has ended."""


BROUGHT = "archive:"
"""In place of an engine, before the id of origin: a run that was brought in. No engine has such a name."""


def host_of(attempt: str) -> str:
    """The host in an attempt's name, server/host:process/number; '' if there is none."""
    return attempt.partition("/")[2].partition(":")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A run or a study at the time it was read; timestamps are timezone-aware, in UTC.

    `step` is the last recorded step; `total_steps` is 0 until the job has started. `owner` may control it, `guess` is a
    visitor's expected result, `requests` are the current control requests. `engine` is the engine it was submitted to,
    `worker` the attempt that claimed it, `deaths` the number of its workers that died. `queued_at` is its place in the
    queue: the time since when it waits, put off where its owner has others (`lib.runs.db.turns`); `turn` counts how
    often it was resumed after a pause. `room` is the class in which it was started, '' outside of one.
    """

    id: str
    config: TrainConfig | StudyConfig
    status: Status
    step: int
    total_steps: int
    owner: str = ""
    group: str = ""
    room: str = ""
    guess: float | None = None
    requests: ControlRequests = field(default_factory=ControlRequests)
    deaths: int = 0
    turn: int = 0
    engine: str | None
    worker: str | None
    created_at: datetime
    queued_at: datetime
    claimed_at: datetime | None
    ended_at: datetime | None

    @property
    def host(self) -> str:
        """The host of the worker that holds it; '' if none does."""
        return host_of(self.worker) if self.worker and self.status in CLAIMED else ""

    @property
    def is_open(self) -> bool:
        """Whether it waits for a worker or has one."""
        return self.status in OPEN

    @property
    def is_over(self) -> bool:
        """Whether it has ended; a paused job is neither open nor over."""
        return self.status in OVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Run(Job):
    """A training run. Its guess is a test accuracy from 0 to 1.

    `base` is the run whose weights a tuned run began with, empty for other runs. A `pinned` run keeps its weights for
    good. Its random numbers were drawn by `scheme` (`lib.core.seeds`); before its start this is the current scheme.
    `unread` names stored settings that this version does not know or allow: `config` has their defaults.

    `name` is its owner's name for it, '' without one. `accuracy` on the test images is that after the newest epoch,
    None before the first; `seconds` are those of all epochs, `device` is where they ran.
    """

    config: TrainConfig
    base: str = ""
    pinned: bool = False
    scheme: int = SCHEME
    unread: tuple[str, ...] = ()
    name: str = ""
    accuracy: float | None = None
    seconds: float = 0.0
    device: str = ""

    @property
    def origin(self) -> str:
        """The id that it had where it was trained: its own, unless it was brought in from an archive."""
        return (self.engine or "").removeprefix(BROUGHT) if self.is_brought else self.id

    @property
    def is_brought(self) -> bool:
        """Whether it was brought in from an archive: then no worker of this server has measured it."""
        return (self.engine or "").startswith(BROUGHT)

    @property
    def called(self) -> str:
        """Its name, else the start of its id; plain text."""
        return self.name or self.id[:4]


@dataclass(frozen=True, slots=True, kw_only=True)
class Study(Job):
    """A study of a kind in `lib.core.studies.configs.KINDS`. It cannot be paused, and always restarts from its
    beginning.

    A step is a round of a comparison, at any size, or an investigated call; an X-ray is one step.
    """

    kind: str
    config: StudyConfig


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OwnDigit:
    """A digit that a visitor wrote and keeps: uint8 (28, 28), white on black, and its label, 0 to 9."""

    id: int
    label: int
    image: Bytes = field(repr=False)
    kept_at: datetime


class UnknownRun(AppError, LookupError):
    """No run or study has this id."""

    template = mark("There is no run “{run}” here; perhaps the link was cut short.")

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        super().__init__(f"no run {run_id!r}", run=beginning(run_id))


class UnknownStudy(UnknownRun):
    """There is no study with this id."""

    template = mark("There is no measurement “{run}” here; perhaps the link was cut short.")


class TooManyBrought(Refusal):
    """The owner has brought in as many runs as the server allows."""

    template = mark(
        "You have brought in {most} runs, as many as this server allows. Delete some of them first; they count for an "
        "hour more."
    )


class TooManyPinned(Refusal):
    """As many runs are pinned as the server allows in all."""

    template = mark("As many runs are pinned as this server allows, {most} in all. Unpin one of yours first.")

    def __init__(self, most: int) -> None:
        super().__init__(most=most)


class RunOver(AppError):
    """The run or study has ended, perhaps by another process: its log takes no more events."""


class RunLost(AppError):
    """The run or study is no longer this worker's: the worker was considered dead, and another one took over."""


class StepRepeated(AppError, ValueError):
    """Steps were recorded twice."""
