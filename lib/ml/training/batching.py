"""Splits a data set: training and validation part, batches for evaluation."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import numpy as np
import tensorflow as tf

from lib.core.data.dataset import Bytes, Images
from lib.core.small import is_small
from lib.core.training.shuffling import trained_on

TEST_BATCH = 100 if is_small() else 500
"""Images evaluated in one call: enough to keep the processor busy, few enough to respond in time.

TensorFlow keeps the memory of its largest call: with 100 images a worker with the notes' network is 140 MB smaller.
"""
ALIGNMENT = 64
"""Bytes. TensorFlow shares an array's memory only if it begins at a multiple of this (EIGEN_MAX_ALIGN_BYTES)."""


def train_val_split(images: Images, share: float) -> tuple[Images, tuple[Bytes, Bytes] | None]:
    """The images without the last `share` of the training images, and that share: pixels and labels, None if empty.

    At least one image remains for training.
    """
    rest = trained_on(len(images.y_train), share)
    if rest == len(images.y_train):
        return images, None
    return images.first(rest), (images.x_train[rest:], images.y_train[rest:])


@functools.lru_cache(maxsize=1)
def on_device(images: Images) -> tuple[tf.Tensor, tf.Tensor]:
    """All training images and their labels as tensors, shared by the trainers that a worker caches (47 MB).

    On a small machine the tensor has the array's own memory (DLPack), where that is a processor's and aligned.
    """
    if is_small() and not tf.config.list_physical_devices("GPU") and images.x_train.ctypes.data % ALIGNMENT == 0:
        return tf.experimental.dlpack.from_dlpack(images.x_train.__dlpack__()), tf.constant(images.y_train)
    return tf.constant(images.x_train), tf.constant(images.y_train)


def aligned(array: Bytes) -> Bytes:
    """A copy of the array that begins where TensorFlow can share it."""
    room = np.empty(array.nbytes + ALIGNMENT, np.uint8)
    start = -room.ctypes.data % ALIGNMENT
    copy = room[start : start + array.nbytes].reshape(array.shape)
    copy[...] = array
    return copy


def in_batches(pixels: Bytes, labels: Bytes) -> Iterator[tuple[Bytes, Bytes]]:
    """The images and their labels, at most TEST_BATCH at a time."""
    for start in range(0, len(labels), TEST_BATCH):
        yield pixels[start : start + TEST_BATCH], labels[start : start + TEST_BATCH]
