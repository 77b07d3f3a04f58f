"""A comparison in words: what its charts show with numbers, its progress, and how it was measured."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lib.core.benchmark.comparison import CANNOT_TELL, Comparison
from lib.core.benchmark.comparison_words import disturbed_words
from lib.core.benchmark.factor_words import lesson, lesson_of_sizes
from lib.core.benchmark.labels import as_fast, mode_short, steps_words, time_words
from lib.core.benchmark.one_off_costs import BreakEven, interval
from lib.core.benchmark.timings import Timing
from lib.core.studies.configs import CompareConfig
from lib.core.studies.modes import adam_of
from lib.core.studies.works import WORKS
from lib.ui.compare.charts import break_evens, part_names, parts_of
from lib.ui.compare.guess import base_of, guessed_pair
from lib.ui.shell.language import _
from lib.ui.widgets.text import percent

if TYPE_CHECKING:
    pass


def winners(comparison: Comparison, size: int) -> list[str]:
    """The fastest ranked mode at `size` and those that cannot be told apart from it; empty until two are ranked."""
    ranked = sorted((timing for timing in comparison.at(size) if timing.ranked), key=lambda timing: timing.median)
    if len(ranked) < 2:
        return []
    best = ranked[0].mode
    ratios = {timing.mode: comparison.ratio(size, timing.mode, best) for timing in ranked[1:]}
    return [best, *(mode for mode, ratio in ratios.items() if ratio and ratio.verdict == CANNOT_TELL)]


def headline(comparison: Comparison) -> str:
    """The conclusion in one sentence with its cause; '' if no factor stands alone, or too little is measured."""
    if comparison.config.is_sweep:
        return lesson_of_sizes(comparison, _) or gain_by_size(comparison, base_of(comparison.config))
    return lesson(comparison, comparison.config.sizes[0], _)


def fastest_words(comparison: Comparison) -> str:
    """The fastest mode and its distance from the base mode; empty while unknown."""
    if comparison.config.is_sweep:
        return fastest_by_size(comparison)
    (size,), base = comparison.config.sizes, base_of(comparison.config)
    won = winners(comparison, size)
    if not won:
        return ""
    best = comparison.timing(size, won[0])
    assert best is not None
    names, time = all_of([mode_short(mode, _) for mode in won]), time_words(best.median)
    if len(won) > 1:
        said = _("Fastest, and not to be told apart: {modes}, about {time} a step.").format(modes=names, time=time)
    else:
        said = _("Fastest: {mode}, {time} a step.").format(mode=names, time=time)
    ratio = comparison.ratio(size, won[0], base)
    if ratio is None or base in won or adam_of(base) != adam_of(won[0]):  # the ratio would include the gain of Adam
        return said
    times, *__ = as_fast(ratio)
    return f"{said} " + _("That is {times} times as fast as {other}.").format(times=times, other=mode_short(base, _))


def all_of(names: Sequence[str]) -> str:
    """The names, separated by commas."""
    return ", ".join(names)


def fastest_by_size(comparison: Comparison) -> str:
    """The fastest mode by size, with those that cannot be told apart from it."""
    spans: list[tuple[list[str], list[int]]] = []
    for size in comparison.config.sizes:
        won = winners(comparison, size)
        if won and spans and spans[-1][0] == won:
            spans[-1][1].append(size)
        elif won:
            spans.append((won, [size]))
    said = [
        _("{modes} at {sizes}").format(modes=all_of([mode_short(mode, _) for mode in won]), sizes=span_words(sizes))
        for won, sizes in spans
    ]
    return _("Fastest: {spans}.").format(spans="; ".join(said)) if said else ""


def span_words(sizes: Sequence[int]) -> str:
    """'32', or '4 to 1,024'."""
    if len(sizes) == 1:
        return f"{sizes[0]:,}"
    return _("{low} to {high}").format(low=f"{sizes[0]:,}", high=f"{sizes[-1]:,}")


def gain_by_size(comparison: Comparison, base: str) -> str:
    """How many times as fast as `base` the guessed mode is, at the smallest and at the largest size."""
    mode = guessed_pair(comparison.config)[0]
    ratios = [ratio for size in comparison.config.sizes if (ratio := comparison.ratio(size, mode, base))]
    if len(ratios) < 2:
        return ""
    first, last = as_fast(ratios[0])[0], as_fast(ratios[-1])[0]
    return _("At {smallest}, {mode} is {first} times as fast as {other}; at {largest}, {last} times.").format(
        mode=mode_short(mode, _),
        other=mode_short(base, _),
        first=first,
        smallest=f"{ratios[0].size:,}",
        last=last,
        largest=f"{ratios[-1].size:,}",
    )


def reservations(comparison: Comparison) -> list[str]:
    """What weakens the answer and must be seen at once."""
    said = []
    if comparison.disturbed:
        said += disturbed_words(comparison, _)
    elif comparison.busy:
        said.append(_("The machine had other work meanwhile: repeat this when nothing else runs."))
    if comparison.began and comparison.done < 1:
        said.append(_("Only {share} of all rounds were measured.").format(share=percent(comparison.done, 0)))
    different = [timing for timing in comparison.timings if not timing.agrees]
    if different:
        names = all_of(sorted({mode_short(timing.mode, _) for timing in different}))
        said.append(_("Computes something else, and is not ranked: {modes}.").format(modes=names))
    return said


def work_words(config: CompareConfig) -> str:
    """The work and its sizes, such as 'One convolution · channels in and out: 32'."""
    work = WORKS[config.work]
    return f"{_(work.label)} · {_(work.unit)}: {span_words(config.sizes)}"


def times_words(timings: Sequence[Timing]) -> str:
    """Each mode's median with its interval: the chart of samples for those who cannot see it."""
    return "; ".join(
        _("{mode}: {median} ({low} to {high})").format(
            mode=mode_short(timing.mode, _),
            median=time_words(timing.median),
            low=time_words(timing.low),
            high=time_words(timing.high),
        )
        if timing.low > 0
        else f"{mode_short(timing.mode, _)}: {time_words(timing.median)}"
        for timing in timings
    )


