"""Measures the load of other processes and machines: during a timing, and beside a server."""

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


def seconds_of(process: psutil.Process) -> float:
    """The processor seconds of the process so far; 0 if it has ended."""
    with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        return sum(process.cpu_times()[:2])
    return 0.0


class FamilyAtStart:
    """The processor seconds of this process and of the child processes that it has when this is made."""

    def __init__(self) -> None:
        this = psutil.Process()
        self._ours = [this, *this.children(recursive=True)]

    def __call__(self) -> float:
        """Reads one small system file per process."""
        return sum(map(seconds_of, self._ours))


class GrowingFamily:
    """The processor seconds of this process and of all child processes that it ever had.

    A child counts from the first call that finds it, up to the last one that does: so the sum only grows, whichever
    processes come and go. Each call looks for children among all processes, about two milliseconds.
    """

    def __init__(self) -> None:
        self._this = psutil.Process()
        self._seen: dict[psutil.Process, float] = {}
        self._ended = 0.0

    def __call__(self) -> float:
        """Reads one small system file per process."""
        now = {process: seconds_of(process) for process in (self._this, *self._this.children(recursive=True))}
        self._ended += sum(seconds for process, seconds in self._seen.items() if process not in now)
        self._seen = {process: max(seconds, self._seen.get(process, 0.0)) for process, seconds in now.items()}
        return self._ended + sum(self._seen.values())


class Processors:
    """The processor time of this machine; `own` says which of it is ours, by default that of the family at the start.

    A timing takes the default: it is short, and looking for children would disturb it.
    """

    def __init__(self, own: Callable[[], float] | None = None) -> None:
        self._own = own or FamilyAtStart()

    def __call__(self) -> Reading:
        """Reads the counters: two small system files per process, about a tenth of a millisecond."""
        times = psutil.cpu_times()
        named = ("user", "nice", "system", "irq", "softirq")
        return Reading(
            clock=time.perf_counter(),
            all=sum(getattr(times, name, 0.0) for name in named),
            own=self._own(),
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
