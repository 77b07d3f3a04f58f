"""Fine-tuning: a trained network learns on, from somebody's own digits mixed with MNIST, so that it does not forget."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lib.core.advice import HIGH_RATES
from lib.core.checkpoints import Arrays, CheckpointMisfit
from lib.core.config import TrainConfig
from lib.core.digits import SIDE, Images
from lib.core.own_digits import MOST, Digits, OwnDigitsError

SHARE = 4
"""One in so many images is one's own."""
FEWEST = 10
"""With so many digits a fifth of them is held out: fewer are too few to be both learned from and tested on."""
HELD_OUT = 5
"""One in so many digits is only tested on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """What a run is tuned from, by the id of that run, and on which digits: from one to MOST. Raises OwnDigitsError."""

    base: str
    digits: Digits = field(repr=False)

    def __post_init__(self) -> None:
        if not self.digits:
            raise OwnDigitsError("none")
        if len(self.digits) > MOST:
            raise OwnDigitsError("many", f"{len(self.digits):,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """From where a tuned run goes: the digits, and the weights of the run it is tuned from.

    `weights` is None where the run goes on from a checkpoint of its own.
    """

    digits: Digits = field(repr=False)
    weights: Arrays | None = field(repr=False, default=None)


class BaseLost(Exception):
    """The weights of the run to be tuned are not kept any more."""


class BaseDamaged(CheckpointMisfit):
    """The weights of the run to be tuned are not what was written, or of another network."""


def tuned_config(base: TrainConfig) -> TrainConfig:
    """The settings of a fine-tuning of a run with the settings `base`: its network and execution, other learning.

    Raises OwnDigitsError where the base does not know digits.
    """
    if base.dataset != "mnist":
        raise OwnDigitsError("clothes")
    return dataclasses.replace(
        base,
        epochs=4,
        train_size=16_000,
        batch_size=32,
        learning_rate=HIGH_RATES[base.optimizer] / 10,
        schedule="cosine",
        shuffle_buffer=16_000,
        validation_split=0.0,
        patience=0,
        target_accuracy=0.0,
    )


def own_parts(digits: Digits, seed: int) -> tuple[Digits, Digits]:
    """The digits to learn from and those to be tested on, the same for the same seed.

    From FEWEST different digits on, a fifth is held out, of every label about a fifth, and of no label all where that
    can be avoided. Fewer are tested on themselves. One that is there twice counts once: what is held out must not be
    learned from.
    """
    digits = digits.some(_different(digits))
    if len(digits) < FEWEST:
        return digits, digits
    count = len(digits) // HELD_OUT
    order = np.random.default_rng(seed).permutation(len(digits))
    by_label = order[np.argsort(digits.labels[order], kind="stable")]
    labels = digits.labels[by_label]
    not_the_first = by_label[1:][labels[1:] == labels[:-1]]
    among = not_the_first if len(not_the_first) >= count else by_label
    # Evenly over the labels' order, so that each gives its share.
    held_out = among[(np.arange(count) * 2 + 1) * len(among) // (2 * count)]
    return digits.some(np.setdiff1d(order, held_out)), digits.some(np.sort(held_out))


def _different(digits: Digits) -> NDArray[np.intp]:
    """The place of each digit that is not there before with the same label."""
    rows = np.concatenate([digits.labels[:, None], digits.images.reshape(-1, SIDE * SIDE)], axis=1)
    return np.sort(np.unique(rows, axis=0, return_index=True)[1])


def own_places(size: int) -> NDArray[np.intp]:
    """Where among `size` training images own ones go: every fourth, of fewer than four the last."""
    return np.arange(min(SHARE, size) - 1, size, SHARE)


def mixed(images: Images, own: Digits) -> Images:
    """The images with every fourth training image replaced by one of `own`, in turn: as many as before."""
    x, y = images.x_train.copy(), images.y_train.copy()
    places = own_places(len(y))
    chosen = np.arange(len(places)) % len(own)
    x[places], y[places] = own.images[chosen], own.labels[chosen]
    return Images(x_train=x, y_train=y, x_test=images.x_test, y_test=images.y_test)
