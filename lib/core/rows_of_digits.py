"""Several digits written in a row: taken apart, touching ones too, so that each can be read on its own.

The ink is first taken apart into more parts than there are digits (`lib.core.parts`). Then neighbouring parts are put
together to digits in the way that costs least, by their shapes alone or also by how surely each can be read. Costs
are negative logarithms of chances (natural), so that those of a row add up; they were chosen on rows put together
from MNIST's test images, where digits stood apart, reached over each other and touched.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lib.core.digits import SIDE, Bytes
from lib.core.drawing import STEPS, Prepared, prepare
from lib.core.parts import TALL, Part, taken_apart, whole

Read = Callable[[Bytes], NDArray[np.float32]]
"""Reads images, uint8 (n, 28, 28), and gives probabilities, float32 (n, 10)."""
Run = tuple[int, int]
"""Parts that may be one digit: from the first up to, but not with, the second."""

AT_ONCE = 50
"""Images given to a network at a time."""
WIDEST = 1.6
"""Nothing wider than this many times TALL is one digit."""
DIGIT = 0.05
"""The cost of each digit: of two ways alike the one with fewer."""
WIDE, BROAD = 2.0, 0.9
"""The cost of a digit for each of its heights by which it is wider than BROAD of them, as one in four of MNIST's is."""
LOW = 2.0
"""The cost of a digit lower than half the row."""
CUT = 0.5
"""The cost of a cut for each stroke width that it crosses."""
JOIN = 0.6
"""The cost of joining two pieces to one digit, if the lower is as tall as the row; in proportion if it is lower."""
UNREADABLE = 1e-6
"""The least probability that counts, so that none is worse than impossible."""


def split(picture: Bytes, read: Read | None = None) -> list[Bytes]:
    """The digits of a row from left to right, each a picture that `prepare` takes; none where nothing is drawn.

    `picture` is what `prepare` takes. With `read` the way is chosen in which all digits can be read most surely: best
    by a network that is unsure of what is no digit. Without, shapes alone decide, and fewer touching digits are found.
    """
    image, parts = taken_apart(picture)
    costs = {run: shape(parts[slice(*run)]) for run in candidates(parts)}
    way, unread = cheapest(len(parts), costs), set(costs) if read else set()
    # A run costs no less once it has been read: the way is the cheapest of all when every run on it has been.
    while read and (new := [run for run in way if run in unread]):
        unread -= set(new)
        for run, doubt in zip(new, doubts([alone(image, parts[slice(*run)]) for run in new], read), strict=True):
            costs[run] += doubt
        way = cheapest(len(parts), costs)
    return [alone(image, parts[slice(*run)]) for run in way]


def read_row(
    picture: Bytes, read: Read, steps: Collection[str] = frozenset(STEPS)
) -> list[tuple[Prepared, NDArray[np.float32]]]:
    """The digits of a row from left to right, prepared by `steps`, with their probabilities (10,); empty for paper.

    The reading decides where the row is cut. A digit on its own is prepared as it lies in `picture`; those of a row
    have been found as white on black already, whether "invert" is among the steps or not.
    """
    pictures = split(picture, read)
    found = (prepare(one, steps) for one in (pictures if len(pictures) > 1 else [picture]))
    digits = [digit for digit in found if digit]
    if not digits:
        return []
    return list(zip(digits, read_all([digit.image for digit in digits], read), strict=True))


def candidates(parts: Sequence[Part]) -> list[Run]:
    """All neighbouring parts that may be one digit; each part alone always is."""
    runs = []
    for start in range(len(parts)):
        for end in range(start + 1, len(parts) + 1):
            if end == start + 1 or box(parts[start:end])[0] <= WIDEST * TALL:
                runs.append((start, end))
    return runs


def box(parts: Sequence[Part]) -> tuple[int, int]:
    """Width and height of several parts together."""
    width = max(one.right for one in parts) - min(one.left for one in parts)
    return width, max(one.bottom for one in parts) - min(one.top for one in parts)


def alone(image: Bytes, parts: Sequence[Part]) -> Bytes:
    """The ink of these parts in `image` (h, w) with paper around them."""
    digit = whole(parts)
    ink = np.where(digit.mask, image, 0)[digit.top : digit.bottom, digit.left : digit.right]
    return np.pad(ink, max(ink.shape) // 8 + 3)


def doubts(pictures: Sequence[Bytes], read: Read) -> list[float]:
    """What each picture costs for how unsurely it is read."""
    ready = [prepare(picture) for picture in pictures]
    images = [digit.image if digit else np.zeros((SIDE, SIDE), np.uint8) for digit in ready]
    likeliest = np.nan_to_num(read_all(images, read).max(axis=1))
    return [-math.log(chance) for chance in np.clip(likeliest, UNREADABLE, 1).tolist()]


def read_all(images: Sequence[Bytes], read: Read) -> NDArray[np.float32]:
    """The probabilities (n, 10) of n images, some at a time."""
    parts = [read(np.stack(images[k : k + AT_ONCE])) for k in range(0, len(images), AT_ONCE)]
    return np.concatenate(parts)


def cheapest(end: int, costs: Mapping[Run, float]) -> list[Run]:
    """The runs that together take in every part up to `end` once, left to right, at the least sum of their `costs`.

    The best way up to a part is the best way up to where its last run starts, and that run (dynamic programming).
    """
    best: list[tuple[float, list[Run]]] = [(0.0, [])]
    for stop in range(1, end + 1):
        ways = [(best[start][0] + costs[start, stop], start) for start in range(stop) if (start, stop) in costs]
        cost, start = min(ways)
        best.append((cost, [*best[start][1], (start, stop)]))
    return best[-1][1]


def shape(parts: Sequence[Part]) -> float:
    """What these parts cost as one digit, by their shape: width, height, the cut on their left, pieces joined."""
    width, height = box(parts)
    cost = DIGIT + WIDE * max(0.0, width / max(height, TALL / 2) - BROAD) + LOW * (height < TALL / 2)
    cost += CUT * (parts[0].crossed or 0.0)
    beside = pairwise(parts)
    return cost + sum(JOIN * min(a.height, b.height) / TALL for a, b in beside if b.crossed is None)
