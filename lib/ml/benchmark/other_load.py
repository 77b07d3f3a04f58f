"""Measures the load of other processes and machines during a timing."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import psutil

from lib.core.benchmark.comparison import BUSY

TICKS = 0.02
"""The error of the system's counters within a round, in processor seconds: they count in hundredths."""


@dataclass(frozen=True, slots=True)
class Disturbance:
    """Shares of all processors, 0 to 1: used by `others` on this machine, `stolen` by other virtual machines.

    `disturbed`: together more than a measurement can bear, and more than the counters' error.
    """

    others: float
    stolen: float
    disturbed: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """Seconds so far: of the clock, and of all processors by user."""

    clock: float
    all: float
    own: float
    stolen: float


class Processors:
    """The processor time of this machine; `own` is that of this process and the child processes it has now."""

    def __init__(self) -> None:
        this = psutil.Process()
        self._ours = [this, *this.children(recursive=True)]

    def __call__(self) -> Reading:
        """Reads the counters: two small system files per process, about a tenth of a millisecond."""
        times = psutil.cpu_times()
        named = ("user", "nice", "system", "irq", "softirq")
        own = 0.0
        for process in self._ours:
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                own += sum(process.cpu_times()[:2])
        return Reading(
            clock=time.perf_counter(),
            all=sum(getattr(times, name, 0.0) for name in named),
            own=own,
            stolen=getattr(times, "steal", 0.0),
        )


Look = Callable[[], Disturbance]
"""Returns the disturbance since its last call, or since it was made."""


def watch(read: Callable[[], Reading] | None = None, processors: int | None = None) -> Look:
    """Watches other load from now on. `read` and `processors` default to this machine's; tests pass their own."""
    reading = read or Processors()
    count = processors or psutil.cpu_count() or 1
    last = reading()

    def look() -> Disturbance:
        nonlocal last
        before, last = last, reading()
        return between(before, last, count)

    return look


def between(before: Reading, after: Reading, processors: int) -> Disturbance:
    """The disturbance between two readings on this number of processors."""
    available = processors * (after.clock - before.clock)
    if available <= 0:
        return Disturbance(0.0, 0.0, disturbed=False)
    others = max(0.0, (after.all - before.all) - (after.own - before.own))
    stolen = max(0.0, after.stolen - before.stolen)
    return Disturbance(
        others=min(1.0, others / available),
        stolen=min(1.0, stolen / available),
        disturbed=others + stolen > BUSY * available + TICKS,
    )
