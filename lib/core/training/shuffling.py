"""Which images are learned from, and their order in an epoch, drawn as `tf.data.Dataset.shuffle(buffer)` draws it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Order = NDArray[np.int32]


def trained_on(size: int, validation_split: float) -> int:
    """How many of `size` images, the first ones, are left to learn from: at least one."""
    return max(1, size - round(size * validation_split))


def epoch_order(size: int, shuffle_buffer: int, seed: int, epoch: int) -> Order:
    """Every image from 0 to size - 1 once: int32 (size,).

    A buffer is filled with the first images; again and again one is drawn from it at random and the next image takes
    its place, until the buffer runs empty. So with a small buffer the late images cannot come early: image i has a
    place of at least i - shuffle_buffer + 1, and with a buffer of 1 the order stays.

    Depends on nothing but its arguments: the order of any epoch can be drawn again without those before it.
    """
    random = np.random.default_rng((seed, epoch))
    buffer = list(range(min(shuffle_buffer, size)))
    draws = random.integers(len(buffer), size=size - len(buffer)).tolist()
    order = []
    for image, place in enumerate(draws, start=len(buffer)):
        order.append(buffer[place])
        buffer[place] = image
    # Nothing refills the buffer any more: drawing until it is empty is a random permutation of what it holds.
    return np.concatenate([np.array(order, np.int32), random.permutation(buffer).astype(np.int32)])
