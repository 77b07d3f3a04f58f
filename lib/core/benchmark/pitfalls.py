"""What a careless benchmark would have said about the same work, computed from recordings of the honest one.

Each pitfall occurs in published benchmarks. No number is simulated: they are samples that the honest benchmark set
aside, or took afterwards without its precautions. Both use equally many samples, so that neither is more certain merely
because it has more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from lib.core.benchmark.comparison import CANNOT_TELL, FASTER, SLOWER, Comparison, verdict
from lib.core.benchmark.intervals import FEWEST, median_interval, ratio_interval
from lib.core.benchmark.timings import Timing, counts, per_step
from lib.core.i18n import mark
from lib.core.studies.events import Shortcut

SWITCHES: Mapping[str, str] = {
    "warm_up": mark("Leave out the warm-up"),
    "synchronisation": mark("Do not wait for the result"),
    "repetition": mark("Measure only once"),
    "interleaving": mark("One mode after the other, not in turns"),
    "tracing": mark("Count tracing and the first call as well"),
}
"""The precautions that can be left out, by name."""

ELSEWHERE: Mapping[str, str] = {
    "warm_up": mark("It would where few samples are taken, or where memory and caches fill for longer than that."),
    "synchronisation": mark(
        "It would on a GPU: there a call returns as soon as its work is queued, and what is timed is the queueing. "
        "On a processor a call hands back its result, or nearly."
    ),
    "repetition": mark("It would where two ways lie closer together than the samples of either."),
    "interleaving": mark(
        "It would where the machine grows slower or faster meanwhile: a laptop that heats up, a neighbour that starts."
    ),
    "tracing": mark("It would where fewer steps are made, or where one way compiles for much longer than another."),
}
"""Where each pitfall changes the answer, for machines where it does not."""

CLASSIC = frozenset({"warm_up", "repetition", "tracing"})
"""What a benchmark leaves out that calls a function once and prints the time."""

REVERSED, FALSELY_CERTAIN, NO_LONGER_CERTAIN = "reversed", "falsely_certain", "no_longer_certain"


@dataclass(frozen=True, slots=True)
class CarelessTiming:
    """Milliseconds per step of `mode` as the careless benchmark prints it; `interval` is None if it has none."""

    mode: str
    milliseconds: float
    interval: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Flip:
    """A pair of ranked modes with another verdict in the careless benchmark; `kind` is one of three.

    reversed           the slower mode is called faster, with certainty or by the bare number
    falsely_certain    one mode is called faster although the honest benchmark cannot tell
    no_longer_certain  it cannot tell although the honest benchmark can
    """

    mode: str
    other: str
    kind: str


@dataclass(frozen=True, slots=True)
class _Sample:
    """Milliseconds `per_step` over `steps` steps, in a `block` of rounds."""

    per_step: float
    steps: int
    block: int = 1

    @property
    def milliseconds(self) -> float:
        return self.per_step * self.steps


def careless(comparison: Comparison, size: int, left_out: frozenset[str]) -> tuple[CarelessTiming, ...]:
    """What a benchmark without the precautions `left_out` prints at `size`, for the modes with such recordings.

    warm_up          the first call and the warm-up samples count first, and as many fewer of the others
    synchronisation  the clock stops when the call returns; also one mode after the other, as it was recorded
    interleaving     the samples of a mode directly follow each other
    repetition       only the first of the samples that would have counted, so there is no interval
    tracing          tracing and the first call are added to the total, which is divided by all steps: no interval

    Raises ValueError for a name that SWITCHES does not have.
    """
    if unknown := left_out - SWITCHES.keys():
        raise ValueError(f"left_out must be of {', '.join(SWITCHES)}, but has {', '.join(sorted(unknown))}")
    timed = ((timing, _samples(comparison, timing, left_out)) for timing in comparison.at(size))
    return tuple(_printed(timing, samples, left_out) for timing, samples in timed if samples)


def flipped(comparison: Comparison, size: int, left_out: frozenset[str]) -> list[Flip]:
    """Pairs of ranked modes on which the careless benchmark differs from an honest one with as many samples.

    Its reader takes the mode with the smaller number for the faster one. If it prints intervals, the reader compares
    the samples pair by pair as for the honest one, so that the only difference is the precautions left out.
    """
    if not left_out:
        return []
    printed = {timing.mode: timing for timing in careless(comparison, size, left_out)}
    taken = {timing.mode: _samples(comparison, timing, left_out) for timing in comparison.at(size)}
    found = []
    for pair in comparison.ratios(size):
        if pair.mode in printed and pair.other in printed:
            count = max(FEWEST, min(len(taken[pair.mode]), len(taken[pair.other])))
            if "repetition" in left_out:  # a single sample against all: that is the pitfall
                count = len(comparison.sampled)
            honest = _honest(comparison, size, pair.mode, pair.other, count)
            kind = _kind(honest, _order(printed[pair.mode], printed[pair.other], taken))
            found += [Flip(pair.mode, pair.other, kind)] if kind else []
    return found


def sample_count(comparison: Comparison, size: int, left_out: frozenset[str]) -> int:
    """The smallest number of samples per mode in the careless benchmark; 0 if it has none."""
    return min((len(_samples(comparison, timing, left_out)) for timing in comparison.at(size)), default=0)


def _kind(honest: str, said: str) -> str:
    """The kind of Flip between the verdicts `honest` and `said`; '' if they agree."""
    if said == honest:
        return ""
    if honest == CANNOT_TELL:
        return FALSELY_CERTAIN
    return NO_LONGER_CERTAIN if said == CANNOT_TELL else REVERSED


def _honest(comparison: Comparison, size: int, mode: str, other: str, count: int) -> str:
    """The verdict from at most `count` of the rounds that count for both modes, evenly spread over all of them."""
    mine, others = comparison.timing(size, mode), comparison.timing(size, other)
    assert mine is not None
    assert others is not None
    partners = dict(zip(others.rounds, others.samples, strict=True))
    pairs = [
        (time, partners[number], block)
        for number, time, block in zip(mine.rounds, mine.samples, mine.blocks, strict=True)
        if number in partners
    ]
    kept = [pairs[k * len(pairs) // count] for k in range(count)] if count < len(pairs) else pairs
    times, partners_times, blocks = zip(*kept, strict=True)
    __, low, high = ratio_interval(times, partners_times, counts(blocks))
    return verdict(low, high)


def _samples(comparison: Comparison, timing: Timing, left_out: frozenset[str]) -> list[_Sample]:
    """The samples that the careless benchmark uses, in the order of measurement."""
    taken = [_Sample(sample, timing.steps, block) for sample, block in zip(timing.samples, timing.blocks, strict=True)]
    if left_out & {"synchronisation", "interleaving"}:
        taken = _shortcut(comparison, timing, "unsynchronised" if "synchronisation" in left_out else "block")
    if taken and "warm_up" in left_out:
        cold = _cold(timing)[: min(len(_cold(other)) for other in comparison.at(timing.size))]
        taken = [*cold, *taken][: len(taken)]
    return taken[:1] if "repetition" in left_out else taken


def _shortcut(comparison: Comparison, timing: Timing, kind: str) -> list[_Sample]:
    """Samples taken without precautions; empty if there are none yet."""
    of_mode = (one for one in comparison.shortcuts if (one.size, one.mode) == (timing.size, timing.mode))
    return [_Sample(per_step(time, one.steps), one.steps) for one in of_mode for time in _times(one, kind)]


def _times(shortcut: Shortcut, kind: str) -> tuple[int, ...]:
    return shortcut.unsynchronised if kind == "unsynchronised" else shortcut.block


def _cold(timing: Timing) -> list[_Sample]:
    """The first call, if it was recorded, and the warm-up."""
    first = [_first_call(timing)] if timing.first > 0 else []
    return first + [_Sample(sample, timing.warm_up_steps) for sample in timing.warm_up]


def _first_call(timing: Timing) -> _Sample:
    return _Sample(timing.first * 1000 / timing.first_steps, timing.first_steps)


def _printed(timing: Timing, samples: Sequence[_Sample], left_out: frozenset[str]) -> CarelessTiming:
    """The number and the interval that `samples` give."""
    if "tracing" in left_out:
        return CarelessTiming(timing.mode, _with_tracing(timing, samples, left_out), None)
    each = [sample.per_step for sample in samples]
    blocks = counts([sample.block for sample in samples])
    interval = median_interval(each, blocks) if len(each) >= FEWEST else None
    return CarelessTiming(timing.mode, median(each), interval)


def _with_tracing(timing: Timing, samples: Sequence[_Sample], left_out: frozenset[str]) -> float:
    """Milliseconds per step including tracing; without a warm-up the first call is already among `samples`."""
    counted = list(samples)
    if timing.first > 0 and "warm_up" not in left_out:
        counted.append(_first_call(timing))
    total = timing.first_tracing * 1000 + sum(sample.milliseconds for sample in counted)
    return total / sum(sample.steps for sample in counted)


def _order(mine: CarelessTiming, others: CarelessTiming, taken: Mapping[str, Sequence[_Sample]]) -> str:
    """The verdict that a reader of the careless benchmark reaches."""
    if mine.interval and others.interval:
        pairs = list(zip(taken[mine.mode], taken[others.mode], strict=False))
        times, partners = zip(*((one.per_step, other.per_step) for one, other in pairs), strict=True)
        __, low, high = ratio_interval(times, partners, counts([one.block for one, _other in pairs]))
        return verdict(low, high)
    if mine.milliseconds == others.milliseconds:
        return CANNOT_TELL
    return FASTER if mine.milliseconds < others.milliseconds else SLOWER
