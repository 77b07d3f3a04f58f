"""Chooses and measures the certainty that the shipped model needs for a drawing to count as a digit.

python -m tests.benchmarks.doubt

The threshold is chosen on one part of the data, as the highest that refuses at most 1 in 20 digits. It is reported on
another part: other digits, letters of other fonts, other scribbles. The number goes into
`lib.core.inference.rejection`.
"""

from __future__ import annotations

import argparse
import functools
from collections.abc import Mapping

import numpy as np

from lib.core.data.dataset import Bytes
from lib.core.inference.litert import shipped
from lib.core.inference.rejection import THRESHOLD
from tests.benchmarks.freehand import PREPARED, Reader, as_given, share
from tests.benchmarks.handwriting import SETS
from tests.benchmarks.no_digits import ALIKE, HIRAGANA, LETTERS, PRINTED, WRITTEN, font_letters, pen_letters, scribbles
from tests.benchmarks.reporting import table, versions

REFUSED = 0.05
SHOWN = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99, 0.995)


def certainty(read: Reader, pictures: Bytes) -> np.ndarray:
    """The highest probability of each picture: (n,)."""
    return read(pictures).max(axis=1)


def digits(read: Reader, seen: bool) -> Mapping[str, np.ndarray]:
    return {
        f"digits, {name}": certainty(read, as_given((drawing.picture for drawing in drawings(seen)), PREPARED))
        for name, drawings in SETS.items()
    }


def chosen_on(read: Reader) -> Mapping[str, np.ndarray]:
    others = {"letters, printed": pen_letters(PRINTED, 1, LETTERS), "scribbles": scribbles(1)}
    return {name: certainty(read, as_given(pictures, PREPARED)) for name, pictures in others.items()}


def reported_on(read: Reader) -> Mapping[str, np.ndarray]:
    others = {
        "letters, written": pen_letters(WRITTEN, 2, LETTERS),
        "letters, hand-drawn fonts": font_letters(2),
        "scribbles": scribbles(2),
        "hiragana": pen_letters(("japanese",), 2, HIRAGANA),
        "letters that look like digits": pen_letters(WRITTEN, 3, ALIKE),
    }
    return {name: certainty(read, as_given(pictures, PREPARED)) for name, pictures in others.items()}


def threshold(certainties: Mapping[str, np.ndarray]) -> float:
    """The highest threshold, in hundredths, that refuses at most REFUSED of the digits; each set counts equally."""
    steps = np.arange(0.10, 1, 0.01)
    refused = [np.mean([(values < step).mean() for values in certainties.values()]) for step in steps]
    return float(steps[np.flatnonzero(np.array(refused) <= REFUSED)[-1]])


def shares(parts: Mapping[str, np.ndarray], step: float) -> Mapping[str, str]:
    return {f"{name}: refused": share(values < step) for name, values in parts.items()}


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    print(versions("ai-edge-litert", "numpy", "pillow", "scikit-learn", "Hershey-Fonts"))
    network, weights = shipped()
    read = functools.partial(network.probabilities, weights)
    known, unknown = digits(read, seen=True), chosen_on(read)
    for step in SHOWN:
        refused = [f"{name} {(values < step).mean():.1%}" for name, values in {**known, **unknown}.items()]
        print(f"threshold {step:5.3f}: {', '.join(refused)}")
    best = threshold(known)
    print(f"chosen {best:.2f}, lib.core.inference.rejection has {THRESHOLD:.2f}; on the other part it refuses")
    table(shares({**digits(read, seen=False), **reported_on(read)}, best))


if __name__ == "__main__":
    main()
