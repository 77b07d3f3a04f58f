"""A comparison in sentences that can be read aloud: each follows from its numbers and quotes them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from lib.core.benchmark.comparison import CANNOT_TELL, FASTER, SLOWER, Comparison, Ratio, changed_by_others
from lib.core.benchmark.intervals import FEWEST
from lib.core.benchmark.labels import as_fast, factors, machine_name, mode_short, steps_words, time_words
from lib.core.benchmark.timings import Timing
from lib.core.i18n import Translate, mark
from lib.core.numbers import percent
from lib.core.studies.events import Agreed, Sampled
from lib.core.studies.modes import adam_of, base_of, of_way
from lib.core.studies.works import WORKS

SWEPT = (("graph", "eager"), ("xla", "eager"), ("session", "eager"), ("xla", "graph"))
"""Pairs of ways for which a sweep says where the first is faster."""

MANY_PAIRS = 6
"""From this many pairs on, a caveat says that some of their intervals will miss the truth."""


def summary(comparison: Comparison, _: Translate) -> list[str]:
    """All sentences so far, in the language of `_`; none before the machine is known."""
    if comparison.began is None:
        return []
    said = [*_about(comparison, _), *_reservations(comparison, _), *_agreement(comparison, _)]
    said += _sweep(comparison, _) if comparison.config.is_sweep else _one_size(comparison, _)
    return [*said, *_caveat(comparison, _)]


def _about(comparison: Comparison, _: Translate) -> Iterator[str]:
    """What was compared, where and how."""
    began, config, work = comparison.began, comparison.config, WORKS[comparison.config.work]
    assert began is not None
    yield _("{work} ({unit}: {sizes}) in {count} ways: {modes}.").format(
        work=_(work.label),
        unit=_(work.unit),
        sizes=", ".join(f"{size:,}" for size in config.sizes),
        count=len(config.modes),
        modes=", ".join(mode_short(mode, _) for mode in config.modes),
    )
    yield _("Machine: {machine}. Processors: {processors}, threads: {threads}; {versions}.").format(
        machine=machine_name(began),
        processors=began.processors,
        threads=began.threads,
        versions=", ".join(f"{name} {version}" for name, version in began.versions.items()),
    )
    yield _("Every round times each way once, in an order drawn anew. Rounds at each size: {rounds}.").format(
        rounds=", ".join(str(count) for count in _rounds_by_size(comparison)) or began.rounds
    )
    if comparison.blocks > 1:
        yield _("The rounds come in {blocks} blocks with a pause between; each interval rests on all of them.").format(
            blocks=comparison.blocks
        )
    elif comparison.timings:
        yield _("The rounds are one block: how far a second one would lie from it is not known.")


def _rounds_by_size(comparison: Comparison) -> list[int]:
    """The number of rounds at each size that was begun; a single number if they are all the same."""
    counts = list(Counter(event.size for event in comparison.sampled).values())
    return counts[:1] if len(set(counts)) == 1 else counts


def _reservations(comparison: Comparison, _: Translate) -> Iterator[str]:
    """What makes the numbers less reliable."""
    began, measured = comparison.began, comparison.measured
    assert began is not None
    if comparison.done < 1:
        yield _("Only {share} of all rounds were done: fewer samples make wider intervals.").format(
            share=percent(comparison.done, 0)
        )
    if comparison.disturbed:
        yield from disturbed_words(comparison, _)
    if comparison.busy:
        shares = [percent(machine.busy, 0) for machine in (began, measured) if machine is not None]
        yield _(
            "The machine had other work, which took this share of its processors before and after: {shares}. "
            "Repeat it when nothing else runs."
        ).format(shares=", ".join(shares))
    for timing in comparison.timings:
        yield from _troubles(timing, comparison, _)
    yield from _nothing_counts(comparison, _)


def disturbed_words(comparison: Comparison, _: Translate) -> list[str]:
    """In how many rounds other work used the machine, how much of it, and whether a verdict depends on these rounds."""
    disturbed = comparison.disturbed
    said = [
        _(
            "Others used the machine in {disturbed} of {rounds} rounds: other processes up to {others} of its "
            "processors, other machines on the same hardware up to {stolen}."
        ).format(
            disturbed=len(disturbed),
            rounds=len(comparison.sampled),
            others=percent(max(event.others for event in disturbed), 0),
            stolen=percent(max(event.stolen for event in disturbed), 0),
        )
    ]
    changes = changed_by_others(comparison)
    if changes is None:
        said.append(_("Too few rounds were undisturbed to say what they alone would show: repeat this in quiet."))
    elif not changes:
        said.append(_("Without these rounds every verdict is the same."))
    for change in changes or ():
        text = _("Without these rounds the verdict on {mode} against {other} is another: {after} instead of {before}.")
        said.append(
            text.format(
                mode=mode_short(change.mode, _),
                other=f"{mode_short(change.other, _)} ({_where(comparison, change.size, _)})",
                after=_(VERDICTS[change.after]),
                before=_(VERDICTS[change.before]),
            )
        )
    return said


VERDICTS: Mapping[str, str] = {
    FASTER: mark("faster"),
    SLOWER: mark("slower"),
    CANNOT_TELL: mark("cannot be told apart"),
}


def _troubles(timing: Timing, comparison: Comparison, _: Translate) -> Iterator[str]:
    about = {"mode": mode_short(timing.mode, _), "where": _where(comparison, timing.size, _)}
    if timing.voided:
        yield _("{mode} ({where}) traced again in {voided} of {rounds} rounds; these times do not count.").format(
            voided=timing.voided, rounds=timing.voided + len(timing.samples), **about
        )
    if timing.warm_up and not timing.settled:
        yield _("{mode} ({where}) had not settled down when its rounds began; its times may still drift.").format(
            **about
        )
    if len(timing.samples) < FEWEST:
        yield _("{mode} ({where}) has too few samples to be ranked: {count}, where {fewest} are needed.").format(
            count=len(timing.samples), fewest=FEWEST, **about
        )


def _nothing_counts(comparison: Comparison, _: Translate) -> Iterator[str]:
    """Modes that traced again in every round, so that none of their times counts."""
    seen = {(event.size, mode) for event in comparison.events if isinstance(event, Sampled) for mode in event.void}
    for size, mode in sorted(seen - {(timing.size, timing.mode) for timing in comparison.timings}):
        yield _("{mode} ({where}) traced again in every round: none of its times counts.").format(
            mode=mode_short(mode, _), where=_where(comparison, size, _)
        )


def _where(comparison: Comparison, size: int, _: Translate) -> str:
    """'images in a batch: 32'."""
    return f"{_(WORKS[comparison.config.work].unit)}: {size:,}"


def _agreement(comparison: Comparison, _: Translate) -> Iterator[str]:
    """Whether all modes compute the same."""
    looked_at = [timing.agreed for timing in comparison.timings if timing.agreed is not None]
    trains = WORKS[comparison.config.work].trains
    for agreed in looked_at:
        if not agreed.agrees:
            yield _disagreement(agreed, comparison, trains, _)
    if looked_at and all(agreed.agrees for agreed in looked_at):
        yield _same_results(looked_at, trains, _)


def _disagreement(agreed: Agreed, comparison: Comparison, trains: bool, _: Translate) -> str:
    text = _(
        "{mode} ({where}) computes something else and is not ranked: after {steps} steps what it returns differs by "
        "up to {output}, where {tolerance} is allowed."
    )
    if trains:
        text = _(
            "{mode} ({where}) computes something else and is not ranked: after {steps} steps its losses differ by up "
            "to {output} and its weights by up to {weights}, where {tolerance} is allowed."
        )
    return text.format(
        mode=mode_short(agreed.mode, _),
        where=_where(comparison, agreed.size, _),
        steps=agreed.steps,
        output=f"{agreed.output:.2g}",
        weights=f"{agreed.weights:.2g}",
        tolerance=f"{agreed.tolerance:.2g}",
    )


def _same_results(looked_at: Sequence[Agreed], trains: bool, _: Translate) -> str:
    text = _("All ways come to the same: after {steps} steps what they return differs by {output} at most.")
    if trains:
        text = _(
            "All ways come to the same: after {steps} steps their losses differ by {output} at most and their weights "
            "by {weights}."
        )
    return text.format(
        steps=", ".join(str(steps) for steps in sorted({agreed.steps for agreed in looked_at})),
        output=f"{max(agreed.output for agreed in looked_at):.2g}",
        weights=f"{max(agreed.weights for agreed in looked_at):.2g}",
    )


def _one_size(comparison: Comparison, _: Translate) -> Iterator[str]:
    """The order, the pairs that differ, those that do not, and when slower starts are paid back."""
    (size,) = comparison.config.sizes
    ranked = _ranked(comparison, size)
    if len(ranked) < 2:
        return
    yield _("From fastest to slowest, by the median time of a step (95 % interval): {order}.").format(
        order=", ".join(_timed(timing, _) for timing in ranked)
    )
    for timing in ranked:
        yield from _faster_than(comparison, timing, ranked, _)
    for ratio in comparison.ratios(size):
        if ratio.verdict == CANNOT_TELL:
            yield _tie(ratio, _)
    for timing in ranked:
        yield from _paid_back(comparison, timing, _)


def _ranked(comparison: Comparison, size: int) -> list[Timing]:
    """The ranked modes, fastest first."""
    return sorted((timing for timing in comparison.at(size) if timing.ranked), key=lambda timing: timing.median)


def _timed(timing: Timing, _: Translate) -> str:
    return _("{mode} {time} ({low} to {high})").format(
        mode=mode_short(timing.mode, _),
        time=time_words(timing.median),
        low=time_words(timing.low),
        high=time_words(timing.high),
    )


def _faster_than(comparison: Comparison, timing: Timing, ranked: Sequence[Timing], _: Translate) -> Iterator[str]:
    """All modes that `timing` is faster than, with the factors."""
    against = (comparison.ratio(timing.size, timing.mode, other.mode) for other in ranked if other is not timing)
    won = [_as_fast(ratio, _) for ratio in against if ratio is not None and ratio.verdict == FASTER]
    if won:
        yield _("{mode} is faster: {factors} (95 % intervals).").format(
            mode=mode_short(timing.mode, _), factors=", ".join(won)
        )


def _as_fast(ratio: Ratio, _: Translate) -> str:
    """How many times as fast as the other the mode is: the inverse of the ratio of their times."""
    times, low, high = as_fast(ratio)
    return _("{times} times as fast as {other} ({low} to {high})").format(
        times=times, other=mode_short(ratio.other, _), low=low, high=high
    )


def _tie(ratio: Ratio, _: Translate) -> str:
    modes = {"mode": mode_short(ratio.mode, _), "other": mode_short(ratio.other, _)}
    if math.isinf(ratio.high):
        return _("{mode} and {other} cannot be told apart: too few rounds count for both.").format(**modes)
    __, low, high = factors(ratio.ratio, ratio.low, ratio.high)
    return _(
        "{mode} and {other} cannot be told apart: the ratio of their times lies between {low} and {high} "
        "(95 % interval), and 1 is among that."
    ).format(low=low, high=high, **modes)


def _paid_back(comparison: Comparison, timing: Timing, _: Translate) -> Iterator[str]:
    """When tracing and compiling are paid back against eager; nothing if neither is known to be faster."""
    other = base_of(comparison.config.modes)
    ratio, against = comparison.ratio(timing.size, timing.mode, other), comparison.timing(timing.size, other)
    if timing.mode == other or ratio is None or against is None or ratio.verdict == CANNOT_TELL:
        return
    later, even = timing.beforehand - against.beforehand, comparison.break_even(timing.size, timing.mode, other)
    if later <= 0:
        return
    names = {"mode": mode_short(timing.mode, _), "other": mode_short(other, _), "later": time_words(1000 * later)}
    if ratio.verdict == FASTER and even is not None:
        yield _(
            "Tracing and compiling let {mode} begin {later} later than {other}; it has caught up after {steps} steps."
        ).format(steps=steps_words(even, _), **names)
    if ratio.verdict == SLOWER and even is None:
        yield _("Tracing and compiling let {mode} begin {later} later than {other}; it never catches up.").format(
            **names
        )


def _sweep(comparison: Comparison, _: Translate) -> Iterator[str]:
    """The order at each size, and where each pair of SWEPT wins."""
    for size in comparison.config.sizes:
        yield from _order_at(comparison, size, _)
    modes = comparison.config.modes
    swept = ((of_way(modes, way), of_way(modes, other)) for way, other in SWEPT)
    for mode, other in ((mode, other) for mode, other in swept if mode and other and adam_of(mode) == adam_of(other)):
        ratios = [comparison.ratio(size, mode, other) for size in comparison.config.sizes]
        known = [ratio for ratio in ratios if ratio is not None and math.isfinite(ratio.high)]
        if len(known) > 1:
            yield from _where_it_wins(known, _(WORKS[comparison.config.work].unit), _)


def _order_at(comparison: Comparison, size: int, _: Translate) -> Iterator[str]:
    """The order at one of several sizes, and the pairs that cannot be told apart."""
    ranked = _ranked(comparison, size)
    if len(ranked) < 2:
        return
    order = _("{where}. From fastest to slowest, by the median time of a step: {order}.").format(
        where=_where(comparison, size, _),
        order=", ".join(f"{mode_short(timing.mode, _)} {time_words(timing.median)}" for timing in ranked),
    )
    ties = [
        f"{mode_short(ratio.mode, _)} – {mode_short(ratio.other, _)}"
        for ratio in comparison.ratios(size)
        if ratio.verdict == CANNOT_TELL
    ]
    apart = _("Cannot be told apart there: {pairs}.").format(pairs=", ".join(ties))
    yield f"{order} {apart}" if ties else order


def _where_it_wins(ratios: Sequence[Ratio], unit: str, _: Translate) -> Iterator[str]:
    """The sizes at which the mode is faster than the other, and where that ends; `ratios` are in the order of size."""
    names = {"mode": mode_short(ratios[0].mode, _), "other": mode_short(ratios[0].other, _), "unit": unit}
    wins = [ratio for ratio in ratios if ratio.verdict == FASTER]
    if not wins:
        yield _("{mode} is faster than {other} at none of these sizes ({unit}).").format(**names)
        return
    if len(wins) == len(ratios):
        yield _(
            "{mode} is faster than {other} at every size ({unit}): {first} at {smallest}, {last} at {largest}."
        ).format(
            first=_gain(wins[0], _),
            smallest=f"{wins[0].size:,}",
            last=_gain(wins[-1], _),
            largest=f"{wins[-1].size:,}",
            **names,
        )
        return
    sizes = ", ".join(f"{ratio.size:,}" for ratio in wins)
    yield _("{mode} is faster than {other} only at these sizes ({unit}): {sizes}.").format(sizes=sizes, **names)
    for after in ratios[ratios.index(wins[-1]) + 1 :][:1]:
        __, low, high = factors(after.ratio, after.low, after.high)
        yield _(
            "{mode} stops winning against {other} at {size} ({unit}): there the ratio of their times lies between "
            "{low} and {high} (95 % interval)."
        ).format(size=f"{after.size:,}", low=low, high=high, **names)


def _gain(ratio: Ratio, _: Translate) -> str:
    times, low, high = as_fast(ratio)
    return _("{times} times ({low} to {high})").format(times=times, low=low, high=high)


def _caveat(comparison: Comparison, _: Translate) -> Iterator[str]:
    """With many pairs some 95 % intervals miss the truth."""
    pairs = sum(len(comparison.ratios(size)) for size in comparison.config.sizes)
    if pairs >= MANY_PAIRS:
        yield _(
            "A 95 % interval misses the truth in 5 of 100 cases: of the {pairs} pairs compared here, {missed} on "
            "average."
        ).format(pairs=pairs, missed=f"{0.05 * pairs:.1f}")
