"""A whole comparison as the page makes it, from a terminal: python -m tests.benchmarks.comparing

Prints medians with their 95 % intervals, quartiles, tracing, compiling, agreement and every ratio. On two idle cores
this order is expected of the notes' training step: eager slowest, the in-graph loop whose step XLA compiled fastest,
TensorFlow 1's Session faster than a `tf.function` with Keras' Adam. It ends with how far that is so.

On a Xeon with AVX-512 the in-graph loop with the fused Adam, and the Session, which has the same Adam, come before the
loop that XLA compiled. Processor time of both cores for a step of 32 images there, in milliseconds:

                                        gradient   Adam   whole step
    graph, Keras' Adam                       8.4   13.3         20.7
    graph, fused Adam                        8.4    4.9         13.4
    XLA                                      9.9    4.9         15.5
    graph, fused Adam, without oneDNN       14.0    4.6         19.8

XLA saves what Keras' Adam wastes, but so does the fused Adam; what is left is the gradient, and there TensorFlow's
oneDNN kernels beat XLA's code. With TF_ENABLE_ONEDNN_OPTS=0 XLA is the faster one again.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from lib.core.comparison import CANNOT_TELL, Comparison, Ratio, Timing, comparison_of
from lib.core.comparison_files import to_json
from lib.core.studies import WORKS, CompareConfig
from lib.core.study_events import Sampled, StudyEvent
from lib.ml.protocol import compare
from tests.benchmarks.reporting import table

EXPECTED = (
    *((mode, "eager") for mode in WORKS["train_step"].modes if mode != "eager"),
    *(("loop_xla", mode) for mode in WORKS["train_step"].modes if mode not in ("eager", "loop_xla")),
    ("session", "graph"),
)
"""Pairs of the training step: the first is expected to be faster."""


def measure(config: CompareConfig) -> tuple[Comparison, float]:
    """The comparison, with a line for each round's number on the way, and the seconds it took."""
    began, events = time.perf_counter(), []
    for event in compare(config):
        if isinstance(event, StudyEvent):
            events.append(event)
        if isinstance(event, Sampled) and event.round % 10 == 0:
            print(f"{time.perf_counter() - began:6.1f} s  size {event.size}, round {event.round}", flush=True)
    return comparison_of(config, events), time.perf_counter() - began


def about(comparison: Comparison, seconds: float) -> None:
    """The machine, how busy it was, and what was asked."""
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
        f"{timing.third_quartile:9.4f} {timing.minimum:9.4f} {timing.steps:6} {timing.tracing:8.3f} "
        f"{timing.compiling:9.3f} {differs:>12}  {' '.join(filter(None, marks))}"
    )


def times(comparison: Comparison, size: int) -> None:
    """Every mode at a size."""
    heading = (
        f"{'median':>9} {'95 % interval':>20} {'quartile':>9} {'quartile':>9} {'minimum':>9} {'steps':>6} "
        f"{'tracing':>8} {'compiling':>9} {'differs by':>12}"
    )
    print(f"\n{WORKS[comparison.config.work].unit}: {size}. Milliseconds per step; tracing and compiling in seconds")
    table({"": heading} | {timing.mode: row(timing) for timing in comparison.at(size)})


def ratio_row(comparison: Comparison, ratio: Ratio) -> str:
    steps = comparison.break_even(ratio.size, ratio.mode, ratio.other)
    even = "never" if steps is None else f"{steps:,.0f} steps"
    return f"{ratio.ratio:7.3f}  {ratio.low:7.3f} to {ratio.high:7.3f}  {ratio.verdict:12} paid back: {even}"


def ratios(comparison: Comparison, size: int) -> None:
    """Every pair: how many times as long the first takes as the second."""
    print()
    table({f"{ratio.mode} / {ratio.other}": ratio_row(comparison, ratio) for ratio in comparison.ratios(size)})


def order(comparison: Comparison, size: int) -> None:
    """Whether the training step's order is the expected one."""
    print("\nExpected to be faster")
    for mode, other in EXPECTED:
        ratio = comparison.ratio(size, mode, other)
        if ratio is not None:
            right = "as expected" if ratio.verdict == "faster" else "cannot tell"
            print(f"  {mode} than {other}: {right if ratio.verdict in ('faster', CANNOT_TELL) else 'OTHERWISE'}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--work", choices=WORKS, default="train_step")
    options.add_argument("--modes", nargs="+", default=(), help="at least two; all that the work has by default")
    options.add_argument("--sizes", nargs="+", type=int, default=(), help="several make a sweep")
    options.add_argument("--thorough", action="store_true", help="100 rounds instead of 40")
    options.add_argument("--seed", type=int, default=42)
    options.add_argument("--write", type=Path, help="a file for everything that was measured, as JSON")
    given = options.parse_args()
    depth = "thorough" if given.thorough else "quick"
    config = CompareConfig(
        work=given.work, modes=tuple(given.modes), sizes=tuple(given.sizes), depth=depth, seed=given.seed
    )
    comparison, seconds = measure(config)
    about(comparison, seconds)
    for size in config.sizes:
        times(comparison, size)
        ratios(comparison, size)
        if config.work == "train_step":
            order(comparison, size)
    if given.write:
        given.write.write_text(to_json(comparison), encoding="utf-8")


if __name__ == "__main__":
    main()
