"""The compared works as TensorFlow runs them: functions of tensors, and the inputs of each step.

Every mode runs the functions of this file unchanged, TensorFlow 1 included: AutoGraph converts their Python there too.
Keras is not imported here, since TensorFlow 1 had none.
"""

# Learners read this file: its works have no annotations, like the notes' code; docstrings give the shapes.
# mypy: disallow-untyped-defs=False, disallow-incomplete-defs=False

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from lib.core.data.dataset import SIDE, Bytes, Images
from lib.core.studies.works import WORKS
from lib.core.training.events import Floats

Arrays = tuple[NDArray[Any], ...]

MOST_IMAGES = 16_384
"""As float32 they take 51 MB in each of the two processes."""
FEWEST_BATCHES = 16
MOST_BATCHES = 512

PICTURES, EDGE = 8, 32
"""The number of pictures in a convolution's batch, and their height and width."""
SHRINKING = 0.99
"""The factor in each round of the loop."""


@dataclass(frozen=True)
class Batches:
    """Training images in batches, and their labels: uint8 (count, batch, 28, 28) and uint8 (count, batch)."""

    pixels: Bytes
    labels: Bytes

    @functools.cached_property
    def images(self) -> Floats:
        """As the network's input: float32 (count, batch, 28, 28, 1) from 0 to 1."""
        return self.pixels.astype(np.float32)[..., np.newaxis] / np.float32(255)


def batches(images: Images, size: int, seed: int) -> Batches:
    """Batches of `size` training images, drawn without repetition; the same seed gives the same."""
    count = min(MOST_BATCHES, max(FEWEST_BATCHES, MOST_IMAGES // size))
    drawn = np.random.default_rng(seed).permutation(len(images.y_train))[: count * size]
    return Batches(images.x_train[drawn].reshape(count, size, SIDE, SIDE), images.y_train[drawn].reshape(count, size))


def tiny_ops(size):
    """A chain of `size` operations, each on eight numbers: almost all of the time is overhead per operation."""

    def chain(x):
        for k in range(size):  # a Python loop: a graph contains every operation of it
            x = x * 0.9 if k % 2 else x + 0.1
        return x

    return chain


def matmul(size):
    """One product of two matrices, float32 (size, size)."""

    def product(a, b):
        return tf.matmul(a, b)

    return product


def convolution(size):
    """One convolution with 3x3 filters: pictures float32 (n, h, w, size) to (n, h - 2, w - 2, size)."""

    def convolved(pictures, filters):
        return tf.nn.conv2d(pictures, filters, strides=1, padding="VALID")

    return convolved


def python_loop(size):
    """A loop whose end is only known by running it: `size` rounds for its input x."""

    def shrink(x):
        while x > 1.0:  # a condition on a tensor: AutoGraph makes it a loop in the graph
            x = x * SHRINKING
        return x

    return shrink


SMALL: Mapping[str, Callable[[int], Callable[..., Any]]] = {
    "tiny_ops": tiny_ops,
    "matmul": matmul,
    "convolution": convolution,
    "python_loop": python_loop,
}
"""The works without weights, by their names in WORKS: the function for a size."""


def small_inputs(work: str, size: int, seed: int) -> Arrays:
    """The arguments for a function of SMALL, float32; the same seed gives the same."""
    draw = np.random.default_rng(seed)

    def normal(*shape: int, scale: float = 1.0) -> Floats:
        return (draw.standard_normal(shape) * scale).astype(np.float32)

    # Products and convolutions are scaled so that the results are about 1, whatever the size.
    made: Mapping[str, Callable[[], Arrays]] = {
        "tiny_ops": lambda: (normal(8),),
        "matmul": lambda: (normal(size, size), normal(size, size, scale=size**-0.5)),
        "convolution": lambda: (
            normal(PICTURES, EDGE, EDGE, size),
            normal(3, 3, size, size, scale=(9 * size) ** -0.5),
        ),
        # Half a round less than `size`, so that no rounding error adds a round.
        "python_loop": lambda: (np.array(SHRINKING ** -(size - 0.5), np.float32),),
    }
    return made[work]()


@dataclass(frozen=True)
class Task:
    """A work at a size with its data. `inputs`: the arguments of each step in turn, then from the first again.

    `batches` are the source of the inputs; None for a work without images.
    """

    work: str
    size: int
    inputs: tuple[Arrays, ...]
    batches: Batches | None = None

    @property
    def trains(self) -> bool:
        return WORKS[self.work].trains


def task(work: str, size: int, seed: int, images: Images) -> Task:
    """The work with its data. `images` are only used by works with images."""
    if work in SMALL:
        return Task(work, size, (small_inputs(work, size, seed),))
    drawn = batches(images, size, seed)
    if WORKS[work].trains:
        return Task(work, size, tuple(zip(drawn.images, drawn.labels, strict=True)), drawn)
    return Task(work, size, tuple((batch,) for batch in drawn.images), drawn)
