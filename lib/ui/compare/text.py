"""A comparison in words: what its charts show with numbers, its progress, and how it was measured."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lib.core.benchmark.comparison import CANNOT_TELL, Comparison, comparison_of
from lib.core.benchmark.comparison_progress import seconds_left
from lib.core.benchmark.comparison_words import (
    as_fast,
    disturbed_words,
    machine_name,
    mode_label,
    mode_short,
    steps_words,
    time_words,
)
from lib.core.benchmark.factor_words import adam_words, lesson, lesson_of_sizes, loop_words
from lib.core.benchmark.one_off_costs import BreakEven, interval
from lib.core.benchmark.pitfalls import (
    CLASSIC,
    ELSEWHERE,
    FALSELY_CERTAIN,
    NO_LONGER_CERTAIN,
    REVERSED,
    SWITCHES,
    CarelessTiming,
    Flip,
    careless,
    flipped,
)
from lib.core.benchmark.timings import Timing
from lib.core.i18n import mark
from lib.core.numbers import percent
from lib.core.studies.configs import WORKS, CompareConfig
from lib.core.studies.events import Agreed, Began, Prepared, Sampled, Waiting, Warmed
from lib.core.studies.modes import adam_of, way_of
from lib.ui.compare.charts import break_evens, part_names, parts_of
from lib.ui.compare.guess import base_of, guessed_pair
from lib.ui.jobs.studies import StudyEvents
from lib.ui.shell.language import _
from lib.ui.widgets.text import bold, duration

if TYPE_CHECKING:
    from lib.runs.model.run import Study


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


def careless_words(
    careless: Sequence[CarelessTiming], flips: Sequence[Flip], left_out: Collection[str], samples: int
) -> str:
    """Where the careless benchmark contradicts an honest one with as many samples; if nowhere here, where it would.

    `left_out`: the names of the precautions left out; `samples`: the number of samples of each mode in both.
    """
    if not left_out:
        return _("Nothing is left out yet: switch something on, and see what the same recordings would have said.")
    if not careless:
        return _("This comparison has no recordings of that: it was stopped before they were made.")
    if not flips:
        said = _(
            "Here that flips nothing: an honest benchmark with as many samples says the same of every pair. But look "
            "at how far the numbers move."
        )
        return " ".join([said, *(_(ELSEWHERE[name]) for name in SWITCHES if name in left_out)])
    found = flips_words(flips)
    if "repetition" not in left_out:
        text = _("Held against an honest benchmark with as many samples: {count} of each way.")
        found.append(text.format(count=samples))
    return " ".join(found)


FLIPS: Mapping[str, str] = {
    REVERSED: mark("The answer flips, and the slower one is called the faster: {pairs}."),
    FALSELY_CERTAIN: mark("Falsely certain: one is called faster where nothing can be told: {pairs}."),
    NO_LONGER_CERTAIN: mark("No longer certain: a difference that is there is not found: {pairs}."),
}
"""The names of the kinds of flip."""


def flips_words(flips: Sequence[Flip]) -> list[str]:
    """A sentence for each kind of flip, with its pairs."""
    said = []
    for kind, text in FLIPS.items():
        pairs = [
            _("{mode} and {other}").format(mode=mode_short(flip.mode, _), other=mode_short(flip.other, _))
            for flip in flips
            if flip.kind == kind
        ]
        if pairs:
            said.append(_(text).format(pairs=all_of(pairs)))
    return said


def each_carelessness(comparison: Comparison, size: int) -> list[str]:
    """What each carelessness alone, and the classic three together, flips here or would flip elsewhere."""
    singles = [(_(label), frozenset({name}), _(ELSEWHERE[name])) for name, label in SWITCHES.items()]
    classic = (_("All of a beginner's at once: call it a single time and print what that took"), CLASSIC, "")
    said = []
    for label, left_out, elsewhere in (*singles, classic):
        if not careless(comparison, size, left_out):
            continue
        flips = flips_words(flipped(comparison, size, left_out))
        words = flips or [_("Flips nothing here."), elsewhere]
        said.append(" ".join([f"{bold(label)}.", *words]).strip())
    return said


def progress_words(study: Study, events: StudyEvents) -> str:
    """The current activity, and the time left."""
    assert isinstance(study.config, CompareConfig)
    size = getattr(events[-1] if events else None, "size", None)
    parts = [doing_words(events)]
    if study.config.is_sweep and size is not None:
        sizes = study.config.sizes
        parts.insert(
            0,
            _("size {size} ({place} of {count})").format(
                size=f"{size:,}", place=sizes.index(size) + 1, count=len(sizes)
            ),
        )
    left = time_left(study, events)
    return " · ".join([*parts, _("about {time} left").format(time=duration(left))] if left else parts)


def doing_words(events: StudyEvents) -> str:
    """The current activity."""
    newest = events[-1] if events else None
    began = next((event for event in events if isinstance(event, Began)), None)
    rounds = [event for event in events if isinstance(event, Sampled) and event.size == getattr(newest, "size", None)]
    planned = (rounds[-1].planned if rounds else 0) or (began.rounds if began else 0)
    if len(rounds) >= planned > 0:
        return _("recording what a careless benchmark would measure")
    match newest:
        case Sampled():
            return _("round {round} of {rounds}").format(round=len(rounds), rounds=planned)
        case Waiting() if rounds:
            return _("a pause; then a second block of rounds")
        case Waiting():
            return _("{mode} is being prepared").format(mode=mode_short(newest.mode, _))
        case Prepared():
            return _("{mode} is traced and compiled").format(mode=mode_short(newest.mode, _))
        case Agreed():
            return _("looking whether all modes compute the same")
        case Warmed():
            return _("{mode} is warm").format(mode=mode_short(newest.mode, _))
        case _:
            return _("tracing, compiling, warming up")


def time_left(study: Study, events: StudyEvents) -> float | None:
    """Estimated seconds until it is over; None before the first round."""
    assert isinstance(study.config, CompareConfig)
    comparison = comparison_of(study.config, events)
    if comparison.began is None or study.claimed_at is None:
        return None
    began = datetime.fromisoformat(comparison.began.at) if comparison.began.at else study.claimed_at
    return seconds_left(comparison, (datetime.now(UTC) - began).total_seconds())


def protocol_words(comparison: Comparison) -> list[str]:
    """How it was measured: a sentence for each precaution."""
    began = comparison.began
    said = [
        _("Every mode runs the same work with the same weights over the same data, and the results are compared."),
        _("Tracing, the first call with its compiling, and the steady state are three numbers, not one."),
        _(
            "What every mode pays once, such as loading kernels, is paid before in a build that does not count. Then "
            "each is built anew several times, in an order drawn anew: eager has nothing to build."
        ),
        _("Each mode is warmed up until two medians in a row agree within 5 %, within bounds; that does not count."),
        _(
            "Then every round times each mode once, in an order drawn anew, so that no mode always follows the same "
            "other and a machine that grows hot or slow does so to all of them. Rounds: {rounds}, or fewer where the "
            "time is short; they come in two blocks with a pause between."
        ).format(rounds=began.rounds if began else "–"),
        _(
            "A sample is at least 10 ms of work and ends when its result is on the host; the clock counts nanoseconds "
            "and Python's garbage collector is off. A sample in which a function was traced again is void: {voided}."
        ).format(voided=sum(timing.voided for timing in comparison.timings)),
        _(
            "Said are the median and its 95 % interval by order statistics, which no spike can move; a ratio comes "
            "from the samples of the same rounds, so that drift cancels."
        ),
        _(
            "Samples resemble the ones before them, so the interval is as much wider as that makes it; and it reaches "
            "from what one block says to what the other does: nothing is certain on which they do not agree."
        ),
        _(
            "What lasts for a whole run is in no interval of that run: repeat it, or try A/A, to see how far apart two "
            "runs of the same lie."
        ),
        _(
            "In every round it is looked at what others do on this machine, and what other machines take of it. "
            "Disturbed: {disturbed} of {rounds}."
        ).format(disturbed=len(comparison.disturbed), rounds=len(comparison.sampled)),
    ]
    if "session" in comparison.config.modes:
        said.append(_("The Session of TensorFlow 1 runs in a process of its own, in turns with the others."))
    return said


def machine_words(comparison: Comparison) -> list[str]:
    """The machine it was measured on, and whether that was idle."""
    began, measured = comparison.began, comparison.measured
    if began is None:
        return []
    versions = " · ".join(f"{name} {version}" for name, version in began.versions.items())
    said = [
        machine_name(began),
        _("{processors} processors, {memory} GB of memory, {threads} threads for TensorFlow").format(
            processors=began.processors, memory=f"{began.memory / 2**30:.1f}", threads=began.threads
        ),
        versions,
        _("Before: load {load}, {busy} of all processors used by others.").format(
            load=f"{began.load:.2f}", busy=percent(began.busy, 0)
        ),
    ]
    if measured:
        said.append(
            _("Afterwards: load {load}, {busy} of all processors used by others.").format(
                load=f"{measured.load:.2f}", busy=percent(measured.busy, 0)
            )
        )
    return [*said, *circumstances_words(began)]


def circumstances_words(began: Began) -> list[str]:
    """Date, version of the app and flags; values that an older version did not record are left out."""
    said = []
    if began.at:
        said.append(_("Measured at {moment} (UTC), on {system}.").format(moment=began.at, system=began.system))
    if began.commit:
        said.append(_("Version of this app: {commit}.").format(commit=f"`{began.commit}`"))
    if began.flags:
        flags = ", ".join(f"`{name}={value}`" for name, value in began.flags.items())
        said.append(_("Flags: {flags}.").format(flags=flags))
    return said


def modes_words(config: CompareConfig) -> list[str]:
    """A description of each mode."""
    return [mode_label(mode, _) for mode in config.modes]


CODE: Mapping[str, tuple[str, str]] = {
    "eager": ("OneCall", "lib/ml/benchmark/candidates.py"),
    "graph": ("OneCall", "lib/ml/benchmark/candidates.py"),
    "xla": ("OneCall", "lib/ml/benchmark/candidates.py"),
    "session": ("Running", "lib/ml/benchmark/tf1_session.py"),
    "fit": ("Fit", "lib/ml/benchmark/keras_fit.py"),
    "loop": ("Loop", "lib/ml/benchmark/candidates.py"),
    "loop_xla": ("Loop", "lib/ml/benchmark/candidates.py"),
}
"""The code that makes the steps of each way, and its file: the section 'Code' shows it."""


def modes_table(comparison: Comparison) -> dict[str, list[str]]:
    """Each mode's description, who requests its next step, how its Adam is written, and the name of its code."""
    config = comparison.config
    known = {timing.mode: timing.steps for size in config.sizes for timing in comparison.at(size)}
    columns = {
        _("mode"): [mode_label(mode, _) for mode in config.modes],
        _("its loop"): [loop_words(mode, known.get(mode), _) for mode in config.modes],
    }
    if WORKS[config.work].trains:
        columns[_("its Adam")] = [adam_words(mode, _) for mode in config.modes]
    code = (CODE[way_of(mode)] for mode in config.modes)
    return columns | {_("its code"): [f"`{name}` · `{path}`" for name, path in code]}
