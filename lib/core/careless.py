"""What a careless benchmark would have said of the same work, from what was recorded beside the honest samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lib.core.comparison import Comparison
from lib.core.words import mark

SWITCHES: Mapping[str, str] = {
    "warm_up": mark("Leave out the warm-up"),
    "synchronisation": mark("Do not wait for the result"),
    "repetition": mark("Measure only once"),
    "interleaving": mark("One mode after the other, not in turns"),
    "tracing": mark("Count tracing and the first call as well"),
}
"""What can be left out, by name: each is one carelessness."""


@dataclass(frozen=True, slots=True)
class CarelessTiming:
    """Milliseconds per step of `mode` as such a benchmark would print it; `interval` None where it could print none."""

    mode: str
    milliseconds: float
    interval: tuple[float, float] | None


def careless(comparison: Comparison, size: int, left_out: frozenset[str]) -> tuple[CarelessTiming, ...]:
    """What a benchmark without `left_out`, of SWITCHES, prints at `size`; modes without such recordings are missing."""
    raise NotImplementedError


def flipped(comparison: Comparison, size: int, left_out: frozenset[str]) -> list[tuple[str, str]]:
    """Pairs of ranked modes that such a benchmark puts in another order than the honest one does."""
    raise NotImplementedError
