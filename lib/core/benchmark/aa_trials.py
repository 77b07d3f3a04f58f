"""A/A test: how often a mode is called different from itself, which is always a false positive.

The comparisons are those of `lib.core.benchmark.comparison`, with its intervals and verdicts, but both modes are the
same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lib.core.benchmark.comparison import CANNOT_TELL, Ratio, ratio_of
from lib.core.statistics import wilson_interval
from lib.core.studies.configs import AaConfig
from lib.core.studies.events import Began, Prepared, Sampled, StudyEvent

__all__ = ["PROMISED", "ROUNDS", "SIDES", "AaConfig", "Trials", "trials_of"]

SIDES = ("A", "B")
"""The names of the two sides in the events."""
ROUNDS = 30
"""Rounds per comparison, in two blocks."""
PROMISED = 0.05
"""Share of false positives that a 95 % interval allows."""


@dataclass(frozen=True, slots=True)
class Trials:
    """The `ratios` of all complete comparisons, time of B by time of A, in order."""

    ratios: tuple[Ratio, ...]

    @property
    def different(self) -> int:
        """How many of them called the two sides different."""
        return sum(ratio.verdict != CANNOT_TELL for ratio in self.ratios)

    @property
    def share(self) -> tuple[float, float, float] | None:
        """The share of `different` and its 95 % interval, each 0 to 1; None before the first comparison is complete."""
        count = len(self.ratios)
        return (self.different / count, *wilson_interval(self.different, count)) if count else None


def trials_of(config: AaConfig, events: Iterable[object]) -> Trials:
    """The trials in `events` of a study with `config`; other events are ignored.

    A comparison that is not complete, or was interrupted, does not count.
    """
    ratios = (ratio_of(part, config.size, SIDES[1], SIDES[0]) for part in _repetitions(events))
    return Trials(tuple(ratio for ratio in ratios if ratio is not None))


def _repetitions(events: Iterable[object]) -> list[list[StudyEvent]]:
    """The events of each comparison since the study's last start; a comparison begins with preparing the first side.

    An interrupted one is left out.
    """
    parts: list[list[StudyEvent]] = []
    for event in events:
        if isinstance(event, Began):
            parts = []
        elif isinstance(event, StudyEvent):
            if isinstance(event, Prepared) and event.mode == SIDES[0]:
                parts.append([])
            if parts:
                parts[-1].append(event)
    return [part for part in parts if _is_whole(part)]


def _is_whole(part: list[StudyEvent]) -> bool:
    """Whether all planned rounds were measured."""
    rounds = [event for event in part if isinstance(event, Sampled)]
    return bool(rounds) and rounds[-1].round >= rounds[-1].planned
