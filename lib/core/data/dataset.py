"""The images: MNIST as shipped with the app, and other data sets once they are downloaded."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lib.core.errors import AppError
from lib.core.i18n import mark
from lib.core.paths import home

MNIST = Path(__file__).parent / "mnist.npz"
MNIST_SHA256 = "06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64"
SIDE = 28
CLASSES = 10
TEST_IMAGES = 10_000
"""The same in MNIST and Fashion-MNIST."""

CLASS_NAMES: Mapping[str, tuple[str, ...]] = {
    "mnist": tuple("0123456789"),
    "fashion_mnist": (
        mark("T-shirt"),
        mark("Trouser"),
        mark("Pullover"),
        mark("Dress"),
        mark("Coat"),
        mark("Sandal"),
        mark("Shirt"),
        mark("Sneaker"),
        mark("Bag"),
        mark("Ankle boot"),
    ),
}
"""The meaning of each label from 0 to 9, by data set."""

Bytes = NDArray[np.uint8]


class DataUnavailable(AppError):
    """A data set is missing on this machine, or its file is not the right one. `detail` is for the log."""

    reason = "no_data"

    def __init__(self, dataset: str, detail: str) -> None:
        super().__init__(f"{dataset}: {detail}")
        self.dataset, self.detail = dataset, detail


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Images:
    """Training and test images: uint8 (n, 28, 28), 0 for paper and 255 for ink; labels uint8 (n,) from 0 to 9.

    Raises ValueError for other shapes, types or labels.
    """

    x_train: Bytes = field(repr=False)
    y_train: Bytes = field(repr=False)
    x_test: Bytes = field(repr=False)
    y_test: Bytes = field(repr=False)

    def __post_init__(self) -> None:
        for part, x, y in (("train", self.x_train, self.y_train), ("test", self.x_test, self.y_test)):
            if x.dtype != np.uint8 or x.shape[1:] != (SIDE, SIDE) or len(x) == 0:
                raise ValueError(f"x_{part} must be uint8 (n, {SIDE}, {SIDE}) with n > 0, got {x.dtype} {x.shape}")
            if y.dtype != np.uint8 or y.shape != (len(x),) or y.max() >= CLASSES:
                raise ValueError(f"y_{part} must be uint8 ({len(x)},) below {CLASSES}, got {y.dtype} {y.shape}")

    def first(self, size: int) -> Images:
        """The same data with only the first `size` training images; the test images stay complete."""
        return Images(x_train=self.x_train[:size], y_train=self.y_train[:size], x_test=self.x_test, y_test=self.y_test)


def fetched(dataset: str) -> Path:
    """The path of a downloaded data set (one that does not ship with the app)."""
    return home() / "data" / f"{dataset}.npz"


def load_images(dataset: str) -> Images:
    """The data set from this machine's disk. Raises DataUnavailable if it is missing or damaged."""
    path = MNIST if dataset == "mnist" else fetched(dataset)
    if not path.exists():
        raise DataUnavailable(dataset, f"{path.name} is not on this machine")
    if dataset == "mnist":
        verify(path, MNIST_SHA256)
    with np.load(path, allow_pickle=False) as arrays:
        return Images(**{name: arrays[name] for name in ("x_train", "y_train", "x_test", "y_test")})


def verify(path: Path, sha256: str) -> None:
    """Raises DataUnavailable unless the file's SHA-256 is `sha256` (hexadecimal)."""
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != sha256:
        raise DataUnavailable(path.stem, f"{path.name} has SHA-256 {found}, not {sha256}: copy the file again")


def class_counts(labels: Bytes) -> NDArray[np.int64]:
    """The number of `labels` (n,) in each class: int64 (10,)."""
    return np.bincount(labels, minlength=CLASSES)


def sample_grid(images: Bytes, labels: Bytes, columns: int) -> Bytes:
    """A picture of the first `columns` images of every class, one row per class: uint8 (10 * 28, columns * 28).

    A class with fewer images has blank paper at the end of its row.
    """
    grid = np.zeros((CLASSES, columns, SIDE, SIDE), np.uint8)
    for label in range(CLASSES):
        chosen = images[np.flatnonzero(labels == label)[:columns]]
        grid[label, : len(chosen)] = chosen
    return grid.transpose(0, 2, 1, 3).reshape(CLASSES * SIDE, columns * SIDE)
