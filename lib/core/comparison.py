"""A comparison as far as it has come: its events turned into times, ratios and verdicts.

Nothing here is measured or stored: whatever a page says follows from the recorded events again and again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from lib.core.studies import CompareConfig
from lib.core.study_events import Agreed, Began, Measured, Shortcut, StudyEvent

FASTER, SLOWER, CANNOT_TELL = "faster", "slower", "cannot_tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """One mode at one size. There is one as soon as a round of it counts.

    rounds      numbers of the rounds that count: the mode did not trace again meanwhile
    samples     milliseconds per step, one for each of `rounds`
    median …    milliseconds per step; `low` to `high` is the 95 % interval of the median
    tracing     seconds; `first`: of the first call after it, `first_steps` steps; `compiling`: what of that call is more
                than those steps take once steady
    warm_up     milliseconds per step of the samples before `rounds`, in order
    agreed      how far its results lie from the first mode's; None for the first mode itself
    ranked      False where its results differ beyond tolerance, or too few samples say nothing
    """

    size: int
    mode: str
    steps: int
    rounds: tuple[int, ...]
    samples: tuple[float, ...] = field(repr=False)
    median: float
    low: float
    high: float
    first_quartile: float
    third_quartile: float
    minimum: float
    tracing: float
    first: float
    first_steps: int
    compiling: float
    traces: int
    voided: int
    settled: bool
    warm_up: tuple[float, ...] = field(repr=False)
    agreed: Agreed | None
    ranked: bool


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
    """

    config: CompareConfig
    began: Began | None
    measured: Measured | None
    rounds: int
    timings: tuple[Timing, ...]
    shortcuts: tuple[Shortcut, ...]
    busy: bool
    events: tuple[StudyEvent, ...] = field(repr=False)

    def at(self, size: int) -> tuple[Timing, ...]:
        """The modes timed at `size`, in the order of MODES."""
        raise NotImplementedError

    def timing(self, size: int, mode: str) -> Timing | None:
        """The times of `mode` at `size`; None while no round of it counts."""
        raise NotImplementedError

    def ratio(self, size: int, mode: str, other: str) -> Ratio | None:
        """`mode` against `other`; None where they share no round, or one of them computes something else."""
        raise NotImplementedError

    def ratios(self, size: int) -> tuple[Ratio, ...]:
        """Every pair of ranked modes once, the one that comes first in MODES against the other."""
        raise NotImplementedError

    def break_even(self, size: int, mode: str, other: str) -> float | None:
        """Steps after which tracing and compiling `mode` is paid back against `other`. None: never. 0: from the start."""
        raise NotImplementedError

    @property
    def done(self) -> float:
        """Share of all rounds of all sizes that are done, 0 to 1."""
        raise NotImplementedError


def comparison_of(config: CompareConfig, events: Iterable[object]) -> Comparison:
    """What `events` of a comparison with `config` come to, at any point of it; others than its own are passed over.

    A comparison that began again counts from there.
    """
    raise NotImplementedError
