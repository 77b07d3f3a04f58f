"""A comparison as far as it has come: its events turned into times, ratios and verdicts.

Nothing here is measured or stored: whatever a page says follows from the recorded events again and again.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from lib.core.benchmark.intervals import ratio_interval
from lib.core.benchmark.one_off_costs import BreakEven, OneOff, break_even
from lib.core.benchmark.timings import Kept, Timing, counts, timing_of
from lib.core.studies.configs import CompareConfig
from lib.core.studies.events import Agreed, Began, Measured, Prepared, Sampled, Shortcut, Warmed
from lib.core.studies.modes import old_names_in

FASTER, SLOWER, CANNOT_TELL = "faster", "slower", "cannot_tell"

BUSY = 0.1
"""Share of all processors that others may use before a round, or what comes before or after, counts as disturbed: on
two, a fifth of one.

The load is recorded and said as well but decides nothing: as a mean of the last minute it still holds what this
app itself did before.
"""


ComparisonEvent = Began | Prepared | Agreed | Warmed | Sampled | Shortcut | Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """`mode` takes `ratio` times as long as `other` at `size`: between `low` and `high` with 95 % confidence.

    `verdict` on `mode`: 'faster', 'slower', or 'cannot_tell', where the interval holds 1.
    """

    size: int
    mode: str
    other: str
    ratio: float
    low: float
    high: float
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What is known of a comparison by now; see the functions for what follows from it.

    `rounds`: done at the newest size. `busy`: others used the machine before or after, so it was not measured alone.
    `events`: all that was recorded, from which the rest follows.

    Where there are two blocks of rounds, an interval rests on both: see `lib.core.benchmark.intervals.interval`.
    """

    config: CompareConfig
    began: Began | None
    measured: Measured | None
    rounds: int
    timings: tuple[Timing, ...]
    shortcuts: tuple[Shortcut, ...]
    busy: bool
    events: tuple[ComparisonEvent, ...] = field(repr=False)

    def at(self, size: int) -> tuple[Timing, ...]:
        """The modes timed at `size`, in the order of MODES."""
        return tuple(timing for timing in self.timings if timing.size == size)

    def timing(self, size: int, mode: str) -> Timing | None:
        """The times of `mode` at `size`; None while no round of it counts."""
        return next((timing for timing in self.at(size) if timing.mode == mode), None)

    def ratio(self, size: int, mode: str, other: str) -> Ratio | None:
        """`mode` against `other`; None where they share no round, or one of them computes something else."""
        mine, others = self.timing(size, mode), self.timing(size, other)
        if mine is None or others is None or not (mine.agrees and others.agrees):
            return None
        return _ratio(mine, others)

    def ratios(self, size: int) -> tuple[Ratio, ...]:
        """Every pair of ranked modes once, the one that comes first in MODES against the other."""
        ranked = [timing for timing in self.at(size) if timing.ranked]
        pairs = (_ratio(mine, others) for mine, others in itertools.combinations(ranked, 2))
        return tuple(pair for pair in pairs if pair is not None)

    def break_even(self, size: int, mode: str, other: str) -> BreakEven | None:
        """Steps after which tracing and compiling `mode` is paid back against `other`. None: never. 0: from the start.

        By the medians, with an interval that holds where those of the beginning and of the ratio do.
        """
        mine, others = self.timing(size, mode), self.timing(size, other)
        if mine is None or others is None:
            return None
        gain, ratio = (others.median - mine.median) / 1000, self.ratio(size, mode, other)
        low, high = (ratio.low, ratio.high) if ratio else (0.0, math.inf)
        gains = (others.low * (1 - high) / 1000 if high < 1 else 0.0, others.high * (1 - low) / 1000)
        return break_even(_dearer(mine, others), gain, gains)

    @property
    def sampled(self) -> tuple[Sampled, ...]:
        """All rounds, in order."""
        return tuple(event for event in self.events if isinstance(event, Sampled))

    @property
    def done(self) -> float:
        """Share of all rounds of all sizes that are done, 0 to 1."""
        if self.began is None or self.began.rounds <= 0:
            return 0.0
        newest = {event.size: event for event in self.sampled}
        shares = (min(1.0, event.round / (event.planned or self.began.rounds)) for event in newest.values())
        return sum(shares) / len(self.config.sizes)

    @property
    def blocks(self) -> int:
        """In how many blocks the rounds came, of which an interval knows the difference."""
        return len({block for timing in self.timings for block in timing.blocks})

    @property
    def disturbed(self) -> tuple[Sampled, ...]:
        """The rounds in which others used the machine."""
        return tuple(event for event in self.sampled if event.disturbed)


