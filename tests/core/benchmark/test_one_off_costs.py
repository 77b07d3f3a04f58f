"""One-off costs: every measurement counts, and the results have intervals."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.benchmark.one_off_costs import break_even, interval, one_off
from lib.core.studies.events import Prepared
from tests.core.benchmark.made_comparisons import MS, compared

SIZE = 32
BUILT = {
    "tracing": 900 * MS,
    "first": 700 * MS,
    "tracings": tuple(n * MS for n in (100, 140, 110, 130, 120, 150)),
    "firsts": tuple(n * MS for n in (65, 25, 55, 35, 45, 15)),
}
"""Rebuilt six times, after a first build that paid the shared costs."""


def test_the_first_build_of_all_does_not_count():
    timing = compared({"eager": [30.0] * 30, "graph": [5.0] * 30}, prepared={"graph": BUILT}).timing(SIZE, "graph")
    assert timing.tracings == (0.1, 0.14, 0.11, 0.13, 0.12, 0.15)
    assert timing.compilings == pytest.approx((0.06, 0.02, 0.05, 0.03, 0.04, 0.01))
    assert timing.tracing == 0.125
    assert timing.compiling == pytest.approx(0.035)
    assert timing.beforehand == pytest.approx(0.16)  # of each time's sum, of which all are 160 ms
    assert (timing.first_tracing, timing.first) == (0.9, 0.7)


@pytest.mark.parametrize("mode", ["eager", "eager_keras"])
def test_eager_has_neither_tracing_nor_compiling(mode):
    """Also in older records, where its first call was dear because it came first."""
    timing = compared({mode: 30, "graph": 5}, prepared={mode: {"first": 700 * MS}}).timing(SIZE, mode)
    assert (timing.tracing, timing.compiling, timing.tracings, timing.beforehand) == (None, None, (), 0)


def test_a_record_with_one_time_is_read_as_it_is():
    old = Prepared(size=1, mode="xla", tracing=100 * MS, first=60 * MS, traces=1, steps=3)
    once = one_off(old, 10.0)
    assert (once.tracings, once.compilings) == ((0.1,), (pytest.approx(0.05),))
    assert interval(one_off(old, 10.0).tracings) is None


@given(st.lists(st.floats(0, 10), min_size=6, max_size=30), st.floats(1e-6, 10), st.floats(0.5, 1), st.floats(1, 2))
def test_the_interval_of_a_break_even_holds_its_number(dearer, gain, low, high):
    even = break_even(dearer, gain, (low * gain, high * gain))
    assert even.low <= even.steps * (1 + 1e-9)
    assert even.steps <= even.high * (1 + 1e-9)


def test_a_break_even_comes_from_both_intervals():
    """160 ms to pay back, each time; 25 ms a step saved, between 20 and 40."""
    even = break_even([0.16] * 6, 0.025, (0.02, 0.04))
    assert (even.low, even.steps, even.high) == pytest.approx((4, 6.4, 8))
    assert break_even([0.16] * 6, 0.025, (-0.01, 0.04)).high == math.inf
    assert break_even([0.16] * 6, -0.01, (-0.02, 0.01)) is None
    assert break_even([-0.1] * 6, -0.01, (-0.02, 0.01)).steps == 0
    assert break_even([0.16] * 5, 0.025, (0.02, 0.04)).high == math.inf  # timed too rarely


def test_a_break_even_of_whole_comparisons():
    """Eager 30 ms, graph 5 ms a step without any noise: 160 ms are paid back in 6.4 steps, each time."""
    comparison = compared({"eager": [30.0] * 30, "graph": [5.0] * 30}, prepared={"graph": BUILT})
    even = comparison.break_even(SIZE, "graph", "eager")
    assert (even.low, even.steps, even.high) == pytest.approx((6.4, 6.4, 6.4))


def test_two_that_both_build_are_held_against_each_other_build_by_build():
    """XLA takes 300 ms more each time, however slow the machine was just then."""
    xla = BUILT | {"firsts": tuple(n + 300 * MS - 2 * MS for n in BUILT["firsts"])}
    times = {"graph": [5.0] * 30, "xla": [3.0] * 30}
    even = compared(times, prepared={"graph": BUILT, "xla": xla}).break_even(SIZE, "xla", "graph")
    assert (even.low, even.steps, even.high) == pytest.approx((150, 150, 150))
