"""The shipped model's training data: distorted MNIST, synthetic digits, and drawings that are no digits.

Drawings and half of the distorted digits pass through `lib.core.drawing.preprocess.prepare`, like every visitor's
drawing. The other digits stay as MNIST made them, so that the model reads those too.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from lib.core.data.dataset import CLASSES, SIDE, Bytes, load_images
from lib.core.drawing.preprocess import prepare
from lib.ml.shipped.synthetic_strokes import CANVAS, drawn_digit, drawn_sign, scribble
from lib.ml.training.distortions import Random, Strength, warped

BENT, DRAWN, OTHERS = 45_000, 40_000, 15_000
PART = 250
"""Pictures that one process makes at a time, with their own seed: the result is the same on any number of cores."""
STRONG = Strength(turn=0.13, shear=0.18, scale=0.1, shift=0.02, elastic=0.05)
MIRRORED = (3, 4, 6, 7, 9)
"""Digits whose mirror image is no digit; 2 and 5 become each other, 0, 1 and 8 themselves."""
LYING = (2, 3, 4, 5)
"""Digits that are none when turned on their side."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lessons:
    """Pictures uint8 (n, 28, 28) and their targets: float32 (n, 10), a tenth for every class if it is no digit."""

    pictures: Bytes = field(repr=False)
    answers: Floats = field(repr=False)


def all_lessons(seed: int) -> Lessons:
    """All training data, the same for the same seed."""
    mnist = load_images("mnist")
    made = [
        in_parts(bent_digits, BENT, seed),
        in_parts(drawn_digits, DRAWN, seed + 1),
        in_parts(no_digits, OTHERS, seed + 2),
    ]
    answers = [one_hot(mnist.y_train), *(answers for _, answers in made)]
    return Lessons(
        pictures=np.concatenate([mnist.x_train, *(pictures for pictures, _ in made)]), answers=np.concatenate(answers)
    )


Part = Callable[[int, int], tuple[Bytes, Floats]]


def in_parts(make: Part, count: int, seed: int) -> tuple[Bytes, Floats]:
    """`count` pictures and targets by `make`, on all cores."""
    starts = range(0, count, PART)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        parts = list(pool.map(functools.partial(make, seed), starts))
    return np.concatenate([part[0] for part in parts])[:count], np.concatenate([part[1] for part in parts])[:count]


def bent_digits(seed: int, start: int) -> tuple[Bytes, Floats]:
    """The training digits from `start` on, distorted and prepared as if they had been drawn."""
    random = np.random.default_rng((seed, start))
    images, labels = training_digits()
    chosen = np.arange(start, start + PART) % len(images)
    pictures = [rewritten(picture, random) for picture in warped(images[chosen], STRONG, random, CANVAS)]
    return prepared(pictures), one_hot(labels[chosen])


def rewritten(picture: Bytes, random: Random) -> Bytes:
    """The picture (h, h) as if by another pen or a coarser scan: thicker, thinner or blurred."""
    ink = Image.fromarray(picture)
    if random.random() < 0.3:
        ink = ink.filter(ImageFilter.MaxFilter(random.choice((3, 5, 7, 9))))
    elif random.random() < 0.2:
        ink = ink.filter(ImageFilter.MinFilter(3))
    if random.random() < 0.3:
        coarse = int(random.integers(10, 20))
        ink = ink.resize((coarse, coarse), Image.Resampling.BOX).resize(ink.size, Image.Resampling.BICUBIC)
    return np.asarray(ink)


def drawn_digits(seed: int, start: int) -> tuple[Bytes, Floats]:
    """Digits drawn by `lib.ml.shipped.synthetic_strokes`, prepared; the same number of each."""
    random = np.random.default_rng((seed, start))
    labels = np.arange(PART) % CLASSES
    drawn = [drawn_digit(int(label), random) for label in labels]
    return prepared([rewritten(one, random) if random.random() < 0.4 else one for one in drawn]), one_hot(labels)


def no_digits(seed: int, start: int) -> tuple[Bytes, Floats]:
    """Drawings that are no digits, prepared: letters, signs and scribbles, some digits mirrored or on their side."""
    random = np.random.default_rng((seed, start))
    images, labels = training_digits()
    picked = random.integers(len(images), size=PART)
    turned = warped(images[picked], STRONG, random, CANVAS)
    pictures = [unlike(turned[k], labels[picked[k]], random) for k in range(PART)]
    return prepared(pictures), np.full((PART, CLASSES), 1 / CLASSES, np.float32)


def unlike(digit: Bytes, label: int, random: Random) -> Bytes:
    """A sign or a scribble; sometimes the digit (h, w) mirrored or on its side, if that is no digit."""
    chance = random.random()
    if chance < 0.2 and label in MIRRORED:
        return digit[:, ::-1]
    if 0.2 < chance < 0.35 and label in LYING:
        return np.rot90(digit, random.choice((1, 3)))
    return drawn_sign(random) if chance < 0.7 else scribble(random)


def prepared(pictures: Bytes | list[Bytes]) -> Bytes:
    """The result of `prepare` for each picture: uint8 (n, 28, 28), blank paper if nothing is drawn."""
    done = (prepare(picture) for picture in pictures)
    return np.stack([np.zeros((SIDE, SIDE), np.uint8) if one is None else one.image for one in done])


def one_hot(labels: NDArray[np.integer]) -> Floats:
    return np.eye(CLASSES, dtype=np.float32)[labels]


@functools.cache
def training_digits() -> tuple[Bytes, Bytes]:
    """MNIST's training images and labels, read once per process."""
    mnist = load_images("mnist")
    return mnist.x_train, mnist.y_train
