"""What can happen to a training run: small frozen values of plain numbers and NumPy arrays.

`lib.ml.training.loop.train` yields them, the worker stores them, pages, tests and the terminal read them. Never a
tensor: an event can cross a thread, a process or a database.

    Started · Compiled · (Progress … Evaluated Inside Checkpoint) per epoch · Finished | Stopped | Failed
    … Checkpoint Paused, and later Started · Compiled · Progress … again, from the same step
    Snapshot here and there, of a run whose course is to be looked at later
    RateChanged wherever somebody changed the learning rate
    OwnEvaluated of a run that is tuned with own digits, before the first step and after every epoch
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lib.core.data.dataset import Bytes
from lib.core.errors import REASONS
from lib.core.i18n import Translate, untranslated
from lib.core.training.config import SETTINGS

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The device has the data and the weights after `step`: 0, or where a run goes on. `loading_seconds`: that took.

    `scheme`: how the run's random numbers are drawn (`lib.core.seeds.SCHEME`). None where it goes on with those it has,
    and where a version before the second scheme wrote this.
    """

    device: str
    threads: int
    versions: Mapping[str, str]
    parameters: int
    steps_per_epoch: int
    total_steps: int
    loading_seconds: float
    step: int = 0
    scheme: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """The step is ready to run. In eager mode both are near 0: there is nothing to trace or compile."""

    tracing_seconds: float
    compiling_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Progress:
    """Steps `first_step` to `last_step` (counted from 1) were made: each one's loss and accuracy, float32 (steps,)."""

    first_step: int
    losses: Floats = field(repr=False)
    accuracies: Floats = field(repr=False)
    images_per_second: float

    @property
    def last_step(self) -> int:
        return self.first_step + len(self.losses) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """An epoch (counted from 1) is over and the whole test set was looked at.

    `train_loss` and `train_accuracy` are means over this epoch's steps, weighted by their images. `confusion[i][j]`
    counts test images of class i that were taken for class j. Seconds are of this epoch. The validation part is what
    `validation_split` holds out of the training images; None without one. `right` says of every test image whether it
    was taken for what it is, a bit each (`lib.core.diagnosis.paired.packed`); None where an older version recorded
    this.
    """

    epoch: int
    step: int
    train_loss: float
    train_accuracy: float
    test_loss: float
    test_accuracy: float
    confusion: tuple[tuple[int, ...], ...] = field(repr=False)
    training_seconds: float
    evaluating_seconds: float
    validation_loss: float | None = None
    validation_accuracy: float | None = None
    right: Bytes | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Inside:
    """What the network is like after `epoch`; epoch 0 is before the first step.

    There somebody is waiting: it has no gradients, and mistakes and dead units are those of the first 100 test images.

    mistakes       int32 (k, 3): index in the test set, true class, class taken; the most confident first
    probabilities  float32 (k, 10): what the network thought of each of them
    first_layer    float32 (n, h, w): the patterns that the first layer looks for, at most 32 of them
    weights        by layer, float64 (2, bins): the bins' centres, and how many weights lie in each
    gradients      the same of the loss' gradient over a fixed part of the training images
    dead           by layer with ReLU: the share of its units that stay 0 whatever test image is shown
    """

    epoch: int
    step: int
    mistakes: NDArray[np.int32] = field(repr=False)
    probabilities: Floats = field(repr=False)
    first_layer: Floats = field(repr=False)
    weights: Mapping[str, NDArray[np.float64]] = field(repr=False)
    gradients: Mapping[str, NDArray[np.float64]] = field(repr=False)
    dead: Mapping[str, float] = field(repr=False)
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnEvaluated:
    """A network that is tuned with own digits was tested on `own_count` of them and on the whole test set.

    Epoch 0 is before the first step: the network as it was. `held_out`: it never learns from these digits; otherwise
    they are so few that it is tested on the very ones that it learns from. `own_right` and `test_right` say which were
    right, as `Evaluated.right` does.
    """

    step: int
    epoch: int
    own_accuracy: float
    own_count: int
    held_out: bool
    test_accuracy: float
    own_right: Bytes | None = field(default=None, repr=False, compare=False)
    test_right: Bytes | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Checkpoint:
    """The weights after `step`, by the names the network gives them.

    `state` is what else it takes to go on as if nothing had happened: the optimizer's memory, random states, the sums
    of the epoch under way. It is empty where the run is over.
    """

    step: int
    weights: Mapping[str, NDArray[np.generic]] = field(repr=False)
    state: Mapping[str, NDArray[np.generic]] = field(repr=False, default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Snapshot:
    """The weights after `step` at 16 bits each, to see later what the network thought then; nothing goes on from here.

    `lib.core.training.snapshots` says when there is one.
    """

    step: int
    weights: Mapping[str, NDArray[np.generic]] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateChanged:
    """The steps after `step` are made with `learning_rate`, or with the schedule that has it as its highest value."""

    step: int
    learning_rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """The run rests after `step`; its checkpoint is written and its worker is free for others."""

    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The run came to its end. `reason`: 'epochs', 'target_accuracy' or 'patience'."""

    step: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """Somebody stopped the run after `step`."""

    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The run cannot go on after `step`.

    `reason` is one of `lib.core.errors.REASONS`, `detail` is for the log, `suspects` names the settings that likely
    did it.
    """

    step: int
    reason: str
    detail: str = ""
    suspects: tuple[str, ...] = ()


Event = (
    Started
    | Compiled
    | Progress
    | Evaluated
    | OwnEvaluated
    | Inside
    | Checkpoint
    | Snapshot
    | RateChanged
    | Paused
    | Finished
    | Stopped
    | Failed
)


def why_failed(end: Failed, _: Translate = untranslated) -> str:
    """Why a run failed, after which step, and which settings likely did it, in the language of `_`."""
    words = [_(REASONS[end.reason])]
    if end.step:
        words.append(_("The last recorded step is {step}.").format(step=f"{end.step:,}"))
    if end.suspects:
        names = ", ".join(f"{_(SETTINGS[name].label)} ({name})" for name in end.suspects)
        words.append(_("Likely because of: {names}.").format(names=names))
    return " ".join(words)
