"""Possible cuts between two touching digits: paths from top to bottom that cross little ink."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lib.core.drawing.thickness import Mask

STRIDE = 0.08
"""Distance between the searched columns, in heights of the piece."""
SWAY = 0.15
"""How far a seam may leave its column to either side, in heights: digits slant and reach over each other."""
APART = 0.14
"""Least mean distance between two seams, in heights; of closer seams the one that crosses less ink stays."""
BEND = 0.1
"""Cost of a step to the side, in pixels of crossed ink: of two equal seams the straighter wins."""

SIDEWAYS = np.array([0, -1, 1], np.int8)
"""The possible steps of a path from a row to the row above it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seam:
    """A cut through a piece: pixels left of `columns[y]` in row y, int (h,), go left. `ink`: crossed pixels."""

    columns: NDArray[np.intp] = field(repr=False)
    ink: float


def seams(mask: Mask) -> list[Seam]:
    """The cuts through `mask` (h, w) that cross the least ink, at least APART from each other; left to right."""
    height, width = mask.shape
    stride, sway = max(1, round(STRIDE * height)), max(1, round(SWAY * height))
    middles = np.arange(2 * stride, width - 2 * stride + 1, stride)
    if not middles.size:
        return []
    columns, crossed = least(mask, middles[:, None] + np.arange(-sway, sway + 1))
    chosen: list[int] = []
    for k in np.argsort(crossed):
        if all(np.abs(columns[k] - columns[other]).mean() >= APART * height for other in chosen):
            chosen.append(int(k))
    return [Seam(columns=columns[k], ink=float(crossed[k])) for k in sorted(chosen, key=lambda k: columns[k].mean())]


def least(mask: Mask, bands: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """In each band of columns, (k, b), the path down `mask` (h, w) with the least ink: columns (k, h), ink (k,).

    Row by row, each place takes the least sum of the three places above it (dynamic programming).
    """
    height, width = mask.shape
    price = mask.astype(np.float32)[:, np.clip(bands, 0, width - 1)]  # (h, k, b)
    total, steps = price[0], np.zeros(price.shape, np.int8)
    above = np.full((len(bands), bands.shape[1] + 2), np.inf, np.float32)  # with a wall at both ends of each band
    for row in range(1, height):
        above[:, 1:-1] = total
        ways = np.stack([above[:, 1:-1], above[:, :-2] + BEND, above[:, 2:] + BEND])
        steps[row] = SIDEWAYS[ways.argmin(axis=0)]
        total = ways.min(axis=0) + price[row]
    place, each = total.argmin(axis=1), np.arange(len(bands))
    crossed = total[each, place]
    columns = np.empty((len(bands), height), np.intp)
    for row in range(height - 1, -1, -1):
        columns[:, row] = bands[each, place]
        place = place + steps[row, each, place]
    return columns, crossed
