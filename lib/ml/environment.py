"""Describes this machine; recorded with every run, because times mean nothing without it."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf


def device_name() -> str:
    """The first GPU's name, else the processor's."""
    for gpu in tf.config.list_physical_devices("GPU"):
        return str(tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name))
    return processor_name()


def processor_name(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """The processor's model name if the system reports it, else its architecture."""
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "") or platform.processor() or platform.machine()


def threads() -> int:
    """TensorFlow's number of threads: the configured one, else the processors that this process may use."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return tf.config.threading.get_intra_op_parallelism_threads() or usable


def versions() -> Mapping[str, str]:
    """The versions of Python and the libraries that compute, by name."""
    return {
        "python": platform.python_version(),
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "numpy": np.__version__,
    }


def circumstances() -> dict[str, Any]:
    """The other facts needed to repeat a measurement: the app's version, the time, the system, TensorFlow's flags."""
    return {
        "commit": commit(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "system": platform.platform(),
        "flags": {name: value for name, value in sorted(os.environ.items()) if name.startswith(FLAGS)},
    }


FLAGS = (
    *(
        "TF_XLA_",
        "TF_ENABLE_",
        "TF_DISABLE_",
        "TF_CPP_",
        "TF_NUM_",
        "TF_GPU_",
        "TF_FORCE_",
        "TF_CUD",
        "TF_DETERMINISTIC_",
    ),
    *("XLA_", "OMP_", "KMP_", "ONEDNN_", "DNNL_", "CUDA_VISIBLE_DEVICES"),
)
"""Prefixes of environment variables that change what TensorFlow and XLA do. Not TF_ as a whole: other programs keep
secrets under such names."""


def commit(folder: Path = Path(__file__).parents[2]) -> str:
    """The commit of the app's files, with a + if they differ from it; UNKNOWN outside a repository."""
    try:
        asked = ["git", "-C", str(folder), "describe", "--always", "--abbrev=40", "--dirty=+", "--exclude=*"]
        return subprocess.run(asked, capture_output=True, text=True, timeout=5, check=True).stdout.strip() or UNKNOWN
    except (OSError, subprocess.SubprocessError):
        return UNKNOWN


UNKNOWN = "unknown"
