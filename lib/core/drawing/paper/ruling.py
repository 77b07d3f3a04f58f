"""Removes the lines of ruled and squared paper, and keeps the strokes that cross them.

A line is thin, straight, and goes on beyond the picture. Where it crosses a stroke the run of ink across it is longer
than the line is thick, so that the stroke stays whole. (Run lengths tell staff lines from notes in the same way: N. P.
Carter, R. A. Bacon, "Automatic Recognition of Printed Music", in Structured Document Image Analysis, Springer 1992.)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lib.core.data.dataset import Bytes
from lib.core.drawing.components import Numbers, pieces
from lib.core.drawing.thickness import Mask

THIN = 4
"""Most pixels of a line's thickness, at `binarize.LARGEST`; the thinnest pen of the canvas has six."""
PALE = 40
"""Least ink of a line, of 255."""
REACH = 0.05
"""Least length of a line from the border on, in sides of the picture."""
SLOPE = 0.12
"""Steepest slope of a line: 7 degrees."""
EDGE = 8
"""Pixels along the border within which a line begins: it may be too pale at first."""
REMNANT = 0.05
"""Share of a piece that must lie away from all lines, or it is a remnant of them."""
MOST = 0.8
"""Share of a line's pixels that lie on it: a digit's may touch it."""
DARKER = 1.6
"""Ink that is darker than the line by this factor is a stroke along it."""
SHADE = 0.9
"""Quantile of the shades of a line's pixels that counts as its shade."""
NEAR = 3.0
"""How far from a line its pixels may lie: paper is never quite flat."""


def without_ruling(ink: Bytes, darkest: Bytes | None = None) -> Bytes:
    """`ink` (h, w), 0 paper and 255 full ink, without lines across it, in either direction; unchanged without any.

    `darkest` is the same ink in shades up to the darkest of it. If the lines are pale there, they are told by that;
    if not, by their place. What is left only beside lines goes too: there two lines cross.
    """
    (line, beside), (line_down, beside_down) = ruling(ink), ruling(ink.T)
    near = beside | beside_down.T
    if not near.any():
        return ink
    if darkest is not None and (level := float(np.quantile(darkest[line | line_down.T], SHADE))) < 255 / DARKER:
        return np.clip((darkest - level) * (255 / (255 - level)), 0, 255).astype(np.uint8)
    left = (ink >= PALE) & ~line & ~line_down.T
    number = pieces(left)
    areas = np.bincount(number.ravel())
    away = np.bincount(number[left & ~near], minlength=len(areas)) > REMNANT * areas
    away[0] = False
    return np.where(away[number], ink, 0).astype(np.uint8)


def ruling(ink: Bytes) -> tuple[Mask, Mask]:
    """The pixels of lines from one side of `ink` (h, w) to the other, and all that lies near them.

    A thin stroke along a line is darker than the line, and stays.
    """
    thin = thin_runs(ink >= PALE)
    line, near = np.zeros_like(thin), np.zeros_like(thin)
    number = pieces(across_gaps(thin)) * thin
    areas = np.bincount(number.ravel())
    areas[0] = 0
    inked = np.flatnonzero(number)
    inked = inked[np.argsort(number.ravel()[inked], kind="stable")]
    ends = np.cumsum(areas)
    for k in {*number[:, :EDGE].ravel().tolist(), *number[:, -EDGE:].ravel().tolist()} - {0}:
        if areas[k] < REACH * ink.shape[1]:
            continue
        rows, columns = np.unravel_index(inked[ends[k] - areas[k] : ends[k]], number.shape)
        if np.ptp(columns) >= REACH * ink.shape[1] and (way := straight(rows, columns)):
            place = along(*way, ink.shape)
            pale = ink[place] <= DARKER * np.median(ink[rows, columns])
            near[place] |= pale
            line[place] |= pale & thin[place]
    return line, near


def along(start: float, slope: float, shape: tuple[int, ...]) -> tuple[Numbers, Numbers]:
    """Rows and columns, (n,) each, of the pixels up to NEAR from a line across a picture of this shape (h, w)."""
    height, width = shape
    columns = np.arange(width)
    reach = np.arange(-int(NEAR), int(NEAR) + 1)[:, None]
    rows = np.rint(start + slope * columns).astype(np.intp) + reach
    inside = (rows >= 0) & (rows < height)
    return rows[inside], np.broadcast_to(columns, rows.shape)[inside]


def straight(rows: Numbers, columns: Numbers) -> tuple[float, float] | None:
    """The row at column 0 and the slope of the line through these pixels (n,); None if most of them lie on none."""
    kept = np.ones(len(rows), bool)
    for _ in range(2):
        slope, start = np.polyfit(columns[kept], rows[kept], 1)
        far = np.abs(rows - start - slope * columns)
        kept = far <= max(NEAR, float(np.quantile(far, MOST)))
    is_line = abs(slope) <= SLOPE and np.quantile(far, MOST) <= NEAR
    return (float(start), float(slope)) if is_line else None


def across_gaps(mask: Mask) -> Mask:
    """`mask` (h, w) grown by THIN to either side, so that the lines of squared paper go on where others cross them."""
    wide = np.pad(mask, ((0, 0), (THIN, THIN)))
    return np.logical_or.reduce([wide[:, k : k + mask.shape[1]] for k in range(2 * THIN + 1)])


def thin_runs(mask: Mask, thin: int = THIN) -> Mask:
    """The pixels of `mask` (h, w) in runs of at most `thin` down their column."""
    places = np.broadcast_to(np.arange(mask.shape[0])[:, None], mask.shape)
    above: NDArray[np.intp] = np.maximum.accumulate(np.where(mask, -1, places), axis=0)
    below = np.minimum.accumulate(np.where(mask, mask.shape[0], places)[::-1], axis=0)[::-1]
    return mask & (below - above - 1 <= thin)
