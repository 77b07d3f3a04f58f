"""The events of a training run: small frozen values of plain numbers and NumPy arrays.

`lib.ml.training.loop.train` yields them, the worker stores them, pages, tests and the terminal read them. They never
hold a tensor, so an event can cross a thread, a process or a database.

    Started · Compiled · (Progress … Evaluated Inside Checkpoint) per epoch · Finished | Stopped | Failed
    … Checkpoint Paused, and later Started · Compiled · Progress … again, from the same step
    Snapshot at some steps, so that the run's course can be shown later
    RateChanged whenever somebody changed the learning rate
    OwnEvaluated in a fine-tuning on own digits, before the first step and after every epoch
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
    """The device has the data and the weights after `step`: 0 for a new run. `loading_seconds`: the time for that.

    `scheme` is how the run's random numbers are drawn (`lib.core.seeds.SCHEME`). It is None if the run continues with
    the numbers that it has, and in records from before the second scheme.
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
    """The step is traced and compiled. In eager mode both times are near 0: there is nothing to trace or compile."""

    tracing_seconds: float
    compiling_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Progress:
    """Steps `first_step` to `last_step` (counted from 1) are done: each one's loss and accuracy, float32 (steps,)."""

    first_step: int
    losses: Floats = field(repr=False)
    accuracies: Floats = field(repr=False)
    images_per_second: float

    @property
    def last_step(self) -> int:
        return self.first_step + len(self.losses) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """An epoch (counted from 1) is over and the whole test set was evaluated.

    `train_loss` and `train_accuracy` are means over this epoch's steps, weighted by their images. `confusion[i][j]`
    counts test images of class i that were classified as j. The seconds are those of this epoch. The validation part is
    the share of the training images held out by `validation_split`; its values are None without one. `right` has a bit
    for every test image, 1 if it was classified correctly (`lib.core.diagnosis.paired.packed`), and `mistaken` has, for
    each of the others in their order, the class that it was taken for; None in records of older versions.
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
    mistaken: Bytes | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Inside:
    """A look inside the network after `epoch`; epoch 0 is before the first step.

    At epoch 0 somebody is waiting, so it has no gradients, and its mistakes and dead units cover only the first 100
    test images.

    mistakes       int32 (k, 3): index in the test set, true class, predicted class; the most confident first
    probabilities  float32 (k, 10): the network's output for each of them
    first_layer    float32 (n, h, w): the patterns that the first layer looks for, at most 32 of them
    weights        by layer, float64 (2, bins): a histogram's bin centres and counts
    gradients      by layer, the same for the loss' gradient over a fixed part of the training images
    dead           by layer with ReLU: the share of its units that are 0 for every test image
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
    """A network in fine-tuning was tested on `own_count` own digits and on the whole test set.

    Epoch 0 is before the first step: the network before fine-tuning. `held_out`: these digits are not trained on;
    otherwise there are so few that the test uses the training digits. `own_right` and `test_right` are packed as
    `Evaluated.right`.
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
    """The weights after `step`, by the network's names for them.

    `state` holds whatever else is needed to continue exactly: the optimizer's variables, random states, the sums of the
    current epoch. It is empty once the run is over.
    """

    step: int
    weights: Mapping[str, NDArray[np.generic]] = field(repr=False)
    state: Mapping[str, NDArray[np.generic]] = field(repr=False, default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Snapshot:
    """The weights after `step` as float16, to show later what the network predicted then; no run continues from here.

    `lib.core.training.snapshots` decides when one is taken.
    """

    step: int
    weights: Mapping[str, NDArray[np.generic]] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateChanged:
    """The steps after `step` use `learning_rate`, or the schedule with it as its highest value."""

    step: int
    learning_rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """The run is paused after `step`; its checkpoint is saved and its worker is free."""

    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The run ended by itself. `reason`: 'epochs', 'target_accuracy' or 'patience'."""

    step: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """Somebody stopped the run after `step`."""

    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The run cannot continue after `step`.

    `reason` is one of `lib.core.errors.REASONS`, `detail` is for the log, `suspects` names the settings that are the
    likely cause.
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
    """Why a run failed, after which step, and the likely settings, in the language of `_`."""
    words = [_(REASONS[end.reason])]
    if end.step:
        words.append(_("The last recorded step is {step}.").format(step=f"{end.step:,}"))
    if end.suspects:
        names = ", ".join(f"{_(SETTINGS[name].label)} ({name})" for name in end.suspects)
        words.append(_("Likely because of: {names}.").format(names=names))
    return " ".join(words)
