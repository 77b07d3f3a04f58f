"""The times of one mode at one size, from its recorded events."""

from __future__ import annotations

import itertools
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from lib.core.benchmark.intervals import FEWEST, median_interval
from lib.core.benchmark.one_off_costs import middle, one_off
from lib.core.studies.events import Agreed, Prepared, Sampled, Warmed

SETTLED = 0.05
"""How far the last warm-up samples may lie outside the counted samples and still be called settled."""


LAST = 3
"""The number of last warm-up samples, whose median decides on that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """The times of one mode at one size, available once a round of it counts.

    rounds      numbers of the rounds that count, in which the mode did not trace again
    blocks      the block of each of `rounds`
    samples     milliseconds per step, one for each of `rounds`
    median …    milliseconds per step; `low` to `high` is the 95 % interval of the median
    tracings    seconds for building the graph, each time that was done; `compilings`: the first call's time after it
    minus
                that of its steps once steady; both empty for eager, see `lib.core.benchmark.one_off_costs`
    tracing …   their medians, None for eager; `beforehand`: the median of both together, 0 for eager
    first       seconds of the very first call, of `first_steps` steps, after `first_tracing`: in these two the first
    mode
                also paid shared costs
    settled     the warm-up ended within the range of the counted samples: more warm-up would have changed nothing
    warm_up     milliseconds per step of the samples before `rounds`, in order, of `warm_up_steps` steps each
    agreed      the difference of its results from the first mode's; None if not checked
    ranked      False if its results differ beyond the tolerance, or there are too few samples
    """

    size: int
    mode: str
    steps: int
    rounds: tuple[int, ...]
    blocks: tuple[int, ...]
    samples: tuple[float, ...] = field(repr=False)
    median: float
    low: float
    high: float
    first_quartile: float
    third_quartile: float
    minimum: float
    tracings: tuple[float, ...] = field(repr=False)
    compilings: tuple[float, ...] = field(repr=False)
    tracing: float | None
    compiling: float | None
    beforehand: float
    first_tracing: float
    first: float
    first_steps: int
    traces: int
    voided: int
    settled: bool
    warm_up: tuple[float, ...] = field(repr=False)
    warm_up_steps: int
    agreed: Agreed | None
    ranked: bool

    @property
    def agrees(self) -> bool:
        """Whether it computes the same as the first mode, as far as that was checked."""
        return self.agreed is None or self.agreed.agrees


def counts(blocks: Sequence[int]) -> tuple[int, ...]:
    """The size of each block; `blocks` are the block numbers of the samples, in order."""
    return tuple(len(list(same)) for __, same in itertools.groupby(blocks))


@dataclass(slots=True)
class Kept:
    """The events by their subject: (size, mode), or size for the rounds."""

    prepared: dict[tuple[int, str], Prepared] = field(default_factory=dict)
    agreed: dict[tuple[int, str], Agreed] = field(default_factory=dict)
    warmed: dict[tuple[int, str], Warmed] = field(default_factory=dict)
    sampled: defaultdict[int, list[Sampled]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, events: Iterable[object]) -> Kept:
        kept = cls()
        for event in events:
            match event:
                case Prepared():
                    kept.prepared[event.size, event.mode] = event
                case Agreed():
                    kept.agreed[event.size, event.mode] = event
                case Warmed():
                    kept.warmed[event.size, event.mode] = event
                case Sampled():
                    kept.sampled[event.size].append(event)
        return kept


def timing_of(kept: Kept, size: int, mode: str) -> Timing | None:
    """The times of `mode` at `size` in the events; None while no round of it counts."""
    prepared, warmed = kept.prepared.get((size, mode)), kept.warmed.get((size, mode))
    agreed = kept.agreed.get((size, mode))
    of_mode = [event for event in kept.sampled[size] if mode in event.modes]
    counting = [event for event in of_mode if mode not in event.void]
    if prepared is None or not counting:
        return None
    samples = tuple(per_step(event.times[event.modes.index(mode)], prepared.steps) for event in counting)
    blocks = tuple(event.block for event in counting)
    warm_up = tuple(per_step(time, warmed.steps) for time in warmed.times) if warmed else ()
    low, high = median_interval(samples, counts(blocks))
    first_quartile, median, third_quartile = (float(value) for value in np.percentile(samples, (25, 50, 75)))
    once = one_off(prepared, median)
    return Timing(
        size=size,
        mode=mode,
        steps=prepared.steps,
        rounds=tuple(event.round for event in counting),
        blocks=blocks,
        samples=samples,
        median=median,
        low=low,
        high=high,
        first_quartile=first_quartile,
        third_quartile=third_quartile,
        minimum=min(samples),
        tracings=once.tracings,
        compilings=once.compilings,
        tracing=middle(once.tracings),
        compiling=middle(once.compilings),
        beforehand=middle(once.totals) or 0.0,
        first_tracing=prepared.tracing / 1e9,
        first=prepared.first / 1e9,
        first_steps=prepared.first_steps,
        traces=prepared.traces,
        voided=len(of_mode) - len(counting),
        settled=warmed is not None and warmed.settled and settled(warm_up, samples),
        warm_up=warm_up,
        warm_up_steps=warmed.steps if warmed else prepared.steps,
        agreed=agreed,
        ranked=(agreed is None or agreed.agrees) and len(samples) >= FEWEST,
    )


def settled(warm_up: Sequence[float], samples: Sequence[float]) -> bool:
    """Whether the last warm-up times lie within, or nearly within, the middle 90 % of the samples that followed."""
    if not warm_up:
        return False
    last = statistics.median(warm_up[-LAST:])
    low, high = np.percentile(samples, (5, 95))
    return bool(low * (1 - SETTLED) <= last <= high * (1 + SETTLED))


def per_step(nanoseconds: int, steps: int) -> float:
    """Milliseconds per step."""
    return nanoseconds / steps / 1e6
