"""Numbers as every page says them: shares, differences, losses, probabilities."""

from __future__ import annotations

GLUE = "\N{NO-BREAK SPACE}"
"""Between a number and its unit, so that no line ends between them."""


def percent(share: float, digits: int = 2) -> str:
    """0.98412 as '98.41 %'."""
    return f"{share * 100:.{digits}f} %"


def points(difference: float) -> str:
    """How far two shares are apart, in percentage points, without its sign."""
    return f"{100 * abs(difference):.2f}"


def loss(value: float) -> str:
    """Four places behind the point, as everywhere on the page."""
    return f"{value:.4f}"


def certainty(probability: float) -> str:
    """A probability such as '99.2 %', on one line; what would be rounded to all or nothing is said to be near it."""
    edges = {"> 99.9 %": 0.9995 <= probability < 1, "< 0.1 %": 0 < probability < 0.0005}
    words = next((edge for edge, holds in edges.items() if holds), percent(probability, 1))
    return words.replace(" ", GLUE)
