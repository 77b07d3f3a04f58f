"""Signs among digits, told by size and place: a minus, a point, a line below; and blots, which are nothing at all.

The rules take boxes in units of the tallest piece, as a person who sees that a mark is too low to be a digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

import numpy as np

from lib.core.drawing.components import frame, pieces
from lib.core.drawing.outline import TURNS, first_ink, line_through
from lib.core.drawing.thickness import Mask, stroke_width

LOW = 0.4
"""A sign is lower than this share of the tallest piece."""
ASIDE = 0.3
"""Most of its width that a sign may share with the columns of a digit: the bar of a 5 lies above its bow."""
FLAT = 1.5
"""Least width of a bar, in heights."""
HEAD = 0.3
"""The part of a digit beside which a mark may be a stroke of its own, broken off, in its heights."""
LINE = 3.0
"""Least width of a line below digits, in heights; or of a bar that stands alone."""
BELOW = 0.12
"""How far a line below may reach up into a digit, in heights of the tallest piece."""
BLOT = 2.6
"""Least length of a digit, in widths of its stroke: a disc has 2, the smallest digit of a wide pen 3."""
FEW = 8
"""Most pieces of a face that are looked at."""
OBLONG = 1.4
"""Longest side of a square, relative to the other."""
STRAIGHT, STEEPEST, ON_LINE = 0.65, 0.25, 0.015
"""Least share of a square's side that lies on a line, the line's steepest slope, and how far off it a side may lie, in
its lengths. Of 419 handwritten zeros each has a side with less than 0.56; of 60 drawn squares none has."""
APART = 0.08
"""Least paper between two lines, in heights of the highest."""
HIGHEST = 2.2
"""Height of two pieces, in their width, from which on they are two digits above each other, not one that is broken."""
HALF = 0.5
"""Least height of a line, relative to the highest."""


class Box(Protocol):
    """A box in pixels, right and bottom excluded."""

    @property
    def left(self) -> int: ...
    @property
    def right(self) -> int: ...
    @property
    def top(self) -> int: ...
    @property
    def bottom(self) -> int: ...


def shared(one: Box, other: Box) -> int:
    """In how many columns both boxes lie."""
    return max(0, min(one.right, other.right) - max(one.left, other.left))


def flatness(one: Box) -> float:
    """Width by height."""
    return (one.right - one.left) / (one.bottom - one.top)


def is_low(one: Box, tall: float) -> bool:
    """Whether a piece is too low for a digit."""
    return one.bottom - one.top < LOW * tall


def is_line_below(one: Box, others: Sequence[Box], tall: float) -> bool:
    """Whether a low piece is a line below digits: wider than the one above it, and under all that it passes."""
    above = [other for other in others if other is not one and not is_low(other, tall) and shared(one, other)]
    if not above or not is_low(one, tall) or flatness(one) < LINE:
        return False
    wider = one.right - one.left > 1.2 * max(other.right - other.left for other in above)
    return wider and all(one.top >= other.bottom - BELOW * tall for other in above)


def is_sign(one: Box, others: Sequence[Box], tall: float) -> bool:
    """Whether a low piece stands beside the digits: a bar at any height, or a plus or a point below their heads."""
    digits = [other for other in others if other is not one and not is_low(other, tall)]
    aside = all(shared(one, other) <= ASIDE * (one.right - one.left) for other in digits)
    if not digits or not is_low(one, tall) or not aside:
        return False
    head = np.median([other.top for other in digits]) + HEAD * tall
    return flatness(one) >= FLAT or (one.top + one.bottom) / 2 > head


def is_blot(mask: Mask) -> bool:
    """Whether the ink in `mask` (h, w) is a dot or a bar: no stroke of a digit's shape, whatever a network says."""
    rows, columns = frame(mask)
    high, wide = rows.stop - rows.start, columns.stop - columns.start
    pen = stroke_width(mask[rows, columns])
    return max(high, wide) < BLOT * pen or (wide >= LINE * high and high < 2 * pen)


def is_no_digit(mask: Mask) -> bool:
    """Whether the ink in `mask` (h, w) has a shape that no digit has, whatever a network says."""
    return is_blot(mask) or is_square(mask) or is_face(mask)


def is_face(mask: Mask) -> bool:
    """Whether two or more pieces of `mask` (h, w) lie within its largest one: a 0 has one dot or stroke at most."""
    number = pieces(mask)
    areas = np.bincount(number.ravel())[1:]
    if len(areas) < 3:
        return False
    boxes = [frame(number == k + 1) for k in np.argsort(-areas)[:FEW]]
    return sum(lies_within(box, boxes[0]) for box in boxes[1:]) > 1


def lies_within(one: tuple[slice, slice], other: tuple[slice, slice]) -> bool:
    """Whether one box, rows and columns, lies within another and touches no side of it."""
    return all(out.start < in_.start and in_.stop < out.stop for in_, out in zip(one, other, strict=True))


def is_square(mask: Mask) -> bool:
    """Whether the ink in `mask` (h, w) is a frame about as high as wide: a 0 bends on all four sides."""
    shape = mask[frame(mask)]
    high, wide = shape.shape
    if not 1 / OBLONG < high / wide < OBLONG:
        return False
    reach = max(1, round(ON_LINE * max(high, wide)))
    return all(line_through(first_ink(turned(shape)), STEEPEST, reach)[2] >= STRAIGHT for turned in TURNS) and (
        is_ring(shape)
    )


def is_ring(mask: Mask) -> bool:
    """Whether `mask` (h, w) has exactly one hole."""
    return int(pieces(np.pad(~mask, 1, constant_values=True)).max()) == 2


def lines_of(mask: Mask) -> list[slice]:
    """The rows of `mask` (h, w) that each line of a page takes: bands of ink with paper between them.

    A band lower than HALF of the highest, or nearer to the next than APART of it, belongs to the nearest one. So do
    two single pieces above each other that are as wide as one digit: it is broken.
    """
    filled = np.flatnonzero(np.diff(np.pad(mask.any(axis=1), 1).astype(np.int8)))
    bands = [slice(int(start), int(stop)) for start, stop in filled.reshape(-1, 2)]
    tall = max(map(size, bands), default=0)
    while len(bands) > 1:
        gaps = [after.start - before.stop for before, after in pairwise(bands)]
        lower = [min(size(before), size(after)) for before, after in pairwise(bands)]
        weak = [k for k, gap in enumerate(gaps) if gap < APART * tall or lower[k] < HALF * tall]
        if not weak:
            break
        k = min(weak, key=lambda k: gaps[k])
        bands[k : k + 2] = [slice(bands[k].start, bands[k + 1].stop)]
    if len(bands) == 2 and is_broken_digit(mask, bands):
        return [slice(bands[0].start, bands[1].stop)]
    return bands


def is_broken_digit(mask: Mask, bands: Sequence[slice]) -> bool:
    """Whether two bands of `mask` (h, w) are single pieces, together not much higher than wide."""
    _rows, columns = frame(mask)
    high, wide = bands[1].stop - bands[0].start, columns.stop - columns.start
    return high < HIGHEST * wide and all(int(pieces(mask[band]).max()) == 1 for band in bands)


def size(band: slice) -> int:
    """The number of rows."""
    return int(band.stop - band.start)
