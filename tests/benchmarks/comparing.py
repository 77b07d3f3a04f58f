"""A whole comparison, as on the page, in a terminal: python -m tests.benchmarks.comparing

Prints medians with their 95 % intervals, quartiles, tracing, compiling, agreement, every ratio, and the worth of each
factor alone: how the step is called, with the same Adam, and how Adam is written, with the same call. At the end it
checks two expectations: eager is slowest, and Adam in one operation is faster than Keras' many.

Most of the gain of the Session, the loop or XLA over a `tf.function` with Keras' Adam comes from Adam. With the same
Adam in both, at 32 images on two cores of a Xeon, graph against Session was 1.08 (1.02 to 1.17) and graph against the
in-graph loop 1.04 (0.96 to 1.24), against 1.47 and 1.52 with Keras' Adam in the graph alone. On the EPYC of the
recorded results these were 1.11 (1.06 to 1.14), 1.07 (1.05 to 1.11), 1.42 and 1.40.

Processor time of both cores for a step of 32 images on a Xeon with AVX-512, in milliseconds:

                                        gradient   Adam   whole step
    graph, Keras' Adam                       8.4   13.3         20.7
    graph, fused Adam                        8.4    4.9         13.4
    XLA, Keras' Adam                         9.9    4.9         15.5
    graph, fused Adam, without oneDNN       14.0    4.6         19.8

XLA saves the time that Keras' Adam wastes, but so does the fused Adam. The rest is the gradient, and there TensorFlow's
oneDNN kernels beat XLA's code. With TF_ENABLE_ONEDNN_OPTS=0 XLA is faster again.

The recorded results in `lib/core/benchmark/references` are made by it, on a machine at rest; they hold the machine and
the versions themselves:

    for work in train_step forward tiny_ops; do
        .venv/bin/python -m tests.benchmarks.comparing --thorough --work $work \\
            --write lib/core/benchmark/references/<machine>-$work.json
    done
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

from lib.core.benchmark.comparison import SLOWER, Comparison, Ratio, comparison_of
from lib.core.benchmark.comparison_files import to_json
from lib.core.benchmark.factor_words import factor_words
from lib.core.benchmark.factors import effects
from lib.core.benchmark.one_off_costs import interval
from lib.core.benchmark.timings import Timing
from lib.core.i18n import untranslated
from lib.core.studies.configs import CompareConfig
from lib.core.studies.events import Sampled, StudyEvent
from lib.core.studies.works import WORKS
from lib.ml.benchmark.protocol import compare
from tests.benchmarks.reporting import table

EXPECTED = ("graph", "adam")
"""Factors that should make the training step faster; Adam's only if XLA does not fuse its operations anyway."""


def measure(config: CompareConfig) -> tuple[Comparison, float]:
    """The comparison and its duration in seconds; prints a line for each round."""
    began, events = time.perf_counter(), []
    for event in compare(config):
        if isinstance(event, StudyEvent):
            events.append(event)
        if isinstance(event, Sampled) and event.round % 10 == 0:
            print(f"{time.perf_counter() - began:6.1f} s  size {event.size}, round {event.round}", flush=True)
    return comparison_of(config, events), time.perf_counter() - began


def about(comparison: Comparison, seconds: float) -> None:
    """The machine, its load, and the settings."""
    began, measured, config = comparison.began, comparison.measured, comparison.config
    assert began is not None
    assert measured is not None
    rows = {
        "machine": f"{began.machine}, {began.processors} processors, {began.memory / 1e9:.0f} GB",
        "device": f"{began.device}, {began.threads} threads",
        "versions": ", ".join(f"{name} {version}" for name, version in began.versions.items()),
        "before": f"{began.busy:.0%} of the processors busy, load {began.load:.1f}",
        "after": f"{measured.busy:.0%} of the processors busy, load {measured.load:.1f}",
        "comparison": f"{config.work}, {config.depth}, {began.rounds} rounds, {seconds:.0f} s in all",
    }
    table(rows | ({"NOTE": "the machine had other work: believe the ratios at most"} if comparison.busy else {}))


