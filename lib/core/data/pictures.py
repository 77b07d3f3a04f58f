"""Single images of a data set, without keeping all of it in memory."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence

import numpy as np

from lib.core.data.dataset import MNIST, SIDE, Bytes, DataUnavailable, fetched


def pictures(dataset: str, numbers: Sequence[int]) -> Bytes:
    """The test images with these numbers: uint8 (k, 28, 28), paper 0. An unknown number gives blank paper.

    Only the test images are unpacked, which takes an eighth of the time and memory of the whole set. Raises
    DataUnavailable if the data set is missing or damaged.
    """
    (images,) = unpacked(dataset, "x_test")
    found = [images[number] if 0 <= number < len(images) else np.zeros((SIDE, SIDE), np.uint8) for number in numbers]
    return np.array(found, np.uint8).reshape(-1, SIDE, SIDE)


def true_labels(dataset: str) -> Bytes:
    """The labels of the test images, uint8 (n,). Raises DataUnavailable."""
    (labels,) = unpacked(dataset, "y_test")
    return labels


def training_images(dataset: str, count: int) -> tuple[Bytes, Bytes]:
    """The first `count` training images, uint8 (n, 28, 28), and their labels, uint8 (n,). Raises DataUnavailable."""
    images, labels = unpacked(dataset, "x_train", "y_train")
    return images[:count].copy(), labels[:count].copy()  # copies, so that the rest can be freed


def unpacked(dataset: str, *parts: str) -> list[Bytes]:
    """These arrays of the data set's file. Raises DataUnavailable if it is missing or damaged."""
    path = MNIST if dataset == "mnist" else fetched(dataset)
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return [arrays[part] for part in parts]
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise DataUnavailable(dataset, f"{path.name}: {error}") from error
