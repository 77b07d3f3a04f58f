"""The training images and their order in each epoch, drawn like `tf.data.Dataset.shuffle(buffer)`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Order = NDArray[np.int32]


def trained_on(size: int, validation_split: float) -> int:
    """How many of `size` images, counted from the first, are left for training: at least one."""
    return max(1, size - round(size * validation_split))


def epoch_order(size: int, shuffle_buffer: int, seed: int, epoch: int) -> Order:
    """Every image from 0 to size - 1 once: int32 (size,).

    A buffer is filled with the first images. Then images are drawn from it at random, and the next image takes each
    free place, until the buffer runs empty. So with a small buffer late images cannot come early: image i has a place
    of at least i - shuffle_buffer + 1, and a buffer of 1 keeps the order.

    The order depends only on the arguments, so the order of any epoch can be drawn without those before it.
    """
    random = np.random.default_rng((seed, epoch))
    buffer = list(range(min(shuffle_buffer, size)))
    draws = random.integers(len(buffer), size=size - len(buffer)).tolist()
    order = []
    for image, place in enumerate(draws, start=len(buffer)):
        order.append(buffer[place])
        buffer[place] = image
    # Nothing refills the buffer any more: drawing until it is empty is a random permutation of its content.
    return np.concatenate([np.array(order, np.int32), random.permutation(buffer).astype(np.int32)])
