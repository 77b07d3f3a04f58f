"""Measures and changes the stroke width of a drawing."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from lib.core.data.dataset import Bytes

Mask = NDArray[np.bool_]


def stroke_width(mask: Mask) -> float:
    """The width of the strokes in `mask` (h, w) in pixels: twice their area by their perimeter; 0 without any.

    This is exact for a long line or a ring, slightly too small at ends of strokes, too large where strokes overlap.
    """
    around = perimeter(mask)
    return 2 * int(mask.sum()) / around if around else 0.0


def perimeter(mask: Mask) -> float:
    """The length of all outlines of `mask` (h, w), in pixels.

    Crofton's formula: the length is π/2 times the number of crossings of parallel lines with the outline, averaged over
    four directions. Diagonal lines lie 1/√2 apart. Counting pixel edges would make slanted lines √2 too long.
    """
    padded = np.pad(mask, 1)
    straight = np.sum(padded[1:] != padded[:-1]) + np.sum(padded[:, 1:] != padded[:, :-1])
    slanted = np.sum(padded[1:, 1:] != padded[:-1, :-1]) + np.sum(padded[1:, :-1] != padded[:-1, 1:])
    return math.pi / 8 * (float(straight) + float(slanted) / math.sqrt(2))


def grown(mask: Mask, by: float) -> Bytes:
    """`mask` (h, w) with every outline moved outwards by `by` pixels, inwards if negative: uint8, anti-aliased.

    Ink beyond the frame is cut off.
    """
    # Distances count from pixel centres, but a pixel's edge lies half a pixel further out; the half shade adds as much.
    ink = by + 1 - distance(mask, math.ceil(by) + 1) if by >= 0 else by + distance(~mask, math.ceil(-by) + 1)
    return (np.clip(ink, 0, 1) * 255).astype(np.uint8)


def distance(mask: Mask, reach: int) -> NDArray[np.float32]:
    """From each pixel's centre to the nearest one of `mask` (h, w), in pixels; beyond `reach` some larger value.

    Squared distances add up: first along the rows, then over the rows within reach (Felzenszwalb and Huttenlocher,
    2012).
    """
    far = np.float32(4 * (reach + 1) ** 2)
    height, width = mask.shape
    columns = np.arange(width, dtype=np.float32)
    left = np.maximum.accumulate(np.where(mask, columns, -far), axis=1)
    right = np.minimum.accumulate(np.where(mask, columns, 2 * far + width)[:, ::-1], axis=1)[:, ::-1]
    squares = np.full((height + 2 * reach, width), far, np.float32)
    squares[reach : reach + height] = np.minimum(columns - left, right - columns) ** 2
    nearest = squares[reach : reach + height].copy()
    for rows in range(-reach, reach + 1):
        np.minimum(nearest, squares[reach + rows : reach + rows + height] + rows * rows, out=nearest)
    return np.sqrt(nearest)
