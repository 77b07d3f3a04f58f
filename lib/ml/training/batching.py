"""Splits a data set: training and validation part, batches for evaluation."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import tensorflow as tf

from lib.core.data.dataset import Bytes, Images
from lib.core.training.shuffling import trained_on

TEST_BATCH = 500
"""Images evaluated in one call: enough to keep the processor busy, few enough to respond in time."""


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
    """All training images and their labels as tensors, shared by the trainers that a worker caches (47 MB)."""
    return tf.constant(images.x_train), tf.constant(images.y_train)


def in_batches(pixels: Bytes, labels: Bytes) -> Iterator[tuple[Bytes, Bytes]]:
    """The images and their labels, at most TEST_BATCH at a time."""
    for start in range(0, len(labels), TEST_BATCH):
        yield pixels[start : start + TEST_BATCH], labels[start : start + TEST_BATCH]
