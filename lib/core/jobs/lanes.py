"""Two lanes: long work, and short work that does not wait behind it.

Where memory is short, both share one worker. Which work is short says `lib.core.jobs.placing`.
"""

from __future__ import annotations

from enum import StrEnum

import psutil

from lib.core.small import is_small

MEMORY_OF_TWO = 4e9
"""Bytes of memory from which on there are two lanes: a worker with TensorFlow takes 0.7 to 1.1 GB."""


class Lane(StrEnum):
    """A lane by the name of the Dask resource that its workers announce."""

    LONG = "long"
    SHORT = "short"


def usual_lanes(memory: int | None = None) -> int:
    """1 or 2: the number of lanes for a machine with so many bytes of memory, by default this one."""
    if is_small():
        return 1
    total = psutil.virtual_memory().total if memory is None else memory
    return 2 if total >= MEMORY_OF_TWO else 1
