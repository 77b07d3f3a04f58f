"""How well a run learned, told from its epochs' numbers alone: no words here, those are
`lib.core.diagnosis.report`'s."""

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
"""The loss of ten equal probabilities, 2.303: cross-entropy is -ln(1/10) for every image."""
EXPLODED = 1.05
"""An epoch's train loss above this many times GUESSING_LOSS is worse than knowing nothing: steps have overshot."""
RISE = 1.1
"""How far the test loss must have risen above its lowest to count as turned. On MNIST the loss of one network differs
by some 7 % from test set to test set (standard error of 10,000 images' mean), so less than that may be chance."""
LATER = 2
"""So many epochs in a row, the last ones, must have risen: a single bad epoch is no turn."""
FALL = 0.97
"""The last epoch must have brought the test loss to this share of the best before it to be 'still improving'."""
STEADY = 1.05
"""A last test loss up to this many times the lowest counts as having stayed there."""
LINEAR = {"mnist": 0.92, "fashion_mnist": 0.84}
"""What a network without any hidden layer reads right (MNIST: 92 % with softmax regression): any of ours can do better,
so less than this even on its own training images is underfitting."""


@dataclass(frozen=True, slots=True)
class Score:
    """`right` of `total` images were taken for what they are."""

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
        """Whether this is higher by more than chance explains: the two 95 % intervals do not touch."""
        return self.interval[0] > other.interval[1]


class Verdict(StrEnum):
    """What became of a run's learning; the first that holds, in this order."""

    NOTHING = "nothing"  # no epoch was evaluated
    EXPLODED = "exploded"  # a loss is no number any more
    NOT_LEARNED = "not learned"  # no better than always naming one class
    OVERFITTED = "overfitted"  # the test loss turned while the train loss fell on
    UNSTEADY = "unsteady"  # the test loss turned, and the train loss is no lower either
    IMPROVING = "improving"  # the last epoch still brought the test loss down
    UNDERFITTED = "underfitted"  # not even the training images were learned
    GAP = "gap"  # better on the training images than on the test images, without a turn
    FITTED = "fitted"  # none of these: nothing to be seen against it
    EARLY = "early"  # one epoch, and nothing to be said against it: a trend takes two


def judge(config: TrainConfig, epochs: Sequence[Evaluated], end: End | None) -> Verdict:
    """What `epochs`, all that were evaluated in a run with `config`, and its `end` say. Never raises."""
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
    """The verdicts about which way the test loss went."""
    lowest = turn(epochs)
    if lowest:
        return Verdict.OVERFITTED if epochs[-1].train_loss < lowest.train_loss else Verdict.UNSTEADY
    return Verdict.IMPROVING if improving(epochs) else None


def _flat(config: TrainConfig, epochs: Sequence[Evaluated]) -> Verdict:
    """The verdicts about where the numbers stand when they no longer go anywhere."""
    last, on_test, on_train = epochs[-1], tested(epochs[-1]), trained(config, epochs[-1])
    if on_train and max(last.train_accuracy, last.test_accuracy) < LINEAR[config.dataset]:
        return Verdict.UNDERFITTED
    if on_test and on_train and on_train.above(on_test):
        return Verdict.GAP
    return Verdict.FITTED if len(epochs) > 1 else Verdict.EARLY


def turn(epochs: Sequence[Evaluated]) -> Evaluated | None:
    """The epoch with the lowest test loss if the loss has turned there: the last LATER epochs all lie RISE above it.

    None where it did not, or where too few epochs follow to tell. Epochs whose losses are no numbers do not count.
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
    """Whether the last epoch's test loss is below every earlier one by more than it wavers."""
    before = [epoch.test_loss for epoch in epochs[:-1] if math.isfinite(epoch.test_loss)]
    return bool(before) and epochs[-1].test_loss <= FALL * min(before)


def exploded(epochs: Sequence[Evaluated]) -> Evaluated | None:
    """The first epoch whose train loss was worse than guessing's."""
    worse = (epoch for epoch in epochs if EXPLODED * GUESSING_LOSS < epoch.train_loss < math.inf)
    return next(worse, None)


def at_chance(epoch: Evaluated) -> bool:
    """Whether its test accuracy may be that of always naming one class: no higher than the commonest class' share."""
    score = tested(epoch)
    return score is not None and score.interval[0] <= commonest(epoch).share


def commonest(epoch: Evaluated) -> Score:
    """What always naming the commonest class of the test images would score."""
    sizes = [sum(row) for row in epoch.confusion]
    return Score(max(sizes), sum(sizes))


def tested(epoch: Evaluated) -> Score | None:
    """How many of how many test images were right; None where none were counted."""
    total = sum(map(sum, epoch.confusion))
    return Score(sum(row[i] for i, row in enumerate(epoch.confusion)), total) if total else None


def trained(config: TrainConfig, epoch: Evaluated) -> Score | None:
    """About how many of the training images were right as they came by in this epoch; None where that is unknown."""
    images = trained_images(config)
    if not math.isfinite(epoch.train_accuracy):
        return None
    return Score(min(images, max(0, round(epoch.train_accuracy * images))), images)


def planned_steps(config: TrainConfig) -> int:
    """How many steps a run with `config` makes where nothing ends it early."""
    return math.ceil(trained_images(config) / config.batch_size) * config.epochs


def trained_images(config: TrainConfig) -> int:
    """How many training images are left to learn from when the validation part is held out."""
    return trained_on(config.train_size, config.validation_split)
