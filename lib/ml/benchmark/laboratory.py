"""The instruments of a measurement: the clock, the load by others, pauses."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from lib.core.benchmark.other_load import Look, watch
from lib.ml.benchmark.candidates import Clock
from lib.ml.benchmark.rounds import Rest

LOOK_SECONDS = 0.5
"""Duration of a measurement of the current load."""


def busyness() -> tuple[float, float]:
    """The number of processes that wanted to run, mean of a minute, and the share of all processors in use, 0 to 1."""
    return psutil.getloadavg()[0], psutil.cpu_percent(LOOK_SECONDS) / 100


@dataclass(frozen=True, slots=True)
class Laboratory:
    """The instruments of a measurement: a clock, the load by others before, after and during it, and pauses."""

    clock: Clock = time.perf_counter_ns
    surroundings: Callable[[], tuple[float, float]] = busyness
    watch: Callable[[], Look] = watch
    rest: Rest = time.sleep


THIS_MACHINE = Laboratory()


@contextmanager
def no_collecting() -> Iterator[None]:
    """Disables Python's garbage collector, which would otherwise run in the middle of a sample."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
