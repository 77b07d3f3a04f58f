"""Data sets that do not ship with the app: downloaded once, by Keras, then read from the app's own folder."""

from __future__ import annotations

import functools
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray
from tensorflow.keras.datasets import fashion_mnist

from lib.core.data.dataset import DataUnavailable, Images, fetched, load_images

PATIENCE_SECONDS = 10.0
"""How long the other side may be silent before the download is given up."""


def fetch(dataset: str) -> Images:
    """The data set, downloaded if it is not on this machine yet; the very same object as the last time.

    Raises DataUnavailable where that fails; then nothing half-written stays behind.
    """
    if dataset == "fashion_mnist" and not fetched(dataset).exists():
        download(dataset)
    return _read(dataset, fetched(dataset))


@functools.lru_cache(maxsize=2)
def _read(dataset: str, path: Path) -> Images:
    """Reading takes longer than a resumed run's first step. Another `path` is another folder of the app."""
    return load_images(dataset)


def download(dataset: str) -> None:
    """Fashion-MNIST from where Keras keeps it, as one .npz in the app's folder."""
    try:
        with impatient(PATIENCE_SECONDS), quiet():
            (x_train, y_train), (x_test, y_test) = fashion_mnist.load_data()
    # Keras wraps whatever urllib meets in a plain Exception; a broken archive shows as EOFError or ValueError.
    except Exception as error:
        raise DataUnavailable(dataset, f"the download failed: {error}") from error
    save(fetched(dataset), x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)


def save(path: Path, **arrays: NDArray[np.uint8]) -> None:
    """Writes `arrays` to `path` at once: whoever looks there finds the whole file or none."""
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


@contextmanager
def impatient(seconds: float) -> Iterator[None]:
    """Connections made meanwhile fail after `seconds` of silence. Applies to every thread of the process."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


@contextmanager
def quiet() -> Iterator[None]:
    """Keras' progress bar goes to its log instead of standard output, which may be somebody's JSON."""
    before = keras.config.is_interactive_logging_enabled()
    keras.config.disable_interactive_logging()
    try:
        yield
    finally:
        if before:
            keras.config.enable_interactive_logging()
