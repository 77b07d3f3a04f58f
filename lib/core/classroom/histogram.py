"""A histogram of a class's guesses: bins of a round width, and few enough to be counted by eye."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WIDTHS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1)
"""Widths of bins of shares: from 0.1 to 10 percentage points."""
MOST_BINS = 20
PARTS = (8, 4, 2, 1)
"""Into how many bins a doubling is divided, for guesses that are factors."""


@dataclass(frozen=True, slots=True)
class Bins:
    """`counts` of guesses between each two `edges`, of which there is one more; an edge belongs to the bin above it."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]


def of_shares(guesses: Sequence[float], truth: float | None = None) -> Bins:
    """Bins of guesses from 0 to 1, in reach of the `truth` too. The last bin also has guesses of exactly 1."""
    values = [*guesses, *([] if truth is None else [truth])]
    low, high = min(values), max(values)
    width = next((width for width in WIDTHS if (high - low) / width < MOST_BINS - 1), WIDTHS[-1])
    first, last = math.floor(low / width + 1e-9), min(math.floor(high / width + 1e-9) + 1, round(1 / width))
    first = min(first, last - 1)
    edges = [round(place * width, 6) for place in range(first, last + 1)]
    # Guesses in percent are not exact as shares: 0.57 is a bit less than 57 hundredths.
    return _counted(np.round(np.asarray(guesses, np.float64), 9), edges)


def of_factors(guesses: Sequence[float], truth: float | None = None) -> Bins:
    """Bins of guesses above 0, of equal width on a logarithmic axis: 1 and its doublings are edges."""
    values = np.log2([*guesses, *([] if truth is None else [truth])])
    reach = float(values.max() - values.min())
    parts = next((parts for parts in PARTS if reach * parts < MOST_BINS - 1), PARTS[-1])
    first, last = math.floor(values.min() * parts + 1e-9), math.floor(values.max() * parts + 1e-9) + 1
    edges = [2.0 ** (place / parts) for place in range(first, last + 1)]
    return _counted(np.asarray(guesses, np.float64) * (1 + 1e-12), edges)


def _counted(values: NDArray[np.floating], edges: Sequence[float]) -> Bins:
    counts, _ = np.histogram(values, edges)
    return Bins(tuple(edges), tuple(counts.tolist()))
