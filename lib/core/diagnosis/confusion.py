"""Counts which classes are confused with which."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lib.core.data.dataset import CLASSES, Bytes

Counts = NDArray[np.int64]


def confusion_counts(truth: NDArray[np.integer], taken: NDArray[np.integer]) -> Counts:
    """The number of images of class i in `truth` (n,) that were `taken` (n,) for class j: int64 (10, 10)."""
    counts = np.zeros((CLASSES, CLASSES), np.int64)
    np.add.at(counts, (truth, taken), 1)
    return counts


def taken_for(truth: NDArray[np.integer], right: Bytes, mistaken: Bytes) -> Bytes:
    """The class that each image was taken for, uint8 (n,), from its label and what `Evaluated` records.

    `right` has a bit for every image; those with 0 were taken for `mistaken`, in their order.
    """
    taken = truth.astype(np.uint8)
    taken[np.unpackbits(right, count=len(truth)) == 0] = mistaken
    return taken


def mix_ups(counts: Counts, most: int) -> list[tuple[int, int, int]]:
    """The most frequent confusions, at most `most`: true class, predicted class, count."""
    wrong = counts * ~np.eye(len(counts), dtype=bool)
    places = np.argsort(-wrong, axis=None, kind="stable")[:most]
    pairs = [divmod(int(place), len(counts)) for place in places]
    return [(true, taken, int(wrong[true, taken])) for true, taken in pairs if wrong[true, taken]]
