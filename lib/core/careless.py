"""What a careless benchmark would have said of the same work, from what was recorded beside the honest samples.

Each carelessness is one that is met in published benchmarks. Nothing is made up: the numbers are samples that the
honest benchmark has put aside, or took afterwards without its precautions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from lib.core.comparison import CANNOT_TELL, FASTER, SLOWER, Comparison, Timing, per_step, verdict
from lib.core.study_events import Shortcut
from lib.core.timing import FEWEST, median_interval, ratio_interval
from lib.core.words import mark

SWITCHES: Mapping[str, str] = {
    "warm_up": mark("Leave out the warm-up"),
    "synchronisation": mark("Do not wait for the result"),
    "repetition": mark("Measure only once"),
    "interleaving": mark("One mode after the other, not in turns"),
    "tracing": mark("Count tracing and the first call as well"),
}
"""What can be left out, by name: each is one carelessness."""


@dataclass(frozen=True, slots=True)
class CarelessTiming:
    """Milliseconds per step of `mode` as such a benchmark would print it; `interval` None where it could print none."""

    mode: str
    milliseconds: float
    interval: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class _Sample:
    """Milliseconds `per_step` over `steps` steps."""

    per_step: float
    steps: int

    @property
    def milliseconds(self) -> float:
        return self.per_step * self.steps


def careless(comparison: Comparison, size: int, left_out: frozenset[str]) -> tuple[CarelessTiming, ...]:
    """What a benchmark without `left_out`, of SWITCHES, prints at `size`; modes without such recordings are missing.

    warm_up          the first call and the samples of the warm-up count like all others
    synchronisation  the clock stops when the call returns; one mode after the other, too, for so that was recorded
    interleaving     the samples of a mode come one right after the other
    repetition       only the first of the samples that would have counted, so there is no interval
    tracing          tracing and the first call are added to the total, which is divided by all steps: no interval

    Raises ValueError for a name that SWITCHES does not have.
    """
    if unknown := left_out - SWITCHES.keys():
        raise ValueError(f"left_out must be of {', '.join(SWITCHES)}, but has {', '.join(sorted(unknown))}")
    timed = ((timing, _samples(comparison, timing, left_out)) for timing in comparison.at(size))
    return tuple(_printed(timing, samples, left_out) for timing, samples in timed if samples)


def flipped(comparison: Comparison, size: int, left_out: frozenset[str]) -> list[tuple[str, str]]:
    """Pairs of ranked modes that such a benchmark puts in another order than the honest one does.

    Its reader takes the smaller number for the faster mode; where it prints intervals, they compare the samples pair by
    pair as the honest reader does, so that the only difference is what was left out.
    """
    printed = {timing.mode: timing for timing in careless(comparison, size, left_out)}
    taken = {timing.mode: _samples(comparison, timing, left_out) for timing in comparison.at(size)}
    return [
        (pair.mode, pair.other)
        for pair in comparison.ratios(size)
        if pair.mode in printed
        and pair.other in printed
        and left_out
        and _order(printed[pair.mode], printed[pair.other], taken) != pair.verdict
    ]


def _samples(comparison: Comparison, timing: Timing, left_out: frozenset[str]) -> list[_Sample]:
    """The samples that count for such a benchmark, in the order in which they were taken."""
    taken = [_Sample(sample, timing.steps) for sample in timing.samples]
    if left_out & {"synchronisation", "interleaving"}:
        taken = _shortcut(comparison, timing, "unsynchronised" if "synchronisation" in left_out else "block")
    if taken and "warm_up" in left_out:
        taken = [*_cold(timing), *taken]
    return taken[:1] if "repetition" in left_out else taken


def _shortcut(comparison: Comparison, timing: Timing, kind: str) -> list[_Sample]:
    """Samples taken without precautions; empty while there are none."""
    of_mode = (one for one in comparison.shortcuts if (one.size, one.mode) == (timing.size, timing.mode))
    return [_Sample(per_step(time, one.steps), one.steps) for one in of_mode for time in _times(one, kind)]


def _times(shortcut: Shortcut, kind: str) -> tuple[int, ...]:
    return shortcut.unsynchronised if kind == "unsynchronised" else shortcut.block


def _cold(timing: Timing) -> list[_Sample]:
    """The first call, where there was one, and the warm-up."""
    first = [_first_call(timing)] if timing.first > 0 else []
    return first + [_Sample(sample, timing.warm_up_steps) for sample in timing.warm_up]


def _first_call(timing: Timing) -> _Sample:
    return _Sample(timing.first * 1000 / timing.first_steps, timing.first_steps)


def _printed(timing: Timing, samples: Sequence[_Sample], left_out: frozenset[str]) -> CarelessTiming:
    """The number and the interval that come of `samples`."""
    if "tracing" in left_out:
        return CarelessTiming(timing.mode, _with_tracing(timing, samples, left_out), None)
    each = [sample.per_step for sample in samples]
    interval = median_interval(each) if len(each) >= FEWEST else None
    return CarelessTiming(timing.mode, median(each), interval)


def _with_tracing(timing: Timing, samples: Sequence[_Sample], left_out: frozenset[str]) -> float:
    """Milliseconds per step of everything; without a warm-up the first call is among `samples` already."""
    counted = list(samples)
    if timing.first > 0 and "warm_up" not in left_out:
        counted.append(_first_call(timing))
    total = timing.first_tracing * 1000 + sum(sample.milliseconds for sample in counted)
    return total / sum(sample.steps for sample in counted)


def _order(mine: CarelessTiming, others: CarelessTiming, taken: Mapping[str, Sequence[_Sample]]) -> str:
    """The verdict that a reader of such a benchmark comes to."""
    if mine.interval and others.interval:
        # From the end, for there the rounds are: how many samples a warm-up takes differs from mode to mode.
        pairs = zip(reversed(taken[mine.mode]), reversed(taken[others.mode]), strict=False)
        __, low, high = ratio_interval(*zip(*((one.per_step, other.per_step) for one, other in pairs), strict=True))
        return verdict(low, high)
    if mine.milliseconds == others.milliseconds:
        return CANNOT_TELL
    return FASTER if mine.milliseconds < others.milliseconds else SLOWER
