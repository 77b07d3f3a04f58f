"""The state of a run between two calls: its sums, the current requests, the last checkpoint."""

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
"""A run whose process dies loses about this many seconds of work at most."""
SAVE_SECONDS_AT_EPOCHS_END = 7.0
"""An epoch's end is a better moment to save, so a checkpoint is due a little earlier there."""
SUMS = ("tally/", "best/")
"""Prefixes of the sums in a checkpoint's state; the other names are the trainer's."""


@dataclass(slots=True)
class TrainingState:
    """A trainer with the state of its run.

    `reason` is why the run has ended; '' if it has not. `is_lost`: the loss is no longer a number.
    `snapshots`: whether the run keeps snapshots of its weights.
    `own`: the additional test of a fine-tuning on own digits.
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
        """The requested learning rate, or None if it is already in use."""
        requested = self.requests.learning_rate
        return None if requested == self.trainer.learning_rate else requested

    @property
    def pause_requested(self) -> bool:
        return self.requests.pause_after is not None and self.step >= self.requests.pause_after

    def steps_at_once(self) -> int:
        """The number of steps in the next call: by the pace, and never beyond the step to pause after."""
        steps = self.pace.steps()
        return steps if self.requests.pause_after is None else min(steps, self.requests.pause_after - self.step)

    def close_epoch(self, evaluated: Evaluated) -> None:
        """Ends the epoch: decides whether the run is over, and resets the sums."""
        self.reason = self.best.reason(self.trainer.config, evaluated)
        self.tally = EpochMetrics()

    def change_rate(self, learning_rate: float) -> None:
        self.trainer.change_rate(learning_rate)
        self.saved_step = None  # the checkpoint saved at this step has the old rate

    def save_is_due(self) -> bool:
        seconds = SAVE_SECONDS_AT_EPOCHS_END if self.trainer.at_epochs_end else SAVE_SECONDS
        return time.perf_counter() - self.saved_at >= seconds

    def save(self) -> Checkpoint:
        """Everything needed to continue from here exactly."""
        self.saved_step, self.saved_at = self.step, time.perf_counter()
        return Checkpoint(step=self.step, weights=self.trainer.weights(), state=self.trainer.state() | self._sums())

    def snapshot_is_due(self, before: int) -> bool:
        """Whether a snapshot is due now, at the end of a call that began after the step `before`."""
        trainer = self.trainer
        return self.snapshots and is_due(before, self.step, trainer.steps_per_epoch, trainer.config.epochs)

    def snapshot(self) -> Snapshot:
        """The current weights, to show later what the network predicted after this step."""
        return Snapshot(step=self.step, weights=self.trainer.rough_weights())

    def go_on_from(self, checkpoint: Checkpoint) -> None:
        """Restores the state saved in `checkpoint`. Raises CheckpointMisfit if it is another run's."""
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
