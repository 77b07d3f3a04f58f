"""Where a run or study has its place: in which lane, and whether beside others."""

from __future__ import annotations

from lib.core.jobs.lanes import Lane
from lib.core.studies.configs import SHORT_KINDS, UNDISTURBED_KINDS, StudyConfig, study_kind
from lib.core.training.config import TrainConfig


def lane_of(config: TrainConfig | StudyConfig) -> Lane:
    """The lane of a run or study, where there are two."""
    is_short = not isinstance(config, TrainConfig) and study_kind(config) in SHORT_KINDS
    return Lane.SHORT if is_short else Lane.LONG


def is_undisturbed(config: TrainConfig | StudyConfig) -> bool:
    """Whether this has its machine to itself while it measures."""
    return not isinstance(config, TrainConfig) and study_kind(config) in UNDISTURBED_KINDS
