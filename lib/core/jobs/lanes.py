"""Two lanes: long work, and short work that does not wait behind it.

Where memory is short, both share one worker.
"""

from __future__ import annotations

from enum import StrEnum

import psutil

from lib.core.studies.configs import SHORT_KINDS, UNDISTURBED_KINDS, StudyConfig, study_kind
from lib.core.training.config import TrainConfig

MEMORY_OF_TWO = 4e9
"""Bytes of memory from which on there are two lanes: a worker with TensorFlow takes 0.5 to 1 GB."""


class Lane(StrEnum):
    """A lane by the name of the Dask resource that its workers announce."""

    LONG = "long"
    SHORT = "short"


def lane_of(config: TrainConfig | StudyConfig) -> Lane:
    """The lane of a run or study, where there are two."""
    is_short = not isinstance(config, TrainConfig) and study_kind(config) in SHORT_KINDS
    return Lane.SHORT if is_short else Lane.LONG


def is_undisturbed(config: TrainConfig | StudyConfig) -> bool:
    """Whether this has its machine to itself while it measures."""
    return not isinstance(config, TrainConfig) and study_kind(config) in UNDISTURBED_KINDS


def usual_lanes(memory: int | None = None) -> int:
    """1 or 2: the number of lanes for a machine with so many bytes of memory, by default this one."""
    total = psutil.virtual_memory().total if memory is None else memory
    return 2 if total >= MEMORY_OF_TWO else 1
