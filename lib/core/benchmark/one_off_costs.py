"""What a way of running costs once, and after how many steps that is paid back."""

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
    """Seconds of building a graph and of compiling it, one for each time that was done; none of eager.

    What compiling takes is how much longer the first call is than its steps are once steady, never below 0.
    """

    tracings: tuple[float, ...] = ()
    compilings: tuple[float, ...] = ()

    @property
    def totals(self) -> tuple[float, ...]:
        """Both together, each time."""
        return tuple(map(sum, zip(self.tracings, self.compilings, strict=True)))


def one_off(prepared: Prepared, median: float) -> OneOff:
    """What `prepared` says of a mode whose steps take `median` milliseconds once steady.

    Records of older versions have one time only, and in it what all modes share, where the mode came first.
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
    """The median; None of nothing."""
    return statistics.median(seconds) if seconds else None


def interval(seconds: Sequence[float]) -> Interval | None:
    """The 95 % interval of the median by order statistics, see `lib.core.benchmark.intervals`; None where there are too
    few."""
    rank, ordered = lower_rank(len(seconds)), sorted(seconds)
    return (ordered[rank - 1], ordered[-rank]) if rank else None


@dataclass(frozen=True, slots=True)
class BreakEven:
    """Steps after which a dearer beginning is paid back: 0 where it is not dearer. `low` to `high`: the interval.

    `high` is infinite where the steps may be no faster. `timed`: False where the beginning was timed too rarely for an
    interval, which then is (0, inf).
    """

    steps: float
    low: float
    high: float
    timed: bool = True


def break_even(dearer: Sequence[float], gain: float, gain_interval: Interval) -> BreakEven | None:
    """When `dearer` seconds, as many times as they were measured, are paid back by `gain` seconds a step. None: never.

    The interval is that of the quotient whose parts are anywhere in theirs: it holds where both of these do.
    Raises ValueError where nothing was measured.
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
