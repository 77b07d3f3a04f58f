"""Removes the lines of ruled and squared paper, and keeps the strokes that cross them.

A line is thin, straight, and goes on beyond the picture. Where it crosses a stroke the run of ink across it is longer
than the line is thick, so that the stroke stays whole. (Run lengths tell staff lines from notes in the same way: N. P.
Carter, R. A. Bacon, "Automatic Recognition of Printed Music", in Structured Document Image Analysis, Springer 1992.)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lib.core.data.dataset import Bytes
from lib.core.drawing.components import pieces
from lib.core.drawing.thickness import Mask

THIN = 4
"""Most pixels of a line's thickness, at `binarize.LARGEST`; the thinnest pen of the canvas has six."""
PALE = 40
"""Least ink of a line, of 255."""
REACH = 0.08
"""Least length of a line from the border on, in sides of the picture."""
SLOPE = 0.12
"""Steepest slope of a line: 7 degrees."""
REMNANT = 0.05
"""Share of a piece that must lie away from all lines, or it is a remnant of them."""
NEAR = 3.0
"""How far from a line its pixels may lie: paper is never quite flat."""


def without_ruling(ink: Bytes) -> Bytes:
    """`ink` (h, w), 0 paper and 255 full ink, without lines across it, in either direction; unchanged without any.

    What is left only beside lines goes too: there two lines cross.
    """
    ruled = ink >= PALE
    (thin, beside), (thin_down, beside_down) = ruling(ruled), ruling(ruled.T)
    near = beside | beside_down.T
    if not near.any():
        return ink
    left = ruled & ~(thin & beside) & ~(thin_down & beside_down).T
    number = pieces(left)
    areas = np.bincount(number.ravel())
    away = np.bincount(number[left & ~near], minlength=len(areas)) > REMNANT * areas
    away[0] = False
    return np.where(away[number], ink, 0).astype(np.uint8)


def ruling(ruled: Mask) -> tuple[Mask, Mask]:
    """The thin runs in the columns of `ruled` (h, w), and what lies near a line from one side to the other."""
    height, width = ruled.shape
    thin = thin_runs(ruled)
    near = np.zeros_like(thin)
    number = pieces(across_gaps(thin)) * thin
    for k in set(number[:, 0].tolist()) | set(number[:, -1].tolist()) - {0}:
        rows, columns = np.nonzero(number == k)
        if k and np.ptp(columns) >= REACH * width:
            slope, start = np.polyfit(columns, rows, 1)
            if abs(slope) <= SLOPE and np.abs(rows - start - slope * columns).max() <= NEAR:
                near |= np.abs(np.arange(height)[:, None] - (start + slope * np.arange(width))) <= NEAR
    return thin, near


def across_gaps(mask: Mask) -> Mask:
    """`mask` (h, w) grown by THIN to either side, so that the lines of squared paper go on where others cross them."""
    wide = np.pad(mask, ((0, 0), (THIN, THIN)))
    return np.logical_or.reduce([wide[:, k : k + mask.shape[1]] for k in range(2 * THIN + 1)])


def thin_runs(mask: Mask) -> Mask:
    """The pixels of `mask` (h, w) in runs of at most THIN down their column."""
    places = np.broadcast_to(np.arange(mask.shape[0])[:, None], mask.shape)
    above: NDArray[np.intp] = np.maximum.accumulate(np.where(mask, -1, places), axis=0)
    below = np.minimum.accumulate(np.where(mask, mask.shape[0], places)[::-1], axis=0)[::-1]
    return mask & (below - above - 1 <= THIN)
