"""What others do with the processors while something is timed here."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import psutil

from lib.core.benchmark.comparison import BUSY

TICKS = 0.02
"""Seconds of a processor by which what a system counts may be wrong within a round: it counts in hundredths."""


@dataclass(frozen=True, slots=True)
class Disturbance:
    """Shares of all processors, 0 to 1: what `others` on this machine used, what was `stolen` by other machines on it.

    `disturbed`: together more than a measurement can bear, and more than the system's counting may be wrong by.
    """

    others: float
    stolen: float
    disturbed: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """Seconds until now: of the clock, and of all processors by whom they went to."""

    clock: float
    all: float
    own: float
    stolen: float


class Processors:
    """What this machine's processors have done; ours are this process and those that it has started by now."""

    def __init__(self) -> None:
        this = psutil.Process()
        self._ours = [this, *this.children(recursive=True)]

    def __call__(self) -> Reading:
        """The processors' counters: two small files of the system for each process, about a tenth of a millisecond."""
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
"""What happened since it was last called, or since it was made."""


def watch(read: Callable[[], Reading] | None = None, processors: int | None = None) -> Look:
    """Looks at others from now on. `read` and `processors` are the machine's own unless a test has others."""
    reading = read or Processors()
    count = processors or psutil.cpu_count() or 1
    last = reading()

    def look() -> Disturbance:
        nonlocal last
        before, last = last, reading()
        return between(before, last, count)

    return look


def between(before: Reading, after: Reading, processors: int) -> Disturbance:
    """What others did between two readings on so many processors."""
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
