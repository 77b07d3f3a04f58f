"""A group of runs that one press started: other seeds, a sweep over settings, or a race."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """Why the runs belong together."""

    SEEDS = "seeds"
    SWEEP = "sweep"
    RACE = "race"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """`plan` says what was asked for, as plain values; who made the group reads it.

    `kind` is one of `Kind`, or that of a later version.
    """

    id: str
    owner: str
    kind: str
    plan: Mapping[str, Any]
    created_at: datetime
