"""Fine-tuning: further training on a visitor's own digits, mixed with MNIST so that the network does not forget."""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.core.data.dataset import CLASSES, SIDE, Images
from lib.core.errors import WeightsError
from lib.core.mydigits.digit_sets import MAX_DIGITS, Digits, OwnDigitsError
from lib.core.training.checkpoints import Arrays, CheckpointMisfit
from lib.core.training.config import HIGH_RATES, SETTINGS, TrainConfig

SHARE = 4
"""One in this many training images is an own digit."""
FEWEST = 10
"""From this many digits on a fifth is held out: fewer are too few for both training and testing."""
HELD_OUT = 5
"""One in this many own digits is held out for testing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """The id of the run to fine-tune, and the digits for it: from one to MAX_DIGITS.

    Raises OwnDigitsError.
    """

    base: str
    digits: Digits = field(repr=False)

    def __post_init__(self) -> None:
        if not self.digits:
            raise OwnDigitsError("none")
        if len(self.digits) > MAX_DIGITS:
            raise OwnDigitsError("many", f"{len(self.digits):,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class InitialWeights:
    """The start of a fine-tuning: the digits, and the weights of the base run.

    `weights` is None if the run continues from a checkpoint of its own.
    """

    digits: Digits = field(repr=False)
    weights: Arrays | None = field(repr=False, default=None)


class BaseLost(WeightsError):
    """The weights of the base run are no longer stored."""

    reason = "base_lost"


class BaseDamaged(CheckpointMisfit):
    """The stored weights of the base run are damaged, or belong to another network."""

    reason = "base_damaged"


def tuned_config(base: TrainConfig) -> TrainConfig:
    """The settings for fine-tuning a run with the settings `base`: the same network and execution, another training.

    `Setting.finetuned` says which settings change; the learning rate follows from the optimizer.

    2,000 steps at the optimizer's usual rate, falling to 0. Measured with three networks: with half the rate it learns
    own digits no better and forgets as much of MNIST; with half the images it forgets more. `tests.benchmarks.tuning`
    measures the results.

    Raises OwnDigitsError if the base run was not trained on digits.
    """
    if base.dataset != "mnist":
        raise OwnDigitsError("clothes")
    fixed: dict[str, Any] = {
        name: setting.finetuned for name, setting in SETTINGS.items() if setting.finetuned is not None
    }
    return dataclasses.replace(base, **fixed, learning_rate=HIGH_RATES[base.optimizer] / 10)


def own_parts(digits: Digits, seed: int) -> tuple[Digits, Digits]:
    """The digits for training and those for testing, the same for the same seed.

    From FEWEST different digits on a fifth is held out, about a fifth of every label, and if possible never all of a
    label. Fewer digits are tested on themselves: then both results are the same object. Duplicates count once, so that
    no held-out digit is trained on. The order depends on a digit's own pixels, so most held-out digits stay held out
    when more are added, and a repeated fine-tuning is hardly tested on its earlier training digits.
    """
    digits = digits.some(_different(digits))
    if len(digits) < FEWEST:
        return digits, digits
    turns = _turns(digits, seed)
    order = sorted(range(len(digits)), key=turns.__getitem__)
    held_out = np.sort(order[: len(digits) // HELD_OUT])
    return digits.some(np.setdiff1d(order, held_out)), digits.some(held_out)


def _turns(digits: Digits, seed: int) -> list[tuple[float, int, bytes]]:
    """The sort key of each digit: the k-th of a label with n digits has (k - 1/2) / n.

    This is Webster's method of assigning seats to parties. Among equals the larger label comes first, then the smaller
    hash.
    """
    start = str(seed).encode()
    hashes = [hashlib.sha256(start + image.tobytes()).digest() for image in digits.images]
    counts, seen = np.bincount(digits.labels, minlength=CLASSES).tolist(), [0] * CLASSES
    turns = [(0.0, 0, b"")] * len(digits)
    for place in sorted(range(len(digits)), key=hashes.__getitem__):
        label = int(digits.labels[place])
        turns[place] = (seen[label] + 0.5) / counts[label], -counts[label], hashes[place]
        seen[label] += 1
    return turns


def _different(digits: Digits) -> NDArray[np.intp]:
    """The places of the digits that are not duplicates of an earlier one with the same label."""
    rows = np.concatenate([digits.labels[:, None], digits.images.reshape(-1, SIDE * SIDE)], axis=1)
    return np.sort(np.unique(rows, axis=0, return_index=True)[1])


def own_places(size: int) -> NDArray[np.intp]:
    """The places of own digits among `size` training images: every fourth; of fewer than four the last."""
    return np.arange(min(SHARE, size) - 1, size, SHARE)


def mixed(images: Images, own: Digits) -> Images:
    """The images with every fourth training image replaced by one of `own`, in turn; their number stays."""
    x, y = images.x_train.copy(), images.y_train.copy()
    places = own_places(len(y))
    chosen = np.arange(len(places)) % len(own)
    x[places], y[places] = own.images[chosen], own.labels[chosen]
    return Images(x_train=x, y_train=y, x_test=images.x_test, y_test=images.y_test)
