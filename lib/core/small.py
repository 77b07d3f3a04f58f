"""A small machine (TF2LAB_SMALL=1): web process, engine and worker together stay near 1 GB.

Then both lanes share one worker (`lib.core.jobs.lanes`), so nothing is exported or measured beside a training; the
worker ends when it has been idle and comes back with the next work (`lib.runs.engine.workers`); and the C library keeps
less memory for itself.
"""

from __future__ import annotations

import ctypes
import os
import sys

VARIABLE = "TF2LAB_SMALL"

ALLOCATOR = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": str(2**20)}
"""Environment of engine and workers, for glibc: threads share two pools, and blocks from 1 MB on go back to the system
at once. Measured in a worker that trains the notes' network: 686 MB instead of 874."""


def is_small() -> bool:
    """Whether this server is to stay small. Raises ValueError for a value that means nothing."""
    given = os.environ.get(VARIABLE, "")
    if given not in ("", "0", "1"):
        raise ValueError(f"{VARIABLE} must be 0 or 1, but {given!r} was given")
    return given == "1"


def give_back_memory() -> None:
    """On a small machine, gives unused memory in the midst of the heap back to the system (glibc's malloc_trim)."""
    if is_small() and sys.platform == "linux" and hasattr(library := ctypes.CDLL(None), "malloc_trim"):
        library.malloc_trim(0)
