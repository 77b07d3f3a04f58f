"""A/A: how often one way of running is called different from itself, which it never is.

The comparisons are those of `lib.core.benchmark.comparison`, with its intervals and verdicts; only the two modes are
one.
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
"""What the two sides are called in the events."""
ROUNDS = 30
"""Rounds of each comparison, in two blocks."""
PROMISED = 0.05
"""Share of comparisons of the same with the same that a 95 % interval calls different."""


@dataclass(frozen=True, slots=True)
class Trials:
    """The `ratios` of all comparisons that are complete, how long B took against A, in their order."""

    ratios: tuple[Ratio, ...]

    @property
    def different(self) -> int:
        """How many called the two sides different."""
        return sum(ratio.verdict != CANNOT_TELL for ratio in self.ratios)

    @property
    def share(self) -> tuple[float, float, float] | None:
        """Of how many that is, with its 95 % interval, each 0 to 1; None before the first comparison is complete."""
        count = len(self.ratios)
        return (self.different / count, *wilson_interval(self.different, count)) if count else None


def trials_of(config: AaConfig, events: Iterable[object]) -> Trials:
    """What `events` of a study with `config` come to; others than its own are passed over.

    A comparison that is under way, or was cut short, does not count.
    """
    ratios = (ratio_of(part, config.size, SIDES[1], SIDES[0]) for part in _repetitions(events))
    return Trials(tuple(ratio for ratio in ratios if ratio is not None))


def _repetitions(events: Iterable[object]) -> list[list[StudyEvent]]:
    """The events of each comparison, which begins with preparing the first side, since the study last began.

    One that was cut short is left out.
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
    """Whether all rounds that were planned were made."""
    rounds = [event for event in part if isinstance(event, Sampled)]
    return bool(rounds) and rounds[-1].round >= rounds[-1].planned
