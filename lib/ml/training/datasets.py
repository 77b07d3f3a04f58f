"""Data sets that do not ship with the app: downloaded once, checked file by file, then read from the app's folder."""

from __future__ import annotations

import functools
import gzip
import logging
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pooch
from numpy.typing import NDArray
from requests import RequestException

from lib.core.data.dataset import SIDE, Bytes, DataUnavailable, Images, fetched, load_images
from lib.core.small import is_small
from lib.ml.training.batching import aligned

PATIENCE_SECONDS = 10.0
"""Seconds without data after which a download is given up."""

SOURCE = (
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/b2617bb6d3ffa2e429640350f613e3291e10b141"
    "/data/fashion/"
)
"""The authors' Fashion-MNIST, at a fixed commit, so that its content cannot change."""

SHA256: Mapping[str, str] = {
    "train-images-idx3-ubyte.gz": "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
    "train-labels-idx1-ubyte.gz": "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
    "t10k-images-idx3-ubyte.gz": "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
    "t10k-labels-idx1-ubyte.gz": "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
}
"""SHA-256 of its files, from TensorFlow Datasets (url_checksums/fashion_mnist.txt)."""

HEADERS = {"images": 16, "labels": 8}
"""Bytes before the first pixel or label: the format is IDX, as for MNIST."""


def fetch(dataset: str) -> Images:
    """The data set, downloaded if it is not on this machine yet; later calls return the very same object.

    Raises DataUnavailable if that fails; then no partial file is left.
    """
    if dataset == "fashion_mnist" and not fetched(dataset).exists():
        download(dataset)
    return _read(dataset, fetched(dataset))


@functools.lru_cache(maxsize=2)
def _read(dataset: str, path: Path) -> Images:
    """Cached, since reading takes longer than a resumed run's first step. `path` differs for another app folder."""
    images = load_images(dataset)
    if not is_small():
        return images
    return Images(**{name: aligned(getattr(images, name)) for name in ("x_train", "y_train", "x_test", "y_test")})


def download(dataset: str) -> None:
    """Downloads Fashion-MNIST from its authors and saves it as one .npz in the app's folder."""
    target = fetched(dataset)
    target.parent.mkdir(parents=True, exist_ok=True)
    pooch.get_logger().setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory(dir=target.parent, suffix=".part") as folder:
        registry = {name: f"sha256:{sha256}" for name, sha256 in SHA256.items()}
        there = pooch.create(path=folder, base_url=SOURCE, registry=registry)
        downloader = pooch.HTTPDownloader(timeout=PATIENCE_SECONDS)
        try:
            paths = {name: Path(there.fetch(name, downloader=downloader)) for name in registry}
        except (RequestException, ValueError) as error:  # ValueError: wrong checksum
            raise DataUnavailable(dataset, f"the download failed: {error}") from error
        parts = (("train", "train"), ("test", "t10k"))
        images = {f"x_{part}": read_idx(paths[f"{name}-images-idx3-ubyte.gz"], "images") for part, name in parts}
        labels = {f"y_{part}": read_idx(paths[f"{name}-labels-idx1-ubyte.gz"], "labels") for part, name in parts}
        save(target, **images, **labels)


def read_idx(path: Path, kind: str) -> Bytes:
    """Images, uint8 (n, 28, 28), or labels, uint8 (n,), from a compressed IDX file."""
    found = np.frombuffer(gzip.decompress(path.read_bytes()), np.uint8, offset=HEADERS[kind])
    return found.reshape(-1, SIDE, SIDE) if kind == "images" else found


def save(path: Path, **arrays: NDArray[np.uint8]) -> None:
    """Writes `arrays` to `path` atomically: readers find the whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        try:
            np.savez_compressed(file, allow_pickle=False, **arrays)
            file.close()
            os.replace(file.name, path)
        except BaseException:
            file.close()
            os.unlink(file.name)
            raise
