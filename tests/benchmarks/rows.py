"""How well rows of digits are split and read: python -m tests.benchmarks.rows [--rows 200]

Rows of two to five of MNIST's test digits (`tests.core.drawing.written_rows`), split by their shapes alone, and by
reading with the shipped model as on the Draw page. Also single digits, which must not be split, and the time.
"""

from __future__ import annotations

import argparse
import functools
import time

import numpy as np

from lib.core.data.dataset import Bytes, load_images
from lib.core.drawing.preprocess import prepare
from lib.core.drawing.segmentation import Digit, Read, read_all, read_row, split
from lib.core.inference.litert import shipped
from tests.benchmarks.freehand import share
from tests.benchmarks.reporting import load, machine, spread, table, versions
from tests.core.drawing.written_rows import WAYS, row

SEED = 9


def by_shape(picture: Bytes, read: Read) -> list[int]:
    """The digits of a row, split by shapes alone."""
    images = [ready.image for one in split(picture) if (ready := prepare(one))]
    return [int(label) for label in read_all(images, read).argmax(axis=1)]


def by_reading(picture: Bytes, read: Read) -> list[int]:
    """The digits of a row, split by reading."""
    found: list[Digit] = read_row(picture, read)
    return [int(digit.probabilities.argmax()) for digit in found]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=200, help="of each kind")
    given = options.parse_args()
    print(machine(), versions("ai-edge-litert", "numpy", "pillow"), f"before: {load()}", sep="\n")
    images, (network, weights) = load_images("mnist"), shipped()
    read = functools.partial(network.probabilities, weights)
    for way in ("alone", *WAYS):
        random, ready = np.random.default_rng(SEED), []
        for _ in range(given.rows):
            ready.append(row(images, random, way, 1 if way == "alone" else int(random.integers(2, 6))))
        found = {}
        for name, taken_apart in (("shapes", by_shape), ("reading", by_reading)):
            right, counted, taken = [], [], []
            for picture, labels in ready:
                began = time.perf_counter()
                digits = taken_apart(picture, read)
                taken.append(1000 * (time.perf_counter() - began))
                right.append(digits == labels)
                counted.append(len(digits) == len(labels))
            found[f"{way}, by {name}: all read right"] = share(np.array(right))
            found[f"{way}, by {name}: as many as there are"] = share(np.array(counted))
            found[f"{way}, by {name}: ms a row"] = spread(taken, 1)
        table(found)
    print(f"after: {load()}")


if __name__ == "__main__":
    main()
