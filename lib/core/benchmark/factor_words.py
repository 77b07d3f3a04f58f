"""The factors in words: the rows of their table, the lesson of a result, and how each mode works."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

from lib.core.benchmark.comparison import CANNOT_TELL, FASTER, SLOWER, Comparison
from lib.core.benchmark.factors import FACTORS, Effect, effects
from lib.core.benchmark.labels import factors, mode_short
from lib.core.i18n import Translate, mark
from lib.core.studies.modes import adam_of, way_of
from lib.core.studies.works import WORKS

SHORT: Mapping[str, str] = {
    "adam": mark("Adam in one operation"),
    "xla": mark("XLA"),
    "loop": mark("{steps} steps a call"),
    "session": mark("Session"),
    "fit": mark("Keras fit"),
}
"""Short names of the factors, for sentences that are about a graph already."""

LOOPS: Mapping[str, str] = {
    "eager": mark("a loop in Python that calls every operation by itself"),
    "graph": mark("a loop in Python, one call a step"),
    "xla": mark("a loop in Python, one call a step, which XLA compiled"),
    "session": mark("a loop in Python, one `Session.run` a step, fed with the batch"),
    "fit": mark("the loop of Keras over a pipeline of `tf.data`, one call a step"),
    "loop": mark("a loop in the graph, {steps} steps a call, which takes its batches there"),
    "loop_xla": mark("a loop in the graph, {steps} steps a call, each of which XLA compiled"),
}
"""What starts the next step, by way."""


def factor_words(effect: Effect, _: Translate) -> str:
    """The difference between the two modes."""
    return _(FACTORS[effect.factor]).format(steps=effect.steps)


def effect_words(effect: Effect, _: Translate) -> str:
    """The effect's size if its verdict is certain, else the range of possible sizes."""
    turned = effect.verdict == SLOWER
    times, low, high = _times(effect, turned)
    text = {
        FASTER: _("{times} times as fast ({low} to {high})"),
        SLOWER: _("{times} times as long ({low} to {high})"),
        CANNOT_TELL: _("cannot tell: {low} to {high} times as fast"),
    }[effect.verdict]
    return text.format(times=times, low=low, high=high)


def _times(effect: Effect, turned: bool) -> tuple[str, ...]:
    """How many times as fast, with its interval; if `turned`, how many times as long."""
    if not turned:
        return factors(effect.times, effect.low, effect.high)
    return factors(1 / effect.times, 1 / effect.high, 1 / effect.low if effect.low > 0 else math.inf)


def factor_sentences(comparison: Comparison, _: Translate) -> Iterator[str]:
    """Every effect as a sentence to be read aloud; for a sweep at each size."""
    for size in comparison.config.sizes:
        for effect in effects(comparison, size):
            said = _("{factor}, measured between {mode} and {other}: {effect}.").format(
                factor=factor_words(effect, _),
                mode=mode_short(effect.mode, _),
                other=mode_short(effect.other, _),
                effect=effect_words(effect, _),
            )
            yield f"{_(WORKS[comparison.config.work].unit)}: {size:,}. {said}" if comparison.config.is_sweep else said


def lesson(comparison: Comparison, size: int, _: Translate) -> str:
    """The lesson of a size, in one sentence with its cause; '' if no two modes differ in one factor alone.

    It follows each factor's verdict, and takes the first pair in the table that shows the factor.
    """
    shown = {effect.factor: effect for effect in reversed(effects(comparison, size))}
    graph = shown.pop("graph", None)
    others = [shown[factor] for factor in FACTORS if factor in shown]
    parts = [_opening(graph, _)] if graph else []
    parts += _rest(others, _)
    return _("{parts}.").format(parts="; ".join(parts)) if parts else ""


def _opening(graph: Effect, _: Translate) -> str:
    """The effect of a graph, and its cause."""
    texts = {
        FASTER: _("A graph is {times} times as fast as eager because Python no longer calls each operation"),
        SLOWER: _("A graph takes {times} times as long as eager, since calling it costs more than it saves here"),
        CANNOT_TELL: _("A graph and eager cannot be told apart, so Python's calls do not count here"),
    }
    return texts[graph.verdict].format(times=_times(graph, graph.verdict == SLOWER)[0])


def _rest(others: Sequence[Effect], _: Translate) -> Iterator[str]:
    """The other factors: those that make it faster, those that make it slower, and those without a certain effect."""
    templates: Mapping[str, str] = {
        FASTER: _("faster still by {factors}"),
        SLOWER: _("slower by {factors}"),
        CANNOT_TELL: _("no difference can be told of {factors}"),
    }
    words: Mapping[str, Callable[[Effect], str]] = {
        FASTER: lambda effect: _("{factor} ({times} times)").format(
            factor=_short(effect, _), times=_times(effect, False)[0]
        ),
        SLOWER: lambda effect: _("{factor} ({times} times as long)").format(
            factor=_short(effect, _), times=_times(effect, True)[0]
        ),
        CANNOT_TELL: lambda effect: _short(effect, _),
    }
    for verdict, template in templates.items():
        said = [words[verdict](effect) for effect in others if effect.verdict == verdict]
        if said:
            yield template.format(factors=", ".join(said))


def _short(effect: Effect, _: Translate) -> str:
    return _(SHORT[effect.factor]).format(steps=effect.steps)


def lesson_of_sizes(comparison: Comparison, _: Translate) -> str:
    """A sweep's lesson about graphs: how their gain changes from the smallest to the largest size; '' without two."""
    of_graph = [
        (size, effect)
        for size in comparison.config.sizes
        for effect in effects(comparison, size)[:1]
        if effect.factor == "graph"
    ]
    if len(of_graph) < 2:
        return ""
    (smallest, first), (largest, last) = of_graph[0], of_graph[-1]
    names = {"smallest": f"{smallest:,}", "largest": f"{largest:,}"}
    names |= {"first": _times(first, False)[0], "last": _times(last, False)[0]}
    return _(_why_sizes(comparison.config.work, first, last)).format(**names)


COUNTED = ("tiny_ops", "python_loop")
"""Works whose size is the number of operations, not the amount of work in each."""


def _why_sizes(work: str, first: Effect, last: Effect) -> str:
    """The template for a graph's gain at the smallest and the largest size, with the cause if it shows."""
    if first.low > last.high and work not in COUNTED:
        return mark(
            "A graph saves Python's calls, which count less the more there is to do in each: {first} times as fast as "
            "eager at {smallest}, {last} times at {largest}."
        )
    if first.high < last.low and work in COUNTED:
        return mark(
            "A graph saves Python's calls, and the more of them there are: {first} times as fast as eager at "
            "{smallest}, {last} times at {largest}."
        )
    if first.low > last.high or first.high < last.low:
        return mark("A graph is {first} times as fast as eager at {smallest}, {last} times at {largest}.")
    return mark(
        "That the size changes what a graph is worth cannot be told: {first} times as fast as eager at {smallest}, "
        "{last} times at {largest}."
    )


def loop_words(mode: str, steps: int | None, _: Translate) -> str:
    """What starts the next step in `mode`; `steps`: the number per call of a mode that makes many, None if unknown."""
    return _(LOOPS[way_of(mode)]).format(steps=steps or "K")


def adam_words(mode: str, _: Translate) -> str:
    """How `mode` implements Adam."""
    if mode == "session":
        return _("`tf.train.AdamOptimizer`: one operation for each variable (`ApplyAdam`)")
    if adam_of(mode) == "fused":
        return _("`FusedAdam`: one operation for each variable (`ResourceApplyAdam`)")
    return _("`keras.optimizers.Adam`: many operations for each variable")
