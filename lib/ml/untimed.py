"""The first event of a study that compares no times: which machine it is made on."""

from __future__ import annotations

import os

from lib.core.studies.events import Began
from lib.ml.environment import device_name, processor_name, threads, versions


def began_untimed() -> Began:
    """The machine as it is. How busy it is just now is not measured: nothing here is compared in rounds."""
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
    """The machine's memory in bytes; 0 where the system does not say."""
    names = getattr(os, "sysconf_names", {})
    if "SC_PHYS_PAGES" not in names or "SC_PAGE_SIZE" not in names:
        return 0
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
