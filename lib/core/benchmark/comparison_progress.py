"""Estimates the remaining time of a comparison from its events so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lib.core.benchmark.comparison import Comparison
from lib.core.benchmark.intervals import FEWEST
from lib.core.studies.configs import promised_seconds
from lib.core.studies.events import Sampled

PAUSE = 2.0
"""Seconds between the two blocks of rounds: `lib.ml.benchmark.rounds.PAUSE_SECONDS`."""
CLOSING = 1.5
"""Seconds from the last sample to the last event."""
RECENT = 6
"""The newest rounds, whose mean is the time of a round."""


def seconds_left(comparison: Comparison, so_far: float) -> float | None:
    """Seconds until the end, `so_far` seconds after the beginning; None before the first round.

    Includes everything to come: rounds, the pause, the careless samples, further sizes.
    """
    here = _Here.of(comparison)
    if here is None or comparison.measured is not None:
        return None if here is None else 0.0
    sizes = len(comparison.config.sizes)
    place = comparison.config.sizes.index(here.size) + 1
    time = max(0.0, promised_seconds(comparison.config) - so_far)
    until_next = here.seconds_left(time / (sizes - place + 1))
    others = (sizes - place) * (so_far + until_next) / place
    return until_next + min(others, max(0.0, time - until_next)) + CLOSING


@dataclass(frozen=True, slots=True)
class _Here:
    """Progress at the newest size. `one`: seconds per round. `unseen`: share of a round taken by modes without careless
    samples yet; `careless`: the number of such samples of each other mode, None if there is no other.
    """

    size: int
    done: int
    planned: int
    second_block: bool
    one: float
    unseen: float
    careless: int | None

    @classmethod
    def of(cls, comparison: Comparison) -> _Here | None:
        if not comparison.sampled or comparison.began is None:
            return None
        newest = comparison.sampled[-1]
        shortcuts = [one for one in comparison.shortcuts if one.size == newest.size]
        seen, taken = {one.mode for one in shortcuts}, zip(newest.modes, newest.times, strict=True)
        in_block = [one for one in comparison.sampled if (one.size, one.block) == (newest.size, newest.block)]
        return cls(
            size=newest.size,
            done=newest.round,
            planned=newest.planned or comparison.began.rounds,
            second_block=newest.block > 1,
            one=_seconds_of_one(in_block[-RECENT:]),
            unseen=sum(time for mode, time in taken if mode not in seen) / sum(newest.times),
            careless=len(shortcuts[0].block) if shortcuts else None,
        )

    def seconds_left(self, time: float) -> float:
        """Seconds until this size is done, given about `time` seconds for it."""
        rounds = max(0, self.planned - self.done) * self.one
        pause = 0.0 if self.second_block else PAUSE + self.one
        affordable = int((time - rounds - pause - CLOSING) / (2 * self.one))
        samples = self.careless or max(FEWEST, min(self.planned, affordable))
        return rounds + pause + 2 * self.one * samples * self.unseen


def _seconds_of_one(rounds: Sequence[Sampled]) -> float:
    """Mean seconds of these consecutive rounds."""
    first, last = rounds[0], rounds[-1]
    return max(1e-6, (last.starts[-1] + last.times[-1] - first.starts[0]) / 1e9 / len(rounds))
