"""A thousand drawings, and what the server makes of them: made once for all tests that compare a browser with it."""

import functools
from collections.abc import Iterator

import numpy as np

from lib.core.drawing.preprocess import Prepared, prepare
from lib.core.drawing.render import render
from tests.browser.strokes import TEN

DRAWINGS = 1_000


def drawings(count: int) -> Iterator[np.ndarray]:
    """`count` drawings, dark on white uint8 (h, w): digits bent, turned, half written, with pens of all widths.

    One in four is on a canvas wider than it is high; one in a hundred is empty.
    """
    random = np.random.default_rng(20)
    for k in range(count):
        turn = np.eye(2) * random.uniform(0.3, 1.1) + random.normal(0, 0.12, (2, 2))
        way = [np.array(stroke, float) for stroke in TEN[k % 10]]
        way = [stroke[: max(1, int(len(stroke) * random.uniform(0.4, 1.6)))] for stroke in way]
        moved = [
            (stroke - 140) @ turn + 140 + random.normal(0, 20, 2) + random.normal(0, 3, stroke.shape) for stroke in way
        ]
        paper = 255 - render([] if k % 100 == 99 else moved, width=random.uniform(6, 40))
        if k % 4 == 0:
            paper = np.pad(paper, ((0, 0), tuple(random.integers(0, 420, 2))), constant_values=255)
        yield paper


@functools.cache
def pictures() -> list[np.ndarray]:
    return list(drawings(DRAWINGS))


@functools.cache
def read_by_server() -> list[Prepared | None]:
    """Each of `pictures()` after all steps of the preparation; None for the empty ones."""
    return [prepare(picture) for picture in pictures()]
