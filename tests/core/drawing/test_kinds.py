"""Kinds of pictures that a person reads at a glance, drawn anew: `python -m tests.benchmarks.reading` has many more."""

import zlib
from collections import Counter

import numpy as np
import pytest

from tests.core.drawing.kinds.kinds import KINDS, outcome

FEW = 6
LEAST = {
    "a digit on the canvas": 6,
    "no digit on the canvas": 5,
    "tiny drawing, wide pen": 6,
    "row touching, on the canvas": 5,
    "row overlapping, on the canvas": 4,
    "minus before a digit": 5,
    "decimal point": 5,
    "underlined": 5,
    "several rows": 5,
    "plain paper": 6,
    "sheet on a table": 5,
    "held to the webcam": 5,
    "dark edge of a scan": 5,
    "hard shadow": 5,
    "ruled, one line high": 5,
    "ruled, several lines high": 5,
    "squared, pale": 5,
    "squared, dark": 5,
    "printed box": 5,
    "glare on a whiteboard": 5,
    "fine line": 6,
}
"""How many of FEW pictures are read right."""


@pytest.mark.parametrize("kind", LEAST)
def test_a_kind_of_picture_is_read_right(kind: str) -> None:
    random = np.random.default_rng((808, zlib.crc32(kind.encode())))
    found = Counter(outcome(KINDS[kind](random)) for _ in range(FEW))
    assert found["right"] >= LEAST[kind], found
