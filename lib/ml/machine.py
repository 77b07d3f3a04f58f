"""What this machine is: said with every run, because times mean nothing without it."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf


def device_name() -> str:
    """The first GPU's name, else the processor's."""
    for gpu in tf.config.list_physical_devices("GPU"):
        return str(tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name))
    return processor_name()


def processor_name(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """The processor's model name where the system tells it, else its architecture."""
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "") or platform.processor() or platform.machine()


def threads() -> int:
    """How many threads TensorFlow calculates with: as many as set, or as processors that this process may use."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return tf.config.threading.get_intra_op_parallelism_threads() or usable


def versions() -> Mapping[str, str]:
    """What computes here, by name."""
    return {
        "python": platform.python_version(),
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "numpy": np.__version__,
    }
