"""The table with every number of a comparison."""

from __future__ import annotations

import math
from typing import Any

from lib.core.benchmark.comparison import Comparison, Ratio
from lib.core.benchmark.labels import as_fast_numbers, factors, mode_short
from lib.core.benchmark.one_off_costs import interval
from lib.core.benchmark.timings import Timing
from lib.ui.compare.guess import base_of
from lib.ui.shell.language import _


def numbers(comparison: Comparison, timings: tuple[Timing, ...]) -> dict[str, list[Any]]:
    """The columns of the table of numbers."""
    base = base_of(comparison.config)
    ratios = [comparison.ratio(timing.size, timing.mode, base) for timing in timings]
    fastest = min(timings, key=lambda timing: timing.median)
    against = [comparison.ratio(timing.size, timing.mode, fastest.mode) for timing in timings]
    tracing, compiling = (
        [interval(values) or (None, None) for values in repeated]
        for repeated in ([timing.tracings for timing in timings], [timing.compilings for timing in timings])
    )
    return {
        _("mode"): [mode_short(timing.mode, _) for timing in timings],
        _("median, ms"): [timing.median for timing in timings],
        _("95 % from, ms"): [timing.low or None for timing in timings],
        _("95 % to, ms"): [timing.high if timing.low else None for timing in timings],
        _("first quartile, ms"): [timing.first_quartile for timing in timings],
        _("third quartile, ms"): [timing.third_quartile for timing in timings],
        _("minimum, ms"): [timing.minimum for timing in timings],
        _("times as long as the fastest"): [
            known(ratio.ratio, ratio.low, ratio.high)[0] if ratio else None for ratio in against
        ],
        _("times as fast as {other}").format(other=mode_short(base, _)): [known_as_fast(ratio)[0] for ratio in ratios],
        _("… from"): [known_as_fast(ratio)[1] for ratio in ratios],
        _("… to"): [known_as_fast(ratio)[2] for ratio in ratios],
        _("tracing, seconds"): [timing.tracing for timing in timings],
        _("tracing from, seconds"): [ends[0] for ends in tracing],
        _("tracing to, seconds"): [ends[1] for ends in tracing],
        _("compiling, seconds"): [timing.compiling for timing in timings],
        _("compiling from, seconds"): [ends[0] for ends in compiling],
        _("compiling to, seconds"): [ends[1] for ends in compiling],
        _("times built"): [len(timing.tracings) for timing in timings],
        _("first call of all, seconds"): [timing.first for timing in timings],
        _("traced"): [timing.traces for timing in timings],
        _("samples"): [len(timing.samples) for timing in timings],
        _("void"): [timing.voided for timing in timings],
        _("steps in a sample"): [timing.steps for timing in timings],
        _("warm-up settled"): [yes_no(timing.settled) for timing in timings],
        _("results agree"): [yes_no(timing.agrees) for timing in timings],
        _("difference of results"): [timing.agreed.output if timing.agreed else None for timing in timings],
        _("difference of weights"): [timing.agreed.weights if timing.agreed else None for timing in timings],
        _("tolerance"): [timing.agreed.tolerance if timing.agreed else None for timing in timings],
        _("ranked"): [yes_no(timing.ranked) for timing in timings],
    }


def known(ratio: float, low: float, high: float) -> tuple[float | None, ...]:
    """A ratio and its interval as numbers, rounded as in the sentences; None for a missing bound."""
    rounded = (float(text.replace(",", "").replace("∞", "inf")) for text in factors(ratio, low, high))
    without = not (low > 0 and math.isfinite(high))
    return tuple(None if without and place else number for place, number in enumerate(rounded))


def known_as_fast(ratio: Ratio | None) -> tuple[float | None, ...]:
    """How many times as fast, and both ends of the interval, as given by `as_fast`."""
    return known(*as_fast_numbers(ratio)) if ratio else (None, None, None)


def yes_no(is_so: bool) -> str:
    """A truth value as a word."""
    return _("yes") if is_so else _("no")
