"""Number formats that all pages share: shares, differences, losses, probabilities."""

from __future__ import annotations

import math

GLUE = "\N{NO-BREAK SPACE}"
"""Stands between a number and its unit, so that no line breaks between them."""


def percent(share: float, digits: int = 2) -> str:
    """0.98412 as '98.41 %'."""
    return f"{share * 100:.{digits}f} %"


def points(difference: float) -> str:
    """The absolute difference of two shares, in percentage points."""
    return f"{100 * abs(difference):.2f}"


def loss(value: float) -> str:
    """With four decimals, as everywhere in the app."""
    return f"{value:.4f}"


def certainty(probability: float) -> str:
    """A probability such as '99.2 %'; instead of rounding to 0 or 100 % it says '< 0.1 %' or '> 99.9 %'."""
    edges = {"> 99.9 %": 0.9995 <= probability < 1, "< 0.1 %": 0 < probability < 0.0005}
    words = next((edge for edge, holds in edges.items() if holds), percent(probability, 1))
    return words.replace(" ", GLUE)


def next_by_factor(value: float, larger: bool) -> float:
    """The next number after a positive `value` in 1, 2, 5, 10, 20 … and their parts 0.5, 0.2, 0.1 …: about a factor
    of two, and short to read.
    """
    near = math.floor(math.log10(value))
    series = [float(f"{digit}e{power}") for power in range(near - 1, near + 2) for digit in (1, 2, 5)]
    if larger:
        return next(one for one in series if one > value)
    return next(one for one in reversed(series) if one < value)