def row(timing: Timing) -> str:
    """One mode's numbers."""
    agreed = timing.agreed
    differs = f"{agreed.output:.0e} {agreed.weights:.0e}" if agreed else "-"
    marks = [f"{timing.voided} void" if timing.voided else "", "" if timing.settled else "not settled"]
    marks += ["" if timing.ranked else "NOT RANKED"]
    return (
        f"{timing.median:9.4f} {f'{timing.low:.4f} to {timing.high:.4f}':>20} {timing.first_quartile:9.4f} "
        f"{timing.third_quartile:9.4f} {timing.minimum:9.4f} {timing.steps:6} {one_off(timing)} "
        f"{differs:>12}  {' '.join(filter(None, marks))}"
    )


def times(comparison: Comparison, size: int) -> None:
    """Every mode's numbers at a size."""
    heading = (
        f"{'median':>9} {'95 % interval':>20} {'quartile':>9} {'quartile':>9} {'minimum':>9} {'steps':>6} "
        f"{'tracing':>8} {'95 % interval':16} {'compile':>8} {'95 % interval':16} {'differs by':>12}"
    )
    print(f"\n{WORKS[comparison.config.work].unit}: {size}. Milliseconds per step; tracing and compiling in seconds")
    table({"": heading} | {timing.mode: row(timing) for timing in comparison.at(size)})


def ratio_row(comparison: Comparison, ratio: Ratio) -> str:
    even = comparison.break_even(ratio.size, ratio.mode, ratio.other)
    paid = "never" if even is None else f"{even.steps:,.0f} steps ({even.low:,.0f} to {even.high:,.0f})"
    return f"{ratio.ratio:7.3f}  {ratio.low:7.3f} to {ratio.high:7.3f}  {ratio.verdict:12} paid back: {paid}"


def ratios(comparison: Comparison, size: int) -> None:
    """Every pair: the first mode's time as a multiple of the second's."""
    print()
    table({f"{ratio.mode} / {ratio.other}": ratio_row(comparison, ratio) for ratio in comparison.ratios(size)})


def factors(comparison: Comparison, size: int) -> None:
    """The worth of each factor alone, from two modes that differ only in it, and whether it is as expected."""
    print("\nOne factor at a time: times as fast")
    for effect in effects(comparison, size):
        name = factor_words(effect, untranslated).replace("`", "")
        worth = f"{effect.times:7.3f}  {effect.low:7.3f} to {effect.high:7.3f}  {effect.verdict:12}"
        unexpected = effect.factor in EXPECTED and "xla" not in effect.mode and effect.verdict == SLOWER
        print(f"  {name:48} {effect.mode + ' / ' + effect.other:28} {worth} {'OTHERWISE' if unexpected else ''}")


def one_off(timing: Timing) -> str:
    """Seconds of tracing and compiling, with intervals if they were repeated; nothing for eager."""
    if timing.tracing is None or timing.compiling is None:
        return f"{'-':>8} {'':16} {'-':>8} {'':16}"
    both = ((timing.tracing, timing.tracings), (timing.compiling, timing.compilings))
    return " ".join(f"{middle:8.3f} {between(values):16}" for middle, values in both)


def between(values: Sequence[float]) -> str:
    ends = interval(values)
    return f"({ends[0]:.3f} to {ends[1]:.3f})" if ends else f"({len(values)} times)"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--work", choices=WORKS, default="train_step")
    options.add_argument("--modes", nargs="+", default=(), help="at least two; the usual ones by default, or: all")
    options.add_argument("--sizes", nargs="+", type=int, default=(), help="several make a sweep")
    options.add_argument("--thorough", action="store_true", help="100 rounds instead of 40")
    options.add_argument("--seed", type=int, default=42)
    options.add_argument("--write", type=Path, help="a file for everything that was measured, as JSON")
    given = options.parse_args()
    depth = "thorough" if given.thorough else "quick"
    modes = WORKS[given.work].modes if given.modes == ["all"] else tuple(given.modes)
    config = CompareConfig(work=given.work, modes=modes, sizes=tuple(given.sizes), depth=depth, seed=given.seed)
    comparison, seconds = measure(config)
    about(comparison, seconds)
    for size in config.sizes:
        times(comparison, size)
        ratios(comparison, size)
        factors(comparison, size)
    if given.write:
        given.write.write_text(to_json(comparison), encoding="utf-8")


if __name__ == "__main__":
    main()
