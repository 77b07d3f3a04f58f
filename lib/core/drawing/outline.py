"""How straight the sides of a shape are, seen from outside: from above, below, the left and the right."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from lib.core.drawing.thickness import Mask

TURNS: Sequence[Callable[[Mask], Mask]] = (lambda one: one, np.flipud, np.transpose, lambda one: np.flipud(one.T))
"""Turn each side of a shape up; they are views, so that what is written to them is written to the shape."""
APART = 0.005
"""Distance of the slopes that are tried."""


def first_ink(mask: Mask) -> NDArray[np.intp]:
    """The row of the first ink from above in each column of `mask` (h, w), none of which may be empty: (w,)."""
    return mask.argmax(axis=0)


def line_through(rows: NDArray[np.intp], steepest: float, reach: int) -> tuple[float, float, float]:
    """The line that most of `rows` (w,) lie on, up to `reach` off: its start, its slope, and the share that lies on it.

    All slopes up to `steepest` are tried, and for each the level that most rows have (a Hough transform).
    """
    best = (0.0, 0.0, 0.0)
    count = 2 * math.ceil(steepest / APART) + 1
    for slope in np.linspace(-steepest, steepest, count):
        level = np.rint(rows - slope * np.arange(len(rows))).astype(np.intp)
        near = np.convolve(np.bincount(level - level.min()), np.ones(2 * reach + 1), "same")
        at = int(near.argmax())
        if near[at] > best[2] * len(rows):
            best = (float(at + level.min()), float(slope), float(near[at]) / len(rows))
    return best
