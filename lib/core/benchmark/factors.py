"""Single factors: the effect of each difference between two ways of running, by itself.

An effect is only computed from two modes that differ in that factor alone. Two modes that differ in two factors, such
as a Session with the fused Adam and a graph with Keras' Adam, say nothing about either.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lib.core.benchmark.comparison import Comparison, Ratio
from lib.core.i18n import mark
from lib.core.studies.modes import KERAS, MODES, way_of
from lib.core.studies.works import WORKS

FACTORS: Mapping[str, str] = {
    "graph": mark("a graph instead of eager"),
    "adam": mark("Adam in one operation instead of many"),
    "xla": mark("XLA instead of a plain graph"),
    "loop": mark("{steps} steps a call instead of one"),
    "session": mark("TensorFlow 1's Session instead of a `tf.function`"),
    "fit": mark("Keras' `fit` instead of a loop of one's own"),
}
"""The possible differences between two modes, by name, in the order of the table."""

CALLED = (
    ("graph", "graph", "eager"),
    ("xla", "xla", "graph"),
    ("xla", "loop_xla", "loop"),
    ("loop", "loop", "graph"),
    ("loop", "loop_xla", "xla"),
    ("session", "session", "graph"),
    ("fit", "fit", "graph"),
)
"""The factor, and two ways of calling the step that differ in it alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """The effect of `factor` alone: `mode`, which has it, is `times` as fast as `other`, which is the same without it.

    `low` to `high`: the 95 % interval; `verdict` on `mode`, as in Ratio. `steps`: the number of steps in a call of
    `mode`.
    """

    factor: str
    mode: str
    other: str
    steps: int
    times: float
    low: float
    high: float
    verdict: str


def pairs(modes: Sequence[str], trains: bool) -> Iterator[tuple[str, str, str]]:
    """Every factor with two of `modes` that differ in it alone, in the order of FACTORS and then of MODES."""
    found = [(factor, way + adam, other + adam) for factor, way, other in CALLED for adam in ("", KERAS)]
    if trains:
        found += [("adam", mode, mode + KERAS) for mode in MODES if mode + KERAS in MODES]
    order = list(MODES)
    for factor in FACTORS:
        for one in sorted((pair for pair in found if pair[0] == factor), key=lambda pair: order.index(pair[2])):
            if set(one[1:]) <= set(modes):
                yield one


def effects(comparison: Comparison, size: int) -> tuple[Effect, ...]:
    """The effect of each factor at `size`, a row for each pair of ranked modes that shows it."""
    rows = []
    trains = WORKS[comparison.config.work].trains
    for factor, mode, other in pairs(comparison.config.modes, trains):
        mine, others = comparison.timing(size, mode), comparison.timing(size, other)
        ratio = comparison.ratio(size, mode, other)
        if not (mine and others and ratio and mine.ranked and others.ranked):
            continue
        steps = mine.steps if way_of(mode).startswith("loop") else 1
        if factor != "loop" or steps > 1:  # a call of long steps has only one
            rows.append(_effect(factor, ratio, steps))
    return tuple(rows)


def _effect(factor: str, ratio: Ratio, steps: int) -> Effect:
    return Effect(
        factor=factor,
        mode=ratio.mode,
        other=ratio.other,
        steps=steps,
        times=1 / ratio.ratio,
        low=1 / ratio.high if math.isfinite(ratio.high) else 0.0,
        high=1 / ratio.low if ratio.low > 0 else math.inf,
        verdict=ratio.verdict,
    )
