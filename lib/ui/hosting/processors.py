"""How much of this machine's processors others take, by the same measure as a comparison's rounds.

A thread reads the system's counters now and then. What this app itself does, engine and workers included, is not
counted as others'.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:  # the comparison's arithmetic imports NumPy, and a starting server does not wait for that
    from lib.core.benchmark.other_load import Disturbance, Reading

logger = logging.getLogger(__name__)

LOOK_SECONDS = 10.0
READINGS = 7
"""Readings that are kept: what is said is about the last minute."""

_readings: deque[Reading] = deque(maxlen=READINGS)
_ending = threading.Event()


def watch_processors() -> None:
    """Watches in a thread of its own, until `end_watching`."""
    _ending.clear()
    threading.Thread(target=_watch, name="processors", daemon=True).start()


def end_watching() -> None:
    """Ends the thread with its next look, and forgets what was seen."""
    _ending.set()
    _readings.clear()


def _watch() -> None:
    _ending.wait(LOOK_SECONDS)  # the first page has the processor meanwhile
    from lib.core.benchmark.other_load import GrowingFamily, Processors

    read = Processors(GrowingFamily())
    while not _ending.is_set():
        try:
            _readings.append(read())
        except (psutil.Error, OSError) as error:  # a system that tells nothing: then nothing is said
            logger.info("the processors' counters cannot be read: %s", error)
            return
        _ending.wait(LOOK_SECONDS)


def disturbance() -> Disturbance | None:
    """What others took of the processors during the last minute; None before enough is known."""
    seen = list(_readings)
    if len(seen) < READINGS:
        return None
    from lib.core.benchmark.other_load import between

    return between(seen[0], seen[-1], psutil.cpu_count() or 1)
