"""The first event of a study without timings: the machine it runs on."""

from __future__ import annotations

import os

from lib.core.studies.events import Began
from lib.ml.environment import device_name, processor_name, threads, versions


def began_untimed() -> Began:
    """Describes the machine. Its current load by others is not measured, since nothing here is timed in rounds."""
    return Began(
        machine=processor_name(),
        processors=os.cpu_count() or 1,
        memory=memory(),
        threads=threads(),
        device=device_name(),
        versions=versions(),
        load=os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0,
        busy=0.0,
        rounds=0,
    )


def memory() -> int:
    """The machine's memory in bytes; 0 if the system does not report it."""
    names = getattr(os, "sysconf_names", {})
    if "SC_PHYS_PAGES" not in names or "SC_PAGE_SIZE" not in names:
        return 0
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
