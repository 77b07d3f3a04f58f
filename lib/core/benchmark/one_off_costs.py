"""The one-off costs of a mode, and the number of steps after which they are paid back."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from lib.core.benchmark.intervals import lower_rank
from lib.core.studies.events import Prepared
from lib.core.studies.modes import way_of

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class OneOff:
    """Seconds for building a graph and for compiling it, one value for each time; none for eager.

    The compiling time is the first call's time minus that of its steps once they are steady, never below 0.
    """

    tracings: tuple[float, ...] = ()
    compilings: tuple[float, ...] = ()

    @property
    def totals(self) -> tuple[float, ...]:
        """Building plus compiling, for each time."""
        return tuple(map(sum, zip(self.tracings, self.compilings, strict=True)))


def one_off(prepared: Prepared, median: float) -> OneOff:
    """The one-off costs in `prepared` of a mode whose steady steps take `median` milliseconds.

    Records of older versions have a single time; for the first mode it includes what all modes share.
    """
    if way_of(prepared.mode) == "eager":
        return OneOff()
    steady = prepared.first_steps * median / 1000
    firsts = prepared.firsts or (prepared.first,)
    return OneOff(
        tuple(time / 1e9 for time in prepared.tracings or (prepared.tracing,)),
        tuple(max(0.0, time / 1e9 - steady) for time in firsts),
    )


def middle(seconds: Sequence[float]) -> float | None:
    """The median; None for an empty sequence."""
    return statistics.median(seconds) if seconds else None


def interval(seconds: Sequence[float]) -> Interval | None:
    """The 95 % interval of the median by order statistics (`lib.core.benchmark.intervals`); None for too few values."""
    rank, ordered = lower_rank(len(seconds)), sorted(seconds)
    return (ordered[rank - 1], ordered[-rank]) if rank else None


@dataclass(frozen=True, slots=True)
class BreakEven:
    """Steps after which a slower start is paid back: 0 if it is not slower. `low` to `high`: the interval.

    `high` is infinite if the steps may be no faster. `timed` is False if the start was timed too rarely for an
    interval, which is (0, inf) then.
    """

    steps: float
    low: float
    high: float
    timed: bool = True


def break_even(dearer: Sequence[float], gain: float, gain_interval: Interval) -> BreakEven | None:
    """When the extra seconds in `dearer` (one per measurement) are paid back by `gain` seconds per step. None: never.

    The interval covers every quotient of values within both parts' intervals: it holds if both of these hold.
    Raises ValueError without a measurement.
    """
    cost, between = statistics.median(dearer), interval(dearer)
    if cost > 0 and gain <= 0:
        return None
    steps = cost / gain if cost > 0 else 0.0
    if between is None:
        return BreakEven(steps, 0.0, math.inf, timed=False)
    least, most = max(0.0, between[0]), max(0.0, between[1])
    low = least / gain_interval[1] if gain_interval[1] > 0 else math.inf
    high = most / gain_interval[0] if gain_interval[0] > 0 else math.inf
    return BreakEven(steps, low if least else 0.0, high if most else 0.0)
