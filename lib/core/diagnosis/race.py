"""Who won a race to an accuracy: by the time of training until it was reached, or by how often it was reached at all.

A run is tested after each epoch, so its time is that of whole epochs of training. Loading, tracing and compiling come
before, and testing in between: neither counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lib.core.statistics import fisher_p, ratio_interval
from lib.core.training.events import Evaluated

SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Lap:
    """One run of a race: whether it reached the target, and its seconds of training and epochs until then, or in all.

    `starting` are the seconds that it was loaded, traced and compiled for.
    """

    reached: bool
    seconds: float
    epochs: int
    starting: float = 0.0


Outcome = Literal["first", "second", "cannot_tell"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """`outcome` is the winner; `reached` says how many runs of each side reached the target, of `pairs` each.

    If all did, `ratio` is the mean of the first side's time over the second's with its 95 % interval from `low` to
    `high`, and decides. Otherwise the ratio is None: the times of those that never reached it are unknown, and without
    them the rest would be a selection. Then `p` tells by Fisher's exact test whether one side reaches it more often.
    """

    outcome: Outcome
    reached: tuple[int, int]
    pairs: int
    ratio: float | None = None
    low: float = 0.0
    high: float = 0.0
    p: float = 1.0


def lap_of(epochs: Sequence[Evaluated], target: float, starting: float = 0.0) -> Lap | None:
    """The run with these epochs on its way to `target`; None before the first."""
    if not epochs:
        return None
    first = next((number for number, epoch in enumerate(epochs, 1) if epoch.test_accuracy >= target), None)
    until = first or len(epochs)
    seconds = sum(epoch.training_seconds for epoch in epochs[:until])
    return Lap(reached=first is not None, seconds=seconds, epochs=until, starting=starting)


def result_of(pairs: Sequence[tuple[Lap, Lap]], with_starting: bool = False) -> Result | None:
    """The result of pairs of ended runs with the same seed; None for fewer than two pairs, which say nothing.

    `with_starting`: the seconds before the first step count as well.
    """
    if len(pairs) < 2:
        return None
    first, second = zip(*pairs, strict=True)
    reached = sum(lap.reached for lap in first), sum(lap.reached for lap in second)
    if sum(reached) < 2 * len(pairs):
        p = fisher_p(*reached, len(pairs))
        return Result(outcome=more_often(reached, p), reached=reached, pairs=len(pairs), p=p)
    times = [[lap.seconds + with_starting * lap.starting for lap in side] for side in (first, second)]
    ratio, low, high = ratio_interval(*times)
    outcome: Outcome = "first" if high < 1 else "second" if low > 1 else "cannot_tell"
    return Result(outcome=outcome, reached=reached, pairs=len(pairs), ratio=ratio, low=low, high=high)


def more_often(reached: tuple[int, int], p: float) -> Outcome:
    """Which side reached it more often; 'cannot_tell' if that may be chance."""
    if p > SIGNIFICANT:
        return "cannot_tell"
    return "first" if reached[0] > reached[1] else "second"
