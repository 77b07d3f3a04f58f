"""How well a run learned, judged from its epochs' numbers alone; the sentences are in `lib.core.diagnosis.report`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from lib.core.data.dataset import CLASSES
from lib.core.statistics import wilson_interval
from lib.core.training.config import TrainConfig
from lib.core.training.events import Evaluated, Failed, Finished, Stopped
from lib.core.training.shuffling import trained_on

End = Finished | Stopped | Failed

GUESSING_LOSS = math.log(CLASSES)
"""The loss of ten equal probabilities, 2.303: the cross-entropy is -ln(1/10) for every image."""
EXPLODED = 1.05
"""An epoch's train loss above this many times GUESSING_LOSS is worse than guessing: the steps have overshot."""
RISE = 1.1
"""Least rise of the test loss above its lowest value to count as a turn. On MNIST one network's loss differs by some
7 % from test set to test set (standard error of 10,000 images' mean), so less may be chance."""
LATER = 2
"""This many epochs in a row, the last ones, must have risen: a single bad epoch is no turn."""
FALL = 0.97
"""A run is still improving if its last epoch brought the test loss to this share of the best before it."""
STEADY = 1.05
"""A last test loss of up to this many times the lowest counts as unchanged."""
LINEAR = {"mnist": 0.92, "fashion_mnist": 0.84}
"""The accuracy of a network without any hidden layer (MNIST: 92 % with softmax regression). All networks here can do
better, so less than this even on the training images is underfitting."""


@dataclass(frozen=True, slots=True)
class Score:
    """`right` of `total` images were classified correctly."""

    right: int
    total: int

    @property
    def share(self) -> float:
        return self.right / self.total

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share."""
        return wilson_interval(self.right, self.total)

    def above(self, other: Score) -> bool:
        """Whether this score is significantly higher: the two 95 % intervals do not overlap."""
        return self.interval[0] > other.interval[1]


class Verdict(StrEnum):
    """How well a run learned; the first verdict in this order that applies."""

    NOTHING = "nothing"  # no epoch was evaluated
    EXPLODED = "exploded"  # the loss is no longer a number
    NOT_LEARNED = "not learned"  # no better than always naming one class
    OVERFITTED = "overfitted"  # the test loss turned while the train loss fell on
    UNSTEADY = "unsteady"  # the test loss turned, and the train loss is no lower either
    IMPROVING = "improving"  # the last epoch still brought the test loss down
    UNDERFITTED = "underfitted"  # not even the training images were learned
    GAP = "gap"  # better on the training images than on the test images, without a turn
    FITTED = "fitted"  # none of these: no fault found
    EARLY = "early"  # one epoch and no fault found: a trend takes two


def judge(config: TrainConfig, epochs: Sequence[Evaluated], end: End | None) -> Verdict:
    """The verdict on all evaluated `epochs` of a run with `config` and on its `end`. Never raises."""
    if isinstance(end, Failed) and end.reason == "not_a_number":
        return Verdict.EXPLODED
    if not epochs:
        return Verdict.NOTHING
    last = epochs[-1]
    if not (math.isfinite(last.test_loss) and math.isfinite(last.train_loss)):
        return Verdict.EXPLODED
    if at_chance(last):
        return Verdict.NOT_LEARNED
    return _turned(epochs) or _flat(config, epochs)


def _turned(epochs: Sequence[Evaluated]) -> Verdict | None:
    """The verdicts about the direction of the test loss."""
    lowest = turn(epochs)
    if lowest:
        return Verdict.OVERFITTED if epochs[-1].train_loss < lowest.train_loss else Verdict.UNSTEADY
    return Verdict.IMPROVING if improving(epochs) else None


def _flat(config: TrainConfig, epochs: Sequence[Evaluated]) -> Verdict:
    """The verdicts about the level of the numbers once they no longer change."""
    last, on_test, on_train = epochs[-1], tested(epochs[-1]), trained(config, epochs[-1])
    if on_train and max(last.train_accuracy, last.test_accuracy) < LINEAR[config.dataset]:
        return Verdict.UNDERFITTED
    if on_test and on_train and on_train.above(on_test):
        return Verdict.GAP
    return Verdict.FITTED if len(epochs) > 1 else Verdict.EARLY


def turn(epochs: Sequence[Evaluated]) -> Evaluated | None:
    """The epoch with the lowest test loss if the loss has turned there: the last LATER epochs all lie RISE above it.

    None if it has not turned, or too few epochs follow to tell. Epochs with a NaN or infinite loss do not count.
    """
    known = [epoch for epoch in epochs if math.isfinite(epoch.test_loss) and math.isfinite(epoch.train_loss)]
    if not known:
        return None
    lowest = min(known, key=lambda epoch: epoch.test_loss)
    later = known[known.index(lowest) + 1 :]
    if len(later) < LATER or min(epoch.test_loss for epoch in later[-LATER:]) < RISE * lowest.test_loss:
        return None
    return lowest


def improving(epochs: Sequence[Evaluated]) -> bool:
    """Whether the last epoch's test loss is below every earlier one by more than the usual variation."""
    before = [epoch.test_loss for epoch in epochs[:-1] if math.isfinite(epoch.test_loss)]
    return bool(before) and epochs[-1].test_loss <= FALL * min(before)


def exploded(epochs: Sequence[Evaluated]) -> Evaluated | None:
    """The first epoch with a train loss above that of guessing."""
    worse = (epoch for epoch in epochs if EXPLODED * GUESSING_LOSS < epoch.train_loss < math.inf)
    return next(worse, None)


def at_chance(epoch: Evaluated) -> bool:
    """Whether the test accuracy may come from always naming one class: not above the commonest class' share."""
    score = tested(epoch)
    return score is not None and score.interval[0] <= commonest(epoch).share


def commonest(epoch: Evaluated) -> Score:
    """The score of always naming the commonest class of the test images."""
    sizes = [sum(row) for row in epoch.confusion]
    return Score(max(sizes), sum(sizes))


def tested(epoch: Evaluated) -> Score | None:
    """The score on the test images; None if none were counted."""
    total = sum(map(sum, epoch.confusion))
    return Score(sum(row[i] for i, row in enumerate(epoch.confusion)), total) if total else None


def trained(config: TrainConfig, epoch: Evaluated) -> Score | None:
    """The approximate score on the training images during this epoch; None if unknown."""
    images = trained_images(config)
    if not math.isfinite(epoch.train_accuracy):
        return None
    return Score(min(images, max(0, round(epoch.train_accuracy * images))), images)


def planned_steps(config: TrainConfig) -> int:
    """The number of steps of a run with `config` that nothing ends early."""
    return math.ceil(trained_images(config) / config.batch_size) * config.epochs


def trained_images(config: TrainConfig) -> int:
    """The number of images left for training after the validation part is held out."""
    return trained_on(config.train_size, config.validation_split)
