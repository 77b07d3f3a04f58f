"""What every benchmark says of itself: the machine and how busy it was, the versions, medians with their spread."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil


def machine() -> str:
    """The processor, how many cores we may use, and how much memory there is."""
    about = Path("/proc/cpuinfo")
    lines = about.read_text().splitlines() if about.exists() else []
    name = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.processor())
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{name}, {cores} cores, {psutil.virtual_memory().total / 1e9:.0f} GB, {platform.platform()}"


def versions(*packages: str) -> str:
    """Python's version and those of the installed ones among `packages`."""
    named = [f"{name} {importlib.metadata.version(name)}" for name in packages if installed(name)]
    return ", ".join([f"Python {platform.python_version()}", *named])


def installed(package: str) -> bool:
    """Whether this interpreter has `package`."""
    try:
        importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def load() -> str:
    """How busy the machine is now: what its processors do within half a second, and the load of the last minute."""
    return f"{psutil.cpu_percent(0.5):.0f} % of the processors busy, load {psutil.getloadavg()[0]:.1f}"


def spread(values: Sequence[float], digits: int = 2) -> str:
    """The median with the lowest and the highest."""
    return f"{statistics.median(values):6.{digits}f}  ({min(values):.{digits}f} to {max(values):.{digits}f})"


def ratios(values: Sequence[float], others: Sequence[float]) -> list[float]:
    """What each of `values` is of the one of `others` that was measured in the same round."""
    return [mine / other for mine, other in zip(values, others, strict=True)]


def verdict(value: float, target: float | None) -> str:
    """Whether a value that should not be above its target misses it, in words; empty where there is no target."""
    if target is None:
        return ""
    return f"target {target:g}" + ("" if value <= target else "  MISSED")


def table(rows: Mapping[str, str]) -> None:
    """Prints each row under its name, the names equally wide."""
    width = max(map(len, rows))
    for name, words in rows.items():
        print(f"{name:{width}}  {words}", flush=True)
