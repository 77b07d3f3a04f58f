"""Where a run stands between two calls: what it has added up, what somebody wants to of it, when it was last saved."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field

import numpy as np
from numpy.typing import NDArray

from lib.core.training.checkpoints import CheckpointMisfit, check_fit
from lib.core.training.control import ControlRequests
from lib.core.training.events import Checkpoint, Evaluated, Snapshot
from lib.core.training.snapshots import is_due
from lib.ml.training.finetune import OwnTest
from lib.ml.training.metrics import EarlyStopping, EpochMetrics, StepBudget
from lib.ml.training.trainer import Trainer

SAVE_SECONDS = 10.0
"""A run that dies loses at most about so much of its work."""
SAVE_SECONDS_AT_EPOCHS_END = 7.0
"""An epoch's end is the better moment to save: there it is done a little earlier."""
SUMS = ("tally/", "best/")
"""Begin the names of what is added to the trainer's state."""


@dataclass(slots=True)
class TrainingState:
    """A trainer on its way.

    `reason` says why the run has come to its end; '' as long as it has not. `is_lost`: the loss is no number any more.
    `snapshots`: whether its weights are kept as they are at some moments.
    `own`: what a run that is tuned with own digits is tested on besides.
    """

    trainer: Trainer
    pace: StepBudget
    own: OwnTest | None = None
    tally: EpochMetrics = field(default_factory=EpochMetrics)
    best: EarlyStopping = field(default_factory=EarlyStopping)
    requests: ControlRequests = field(default_factory=ControlRequests)
    reason: str = ""
    is_lost: bool = False
    snapshots: bool = False
    saved_step: int | None = None
    saved_at: float = field(default_factory=time.perf_counter)

    @property
    def step(self) -> int:
        return self.trainer.step

    @property
    def is_over(self) -> bool:
        return self.is_lost or bool(self.reason)

    @property
    def requested_rate(self) -> float | None:
        """The learning rate that somebody wants to, where it is not the one in force already."""
        requested = self.requests.learning_rate
        return None if requested == self.trainer.learning_rate else requested

    @property
    def pause_requested(self) -> bool:
        return self.requests.pause_after is not None and self.step >= self.requests.pause_after

    def steps_at_once(self) -> int:
        """How many steps the next call may make: by its pace, and never beyond the step after which to pause."""
        steps = self.pace.steps()
        return steps if self.requests.pause_after is None else min(steps, self.requests.pause_after - self.step)

    def close_epoch(self, evaluated: Evaluated) -> None:
        """Draws the consequences of an epoch that is over."""
        self.reason = self.best.reason(self.trainer.config, evaluated)
        self.tally = EpochMetrics()

    def change_rate(self, learning_rate: float) -> None:
        self.trainer.change_rate(learning_rate)
        self.saved_step = None  # what was saved at this step goes on with the old one

    def save_is_due(self) -> bool:
        seconds = SAVE_SECONDS_AT_EPOCHS_END if self.trainer.at_epochs_end else SAVE_SECONDS
        return time.perf_counter() - self.saved_at >= seconds

    def save(self) -> Checkpoint:
        """All it takes to go on from here as if nothing had happened."""
        self.saved_step, self.saved_at = self.step, time.perf_counter()
        return Checkpoint(step=self.step, weights=self.trainer.weights(), state=self.trainer.state() | self._sums())

    def snapshot_is_due(self, before: int) -> bool:
        """Whether a snapshot belongs here, where a call ended that began after the step `before`."""
        trainer = self.trainer
        return self.snapshots and is_due(before, self.step, trainer.steps_per_epoch, trainer.config.epochs)

    def snapshot(self) -> Snapshot:
        """The weights for whoever wants to see later what the network thought after this step."""
        return Snapshot(step=self.step, weights=self.trainer.rough_weights())

    def go_on_from(self, checkpoint: Checkpoint) -> None:
        """Back to where `checkpoint` was saved. Raises CheckpointMisfit where it is none of this run."""
        sums = {name: array for name, array in checkpoint.state.items() if name.startswith(SUMS)}
        check_fit("sums", sums, self._sums())
        rest = {name: array for name, array in checkpoint.state.items() if name not in sums}
        self.trainer.restore(checkpoint.weights, rest)
        if checkpoint.step != self.step:
            raise CheckpointMisfit(f"the state is of step {self.step}, not {checkpoint.step}")
        for name, array in sums.items():
            part, _, value = name.partition("/")
            setattr(getattr(self, part), value, array.item())
        self.saved_step = self.step

    def _sums(self) -> dict[str, NDArray[np.generic]]:
        sums = {"tally": asdict(self.tally), "best": asdict(self.best)}
        return {f"{part}/{name}": np.array(value) for part, names in sums.items() for name, value in names.items()}
