"""What can happen to a training run: small frozen values of plain numbers and NumPy arrays.

`lib.ml.loop.train` yields them, the worker stores them, pages, tests and the terminal read them. Never a tensor: an
event can cross a thread, a process or a database.

    Started · Compiled · (Progress … Evaluated Checkpoint) per epoch · Finished | Stopped | Failed
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lib.core.config import SETTINGS
from lib.core.words import Translate, mark, untranslated

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The device has the data and the first weights. `loading_seconds`: what that took."""

    device: str
    threads: int
    versions: Mapping[str, str]
    parameters: int
    steps_per_epoch: int
    total_steps: int
    loading_seconds: float


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
    counts test images of class i that were taken for class j. Seconds are of this epoch.
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Checkpoint:
    """The weights after `step`, by the names the network gives them."""

    step: int
    weights: Mapping[str, NDArray[np.generic]] = field(repr=False)


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

    `reason` is one of REASONS, `detail` is for the log, `suspects` names the settings that likely did it.
    """

    step: int
    reason: str
    detail: str = ""
    suspects: tuple[str, ...] = ()


REASONS: Mapping[str, str] = {
    "not_a_number": mark("The loss is no longer a number (NaN): the weights have exploded."),
    "no_data": mark("The data set is not on this machine and could not be downloaded. MNIST needs no download."),
    "out_of_memory": mark("The machine has too little memory for this network and batch size."),
    "worker_died": mark("The worker process died; everything recorded until then is kept."),
    "server_stopped": mark("The server was stopped during this run; everything recorded until then is kept."),
    "error": mark("Something unexpected went wrong; the server's log has the details."),
}
"""Why a run fails, in words for its visitors."""

Event = Started | Compiled | Progress | Evaluated | Checkpoint | Finished | Stopped | Failed


def why_failed(end: Failed, _: Translate = untranslated) -> str:
    """Why a run failed, after which step, and which settings likely did it, in the language of `_`."""
    words = [_(REASONS[end.reason])]
    if end.step:
        words.append(_("The last recorded step is {step}.").format(step=f"{end.step:,}"))
    if end.suspects:
        names = ", ".join(f"{_(SETTINGS[name].label)} ({name})" for name in end.suspects)
        words.append(_("Likely because of: {names}.").format(names=names))
    return " ".join(words)