def strip_words(comparison: Comparison, size: int) -> str:
    """The chart of samples as text."""
    timings = comparison.at(size)
    if not timings:
        return _("An empty chart: no sample yet.")
    return _("Milliseconds per step, median with its 95 % interval.") + " " + times_words(timings) + "."


def parts_words(comparison: Comparison, size: int, steps: int) -> str:
    """The time of the first steps by part, as text."""
    names = part_names()
    bars = []
    for timing in comparison.at(size):
        parts = parts_of(timing, steps)
        said = ", ".join(f"{names[part]} {time_words(1000 * seconds)}" for part, seconds in parts.items() if seconds)
        bars.append(f"{mode_short(timing.mode, _)}: {time_words(1000 * sum(parts.values()))} ({said})")
    return "; ".join(bars) + "."


def break_even_words(comparison: Comparison, size: int, base: str) -> list[str]:
    """The number of steps after which each mode's start-up cost is paid back against `base`: a sentence each."""
    found = break_evens(comparison, size, base)
    other = mode_short(base, _)
    said = []
    for timing in comparison.at(size):
        if timing.mode == base:
            continue
        even, mode = found.get(timing.mode), mode_short(timing.mode, _)
        said.append(_paid_back(even).format(mode=mode, other=other, steps=steps_words(even, _) if even else ""))
    return said


def _paid_back(even: BreakEven | None) -> str:
    """The sentence about one mode's start-up cost, as far as it is known."""
    if even is None:
        return _("{mode} never makes up for its start against {other}: its steps are no faster.")
    if even.steps < 1:
        return _("{mode} is ahead of {other} from the first step.")
    if not even.timed:
        return _(
            "{mode} has paid back tracing and compiling against {other} after {steps} steps, by a start that was timed "
            "too rarely for an interval."
        )
    if math.isinf(even.high):
        return _(
            "{mode} may or may not make up for its start against {other}: that its steps are faster cannot be told."
        )
    return _("{mode} has paid back tracing and compiling against {other} after {steps} steps (95 % interval).")


def one_off_words(comparison: Comparison, size: int) -> str:
    """Each mode's one-off costs, with intervals; empty if it was timed too rarely for them."""
    said = []
    for timing in comparison.at(size):
        totals = [1000 * one for one in map(sum, zip(timing.tracings, timing.compilings, strict=True))]
        between = interval(totals)
        if between:
            about = {"mode": mode_short(timing.mode, _), "time": time_words(1000 * timing.beforehand)}
            low, high = map(time_words, between)
            said.append(_("{mode} {time} ({low} to {high})").format(low=low, high=high, **about))
    if not said:
        return ""
    return _(
        "Tracing and compiling together, built anew {count} times after a first time that paid what all share (95 % "
        "intervals): {modes}."
    ).format(count=max(len(timing.tracings) for timing in comparison.at(size)), modes=", ".join(said))


def sweep_words(comparison: Comparison) -> str:
    """Time by size and mode, as text."""
    said = []
    for size in comparison.config.sizes:
        if timings := comparison.at(size):
            medians = ", ".join(f"{mode_short(timing.mode, _)} {time_words(timing.median)}" for timing in timings)
            said.append(f"{size:,}: {medians}")
    return _("Time per step by size.") + " " + "; ".join(said) + "."