@dataclass(frozen=True, slots=True)
class Change:
    """A pair whose verdict is another in other circumstances: `before`, `after`."""

    size: int
    mode: str
    other: str
    before: str
    after: str


def undisturbed(comparison: Comparison) -> Comparison:
    """The same without the rounds in which others used the machine."""
    kept = (event for event in comparison.events if not (isinstance(event, Sampled) and event.disturbed))
    return comparison_of(comparison.config, kept)


def changed_by_others(comparison: Comparison) -> list[Change] | None:
    """The pairs whose verdict is another without the disturbed rounds; None where too few others are left to say."""
    quiet, changes = undisturbed(comparison), []
    for size in comparison.config.sizes:
        for pair in comparison.ratios(size):
            alone = quiet.ratio(size, pair.mode, pair.other)
            if alone is None or math.isinf(alone.high):
                return None
            if alone.verdict != pair.verdict:
                changes.append(Change(size, pair.mode, pair.other, pair.verdict, alone.verdict))
    return changes


def _dearer(mine: Timing, others: Timing) -> list[float]:
    """By how many seconds tracing and compiling the one takes longer, each time that both were done."""
    pairs = itertools.zip_longest(_totals(mine), _totals(others), fillvalue=0.0)  # eager has none: nothing was done
    return [one - other for one, other in pairs] or [0.0]


def _totals(timing: Timing) -> tuple[float, ...]:
    return OneOff(timing.tracings, timing.compilings).totals


def _ratio(mine: Timing, others: Timing) -> Ratio | None:
    """The pair's ratio from the rounds in which both count; None without such a round."""
    partners = dict(zip(others.rounds, others.samples, strict=True))
    pairs = [
        (time, partners[number], block)
        for number, time, block in zip(mine.rounds, mine.samples, mine.blocks, strict=True)
        if number in partners
    ]
    if not pairs:
        return None
    times, partners_times, blocks = zip(*pairs, strict=True)
    ratio, low, high = ratio_interval(times, partners_times, counts(blocks))
    return Ratio(
        size=mine.size, mode=mine.mode, other=others.mode, ratio=ratio, low=low, high=high, verdict=verdict(low, high)
    )


def ratio_of(events: Iterable[object], size: int, mode: str, other: str) -> Ratio | None:
    """What `events` of one size say of `mode` against `other`, whatever these are called; None without a round."""
    kept = Kept.of(events)
    mine, others = timing_of(kept, size, mode), timing_of(kept, size, other)
    return None if mine is None or others is None else _ratio(mine, others)


def verdict(low: float, high: float) -> str:
    """What an interval of a ratio says of the first of the two."""
    if high < 1:
        return FASTER
    return SLOWER if low > 1 else CANNOT_TELL


def comparison_of(config: CompareConfig, events: Iterable[object]) -> Comparison:
    """What `events` of a comparison with `config` come to, at any point of it; others than its own are passed over.

    A comparison that began again counts from there. Events of older versions get the names that modes have today.
    """
    own, renamed = _own(events), old_names_in(config.modes)
    if renamed:
        own = [_called_now(event, renamed) for event in own]
    began = next((event for event in own if isinstance(event, Began)), None)
    measured = next((event for event in own if isinstance(event, Measured)), None)
    newest = next((event.size for event in reversed(own) if not isinstance(event, Began | Measured)), None)
    kept = Kept.of(own)
    timings = (timing_of(kept, size, mode) for size in config.sizes for mode in config.modes)
    return Comparison(
        config=config,
        began=began,
        measured=measured,
        rounds=0 if newest is None else len(kept.sampled[newest]),
        timings=tuple(timing for timing in timings if timing is not None),
        shortcuts=tuple(event for event in own if isinstance(event, Shortcut)),
        busy=any(machine.busy > BUSY for machine in (began, measured) if machine is not None),
        events=tuple(own),
    )


def _own(events: Iterable[object]) -> list[ComparisonEvent]:
    own: list[ComparisonEvent] = []
    for event in events:
        if isinstance(event, Began):
            own.clear()
        if isinstance(event, ComparisonEvent):
            own.append(event)
    return own


def _called_now(event: ComparisonEvent, renamed: Mapping[str, str]) -> ComparisonEvent:
    """The event with the names that its modes have today."""
    match event:
        case Prepared() | Agreed() | Warmed() | Shortcut():
            return replace(event, mode=renamed.get(event.mode, event.mode))
        case Sampled():
            modes, void = (tuple(renamed.get(mode, mode) for mode in names) for names in (event.modes, event.void))
            return replace(event, modes=modes, void=void)
    return event
