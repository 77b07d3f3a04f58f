"""What is different about a run that is tuned with own digits: what it learns from, on what it is tested besides."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from lib.core.config import TrainConfig
from lib.core.digits import SIDE, Bytes, Images
from lib.core.events import OwnEvaluated
from lib.core.own_digits import Digits
from lib.core.tuning import mixed, own_parts
from lib.ml.trainer import Trainer


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTest:
    """Own digits to be tested on; `held_out`: none of them is learned from."""

    digits: Digits
    held_out: bool


def own_lessons(images: Images, config: TrainConfig, digits: Digits) -> tuple[Images, OwnTest]:
    """The images to learn from, own ones mixed in, and the own ones to be tested on; the same for the same arguments.

    As long as nothing else was tuned meanwhile the images are the very same object, so that a trainer that was kept for
    them is found again.
    """
    learned, tested = own_parts(digits, config.seed)
    lessons = _mixed(images, config.train_size, learned.images.tobytes(), learned.labels.tobytes())
    return lessons, OwnTest(digits=tested, held_out=tested is not learned)


@functools.lru_cache(maxsize=1)
def _mixed(images: Images, size: int, pixels: bytes, labels: bytes) -> Images:
    def array(data: bytes) -> Bytes:
        return np.frombuffer(data, np.uint8)

    return mixed(images.first(size), Digits(images=array(pixels).reshape(-1, SIDE, SIDE), labels=array(labels)))


def own_evaluated(trainer: Trainer, own: OwnTest, test_accuracy: float | None = None) -> OwnEvaluated:
    """How the network does on own digits and on the test set: `test_accuracy`, looked up where it is not known yet."""
    if test_accuracy is None:
        test_accuracy = accuracy(trainer, trainer.images.x_test, trainer.images.y_test)
    return OwnEvaluated(
        step=trainer.step,
        epoch=trainer.epoch,
        own_accuracy=accuracy(trainer, own.digits.images, own.digits.labels),
        own_count=len(own.digits),
        held_out=own.held_out,
        test_accuracy=test_accuracy,
    )


def accuracy(trainer: Trainer, pixels: Bytes, labels: Bytes) -> float:
    """The share of these images, uint8 (n, 28, 28), that the network reads right."""
    _, probabilities = trainer.look(pixels, labels)
    return float(np.mean(probabilities.argmax(axis=1) == labels))
