"""Pen strokes rendered as the canvas in the browser draws them: for tests, the measuring set and augmentation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lib.core.digits import Bytes

SIDE = 280
"""Width and height of the canvas in pixels."""
WIDTH = 18
"""Width of its pen in pixels, unless another is chosen."""

Stroke = NDArray[np.floating]
"""The way of the pen from where it is put down to where it is lifted: (n, 2), x to the right and y downwards, pixels."""


def render(strokes: Sequence[Stroke], side: int = SIDE, width: float = WIDTH) -> Bytes:
    """The strokes on a square canvas, white on black: uint8 (side, side)."""
    raise NotImplementedError
