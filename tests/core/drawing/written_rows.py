"""Rows of digits made from MNIST's test images: apart, close, overlapping, touching."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from lib.core.data.dataset import Bytes, Images

WAYS = ("apart", "close", "over", "touching", "grown together")
"""Gaps between neighbours: a finger's width, hardly any, overlapping columns without touch, a touch, a deeper one."""
LARGER = 5
"""Approximate scale of a digit against MNIST: some 100 pixels high."""
DARK = 100
"""Two inks count as meeting from this shade on."""
LEFT, HEIGHT = 40, 280
"""Pixels of paper to the left of the row, and the row's height."""


def row(images: Images, random: np.random.Generator, way: str, count: int) -> tuple[Bytes, list[int]]:
    """`count` test digits in a row, white on black, uint8 (HEIGHT, w), and their labels from left to right."""
    chosen = random.integers(0, len(images.x_test), count)
    paper, right = np.zeros((HEIGHT, 300 * count), np.uint8), LEFT
    for number in chosen:
        ink = enlarged(images.x_test[number], LARGER * random.uniform(0.85, 1.15))
        top = HEIGHT // 2 - ink.shape[0] // 2 + int(random.integers(-10, 11))
        left = LEFT if right == LEFT else beside(paper, ink, top, right, way, random)
        place = paper[top : top + ink.shape[0], left : left + ink.shape[1]]
        np.maximum(place, ink, out=place)
        right = max(right, left + ink.shape[1])
    return paper[:, : right + LEFT], [int(label) for label in images.y_test[chosen]]


def enlarged(digit: Bytes, factor: float) -> Bytes:
    """The ink of a digit, (28, 28), enlarged by `factor`, without the paper around it."""
    side = int(28 * factor)
    large = np.asarray(Image.fromarray(digit).resize((side, side), Image.Resampling.BICUBIC))
    mask = large >= 128
    return large[mask.any(axis=1)][:, mask.any(axis=0)]


def beside(paper: Bytes, ink: Bytes, top: int, right: int, way: str, random: np.random.Generator) -> int:
    """The position of the next digit."""
    if way in ("apart", "close"):
        return right + int(random.integers(*((10, 45) if way == "apart" else (1, 8))))
    height, width = ink.shape
    left = right + 20
    while left > LEFT and not meet(paper[top : top + height, left : left + width], ink):
        left -= 1
    nearer = {"over": -6, "touching": int(random.integers(1, 5)), "grown together": int(random.integers(5, 10))}
    return max(left - nearer[way], right - int(0.6 * width))


def meet(place: Bytes, ink: Bytes) -> bool:
    """Whether both, (h, w), have ink at some common place."""
    return bool(((place >= DARK) & (ink >= DARK)).any())


def said(labels: Sequence[int]) -> str:
    """The digits as one number."""
    return "".join(map(str, labels))
