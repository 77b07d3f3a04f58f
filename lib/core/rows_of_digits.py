"""Several digits written in a row: taken apart, touching ones too, so that each can be read on its own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lib.core.digits import Bytes
from lib.core.drawing import Prepared

Read = Callable[[Bytes], NDArray[np.float32]]
"""Reads images, uint8 (n, 28, 28), and gives probabilities, float32 (n, 10)."""


def split(picture: Bytes) -> list[Bytes]:
    """The digits of a row from left to right, each a picture that `prepare` takes; none where nothing is drawn."""
    raise NotImplementedError


def read_row(picture: Bytes, read: Read) -> list[tuple[Prepared, NDArray[np.float32]]]:
    """The digits of a row from left to right with their probabilities (10,); the reading decides where to cut."""
    raise NotImplementedError
