"""What times are taken with, and what the machine does besides."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from lib.ml.benchmark.candidates import Clock
from lib.ml.benchmark.other_load import Look, watch
from lib.ml.benchmark.rounds import Rest

LOOK_SECONDS = 0.5
"""How long is looked at what others do."""


def busyness() -> tuple[float, float]:
    """How many processes wanted to run, mean of a minute, and what share of all processors is in use now, 0 to 1."""
    return psutil.getloadavg()[0], psutil.cpu_percent(LOOK_SECONDS) / 100


@dataclass(frozen=True, slots=True)
class Laboratory:
    """What times are taken with: a clock, what the machine does besides, before and meanwhile, and rest."""

    clock: Clock = time.perf_counter_ns
    surroundings: Callable[[], tuple[float, float]] = busyness
    watch: Callable[[], Look] = watch
    rest: Rest = time.sleep


THIS_MACHINE = Laboratory()


@contextmanager
def no_collecting() -> Iterator[None]:
    """Python's garbage collector, which would strike in the middle of a sample, rests meanwhile."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
