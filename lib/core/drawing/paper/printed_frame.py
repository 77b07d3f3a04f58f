"""Removes a printed frame around a digit, as forms have, and keeps the strokes that touch or cross it.

Seen from outside, each side of a frame is a straight line: the first ink of each column from above lies on one line,
and so from below, from the left and from the right. A digit's outline is straight on fewer sides.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lib.core.data.dataset import Bytes
from lib.core.drawing.components import frame, pieces
from lib.core.drawing.outline import TURNS, first_ink, line_through
from lib.core.drawing.paper.ruling import thin_runs
from lib.core.drawing.preprocess import inked
from lib.core.drawing.thickness import Mask

LARGE = 0.2
"""Shortest side of a frame, in shorter sides of the picture."""
STRAIGHT = 0.5
"""Share of a side that must lie on its line: a digit may stand on the rest."""
STEEPEST = 0.1
"""Steepest slope of a side: 6 degrees."""
ON_LINE = 2
"""How far from its line a side may lie, in pixels."""
THICKEST = 0.05
"""Largest thickness of a side, in its lengths."""
CROSSING = 1.6
"""A run of ink across a side is a stroke if it is longer than the side is thick, times this."""


def without_frames(ink: Bytes) -> Bytes:
    """`ink` (h, w), 0 paper and 255 full ink, without the frames around anything; the same object without any."""
    mask = inked(ink)
    number, found = pieces(mask), np.zeros_like(mask)
    least = LARGE * min(ink.shape)
    for k in np.flatnonzero(np.bincount(number.ravel())[1:] >= 2 * least) + 1:
        piece = number == k
        box = frame(piece)
        if min(side.stop - side.start for side in box) >= least:
            found[box] |= sides(piece[box])
    left = mask & ~found
    if not found.any() or not left.any():
        return ink
    return np.where(beside(found) & ~left, 0, ink).astype(np.uint8)


def sides(piece: Mask) -> Mask:
    """The pixels of `piece` (h, w) that are a frame's four sides; none if they are not straight."""
    found = np.zeros_like(piece)
    for turned in TURNS:
        one = side(turned(piece))
        if one is None:
            return np.zeros_like(piece)
        turned(found)[one] = True
    return found


def side(piece: Mask) -> Mask | None:
    """The pixels of the upper side of a frame in `piece` (h, w); None if it is no straight, thin line."""
    wide = piece.shape[1]
    first = first_ink(piece)
    start, slope, share = line_through(first, STEEPEST, ON_LINE)
    on_line = np.abs(first - start - slope * np.arange(wide)) <= ON_LINE
    thick = float(np.median(run_lengths(piece, first)[on_line])) if on_line.any() else np.inf
    if share < STRAIGHT or thick > THICKEST * wide + 1:
        return None
    rows = np.arange(len(piece))[:, None] - start - slope * np.arange(wide)
    band = piece & (rows >= -ON_LINE) & (rows < thick + ON_LINE)
    corner = np.minimum(np.arange(wide), np.arange(wide)[::-1]) < thick + ON_LINE
    return band & (thin_runs(piece, round(CROSSING * thick) + 1) | corner)


def run_lengths(piece: Mask, first: NDArray[np.intp]) -> NDArray[np.intp]:
    """The number of inked pixels down from row `first[x]` on, in each column x of `piece` (h, w)."""
    below = np.arange(len(piece))[:, None] >= first
    ends = np.where(below & ~piece, np.arange(len(piece))[:, None], len(piece)).min(axis=0)
    return ends - first


def beside(mask: Mask) -> Mask:
    """`mask` (h, w) and one pixel around it."""
    rows = np.pad(mask, 1)
    rows = rows[:-2] | rows[1:-1] | rows[2:]
    return rows[:, :-2] | rows[:, 1:-1] | rows[:, 2:]
