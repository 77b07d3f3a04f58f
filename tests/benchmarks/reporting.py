"""The report of every benchmark: the machine and its load, the versions, medians with their spread."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil


def machine() -> str:
    """The processor, the cores available to us, and the memory."""
    about = Path("/proc/cpuinfo")
    lines = about.read_text().splitlines() if about.exists() else []
    name = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.processor())
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{name}, {cores} cores, {psutil.virtual_memory().total / 1e9:.0f} GB, {platform.platform()}"


def versions(*packages: str) -> str:
    """Python's version and the versions of `packages` that are installed."""
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
    """The machine's current load: its processors' use within half a second, and the load average of the last minute."""
    return f"{psutil.cpu_percent(0.5):.0f} % of the processors busy, load {psutil.getloadavg()[0]:.1f}"


def spread(values: Sequence[float], digits: int = 2) -> str:
    """The median with the lowest and the highest value."""
    return f"{statistics.median(values):6.{digits}f}  ({min(values):.{digits}f} to {max(values):.{digits}f})"


def ratios(values: Sequence[float], others: Sequence[float]) -> list[float]:
    """Each of `values` divided by the one of `others` from the same round."""
    return [mine / other for mine, other in zip(values, others, strict=True)]


def verdict(value: float, target: float | None) -> str:
    """Whether a value misses its upper target, in words; empty without a target."""
    if target is None:
        return ""
    return f"target {target:g}" + ("" if value <= target else "  MISSED")


def table(rows: Mapping[str, str]) -> None:
    """Prints each row after its name, with names of equal width."""
    width = max(map(len, rows))
    for name, words in rows.items():
        print(f"{name:{width}}  {words}", flush=True)
