"""The current state of a comparison: its events turned into times, ratios and verdicts.

Nothing here is measured or stored: everything that a page says is computed from the recorded events.
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
"""Share of all processors above which other load makes a round, or the machine before or after, count as disturbed: on
two processors, a fifth of one.

The load average is recorded and shown as well but decides nothing: as the mean of the last minute it still includes
this app's own earlier work.
"""


ComparisonEvent = Began | Prepared | Agreed | Warmed | Sampled | Shortcut | Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """`mode` takes `ratio` times as long as `other` at `size`: between `low` and `high` with 95 % confidence.

    `verdict` on `mode`: 'faster', 'slower', or 'cannot_tell' if the interval contains 1.
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
    """The current knowledge about a comparison; its methods and the functions below derive the rest.

    `rounds`: the number done at the newest size. `busy`: other processes used the machine before or after, so it was
    not measured alone. `events`: everything recorded, from which all other fields are computed.

    With two blocks of rounds an interval uses both: see `lib.core.benchmark.intervals.interval`.
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
        """`mode` against `other`; None if they share no round, or one of them computes something else."""
        mine, others = self.timing(size, mode), self.timing(size, other)
        if mine is None or others is None or not (mine.agrees and others.agrees):
            return None
        return _ratio(mine, others)

    def ratios(self, size: int) -> tuple[Ratio, ...]:
        """Every pair of ranked modes once, the mode that comes first in MODES against the other."""
        ranked = [timing for timing in self.at(size) if timing.ranked]
        pairs = (_ratio(mine, others) for mine, others in itertools.combinations(ranked, 2))
        return tuple(pair for pair in pairs if pair is not None)

    def break_even(self, size: int, mode: str, other: str) -> BreakEven | None:
        """Steps after which tracing and compiling `mode` is paid back against `other`. None: never. 0: from the start.

        Computed from the medians; its interval holds if those of the one-off costs and of the ratio hold.
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
        """The share of all rounds of all sizes that are done, 0 to 1."""
        if self.began is None or self.began.rounds <= 0:
            return 0.0
        newest = {event.size: event for event in self.sampled}
        shares = (min(1.0, event.round / (event.planned or self.began.rounds)) for event in newest.values())
        return sum(shares) / len(self.config.sizes)

    @property
    def blocks(self) -> int:
        """The number of blocks of rounds, whose difference the intervals include."""
        return len({block for timing in self.timings for block in timing.blocks})

    @property
    def disturbed(self) -> tuple[Sampled, ...]:
        """The rounds during which other processes or machines used the processors."""
        return tuple(event for event in self.sampled if event.disturbed)


@dataclass(frozen=True, slots=True)
class Change:
    """A pair whose verdict changes under other conditions: `before`, `after`."""

    size: int
    mode: str
    other: str
    before: str
    after: str


def undisturbed(comparison: Comparison) -> Comparison:
    """The same comparison without the disturbed rounds."""
    kept = (event for event in comparison.events if not (isinstance(event, Sampled) and event.disturbed))
    return comparison_of(comparison.config, kept)


def changed_by_others(comparison: Comparison) -> list[Change] | None:
    """The pairs whose verdict changes without the disturbed rounds; None if too few rounds are left to tell."""
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
    """The extra seconds that `mine` takes for tracing and compiling, for each time that both were done."""
    pairs = itertools.zip_longest(_totals(mine), _totals(others), fillvalue=0.0)  # eager has no one-off costs
    return [one - other for one, other in pairs] or [0.0]


def _totals(timing: Timing) -> tuple[float, ...]:
    return OneOff(timing.tracings, timing.compilings).totals


def _ratio(mine: Timing, others: Timing) -> Ratio | None:
    """The pair's ratio from the rounds that count for both; None without such a round."""
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
    """The ratio of `mode` to `other`, under any names, in the `events` of one size; None without a round."""
    kept = Kept.of(events)
    mine, others = timing_of(kept, size, mode), timing_of(kept, size, other)
    return None if mine is None or others is None else _ratio(mine, others)


def verdict(low: float, high: float) -> str:
    """The verdict on the first mode, from the interval of a ratio."""
    if high < 1:
        return FASTER
    return SLOWER if low > 1 else CANNOT_TELL


def comparison_of(config: CompareConfig, events: Iterable[object]) -> Comparison:
    """The comparison with `config` at any point of its `events`; other events are ignored.

    A comparison that was restarted counts from its last start. Events of older versions get today's mode names.
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
    """The event with today's names of its modes."""
    match event:
        case Prepared() | Agreed() | Warmed() | Shortcut():
            return replace(event, mode=renamed.get(event.mode, event.mode))
        case Sampled():
            modes, void = (tuple(renamed.get(mode, mode) for mode in names) for names in (event.modes, event.void))
            return replace(event, modes=modes, void=void)
    return event
