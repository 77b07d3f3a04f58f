"""A comparison: every number follows from the events, however far it has come."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.benchmark.comparison import (
    BUSY,
    CANNOT_TELL,
    FASTER,
    SLOWER,
    changed_by_others,
    comparison_of,
    undisturbed,
)
from lib.core.benchmark.intervals import FEWEST
from lib.core.studies.configs import CompareConfig
from lib.core.studies.events import Measured, Prepared
from lib.core.training.events import Finished, Stopped
from tests.core.benchmark.made_comparisons import MS, ROUNDS, began, compared, size_events, swept, wobbling
from tests.core.benchmark.test_intervals import DRIFT, noisy

SIZE = 32
CONFIG = CompareConfig(modes=("eager", "graph"))


def test_known_times_come_back():
    rounds = [float(n) for low in range(1, 16) for n in (low, 31 - low)]  # 1, 30, 2, 29, …: no neighbours are alike
    timing = compared({"eager": rounds, "graph": 5}, steps=4).timing(SIZE, "eager")
    assert timing.samples == tuple(rounds)
    assert timing.rounds == tuple(range(1, 31))
    assert (timing.minimum, timing.median, timing.steps) == (1, 15.5, 4)
    assert (timing.first_quartile, timing.third_quartile) == (8.25, 22.75)
    assert (timing.low, timing.high) == pytest.approx((10, 21))


def test_compiling_is_the_first_call_without_its_steps():
    about = {"tracing": 2_000 * MS, "first": 1_250 * MS, "traces": 1, "first_steps": 50}
    timing = compared({"eager": 30, "loop_xla": [5.0] * ROUNDS}, prepared={"loop_xla": about}).timing(SIZE, "loop_xla")
    assert (timing.tracing, timing.first, timing.traces) == (2, 1.25, 1)
    assert timing.compiling == pytest.approx(1.25 - 50 * 0.005)


def test_compiling_is_never_below_zero():
    about = {"tracing": MS, "first": MS}
    assert compared({"eager": 30, "graph": 5}, prepared={"graph": about}).timing(SIZE, "graph").compiling == 0


def test_verdicts_go_both_ways():
    comparison = compared({"eager": 30, "graph": 10, "xla": 10.001})
    assert comparison.ratio(SIZE, "graph", "eager").verdict == FASTER
    assert comparison.ratio(SIZE, "eager", "graph").verdict == SLOWER
    assert comparison.ratio(SIZE, "eager", "graph").ratio == pytest.approx(3)
    assert comparison.ratio(SIZE, "graph", "graph").verdict == CANNOT_TELL
    assert [(one.mode, one.other) for one in comparison.ratios(SIZE)] == [
        ("eager", "graph"),
        ("eager", "xla"),
        ("graph", "xla"),
    ]


def test_alike_cannot_be_told_apart_from_events_to_verdict():
    """At most 7 % are told apart, with a drift of each mode by itself or without; on average it is 4 % and 2 %."""
    for noise in ({}, DRIFT | {"own": 0.04, "alike": 0.5}):
        rng, said = np.random.default_rng(9), []
        for _ in range(600):
            first, second = noisy(rng, **noise)
            comparison = compared({"eager": first, "graph": second}, blocks=2)
            assert comparison.blocks == 2
            said.append(comparison.ratio(SIZE, "eager", "graph").verdict)
        assert said.count(CANNOT_TELL) >= 0.93 * len(said)


def test_a_verdict_rests_on_both_blocks():
    """Either block by itself is certain, and they contradict each other."""
    times = {"eager": [10.0] * ROUNDS, "graph": [*wobbling(11, 15), *wobbling(7, 15)]}
    assert compared(times, blocks=2).ratio(SIZE, "graph", "eager").verdict == CANNOT_TELL
    agreeing = {"eager": [10.0] * ROUNDS, "graph": [*wobbling(8, 15), *wobbling(7, 15)]}
    ratio = compared(agreeing, blocks=2).ratio(SIZE, "graph", "eager")
    assert ratio.verdict == FASTER
    assert ratio.low <= 0.7 < 0.8 <= ratio.high


def test_recordings_without_blocks_are_one():
    comparison = compared({"eager": 30, "graph": 10})
    assert comparison.blocks == 1
    assert comparison.ratio(SIZE, "graph", "eager").verdict == FASTER


def test_disturbed_rounds_are_known_and_whether_they_change_a_verdict():
    """Every third round somebody else is there, and slows graph down."""
    disturbed = set(range(3, 31, 3))
    graph = [40.0 if n in disturbed else 9.9 + 0.01 * (n % 5) for n in range(1, 31)]
    times = {"eager": wobbling(10), "graph": graph, "xla": wobbling(5)}
    comparison = compared(times, disturbed=disturbed)
    assert [event.round for event in comparison.disturbed] == sorted(disturbed)
    quiet = undisturbed(comparison)
    assert quiet.timing(SIZE, "graph").rounds == tuple(n for n in range(1, 31) if n not in disturbed)
    changes = changed_by_others(comparison)
    for pair in comparison.ratios(SIZE):
        alone = quiet.ratio(SIZE, pair.mode, pair.other).verdict
        told = [change for change in changes if (change.mode, change.other) == (pair.mode, pair.other)]
        assert [(one.before, one.after) for one in told] == ([(pair.verdict, alone)] if pair.verdict != alone else [])


def test_where_few_rounds_are_undisturbed_nothing_is_known_of_them():
    comparison = compared({"eager": 30, "graph": 10}, disturbed=set(range(1, 26)))
    assert changed_by_others(comparison) is None
    assert changed_by_others(compared({"eager": 30, "graph": 10})) == []


@pytest.mark.parametrize(("last", "is_settled"), [(10, True), (10.5, True), (20, False), (5, False)])
def test_settled_is_what_ends_where_the_rounds_are(last, is_settled):
    """A warm-up may have ended with two alike medians, both twice as long as what followed."""
    warmed = {"graph": {"times": tuple(round(time * 10 * MS) for time in (40, 40, 40, last, last, last))}}
    timing = compared({"eager": 30, "graph": 10}, warmed=warmed).timing(SIZE, "graph")
    assert timing.settled == is_settled


def test_fewer_rounds_than_were_hoped_for_may_be_all_that_were_planned():
    events = [*size_events(SIZE, {"eager": 30, "graph": 10}, rounds=12, planned=12)]
    assert comparison_of(CONFIG, [began(), *events]).done == 1
    assert comparison_of(CONFIG, [began(), *events[:-6]]).done == pytest.approx(0.5)


def test_void_rounds_do_not_count():
    times = {"eager": [10.0] * ROUNDS, "graph": [500.0] * 3 + [5.0] * (ROUNDS - 3)}
    comparison = compared(times, void={"graph": {1, 2, 3}, "eager": {4}})
    graph = comparison.timing(SIZE, "graph")
    assert (graph.voided, graph.rounds[0], max(graph.samples)) == (3, 4, 5)
    # Neither what graph lost nor what eager lost is paired with another round's time.
    assert comparison.ratio(SIZE, "graph", "eager").ratio == pytest.approx(0.5)
    assert comparison.timing(SIZE, "eager").rounds == (1, 2, 3, *range(5, 31))


def test_rounds_are_paired_by_their_number():
    slow_rounds = [10.0 * n for n in range(1, 31)]
    comparison = compared({"eager": slow_rounds, "graph": [t / 2 for t in slow_rounds]}, void={"eager": {1, 2}})
    ratio = comparison.ratio(SIZE, "eager", "graph")
    assert (ratio.low, ratio.ratio, ratio.high) == pytest.approx((2, 2, 2))


def test_without_a_round_in_common_there_is_no_ratio():
    half = set(range(1, 16))
    comparison = compared({"eager": 10, "graph": 5}, void={"eager": half, "graph": set(range(16, 31))})
    assert comparison.ratio(SIZE, "eager", "graph") is None
    assert comparison.ratios(SIZE) == ()


@pytest.mark.parametrize(("rounds", "told"), [(FEWEST - 1, CANNOT_TELL), (FEWEST, SLOWER)])
def test_few_rounds_cannot_tell(rounds, told):
    comparison = compared({"eager": 30, "graph": 1}, rounds=rounds, ended=False)
    ratio = comparison.ratio(SIZE, "eager", "graph")
    assert ratio.verdict == told
    assert (ratio.low, ratio.high) == (0, math.inf) or told == SLOWER
    assert comparison.timing(SIZE, "eager").ranked == (told == SLOWER)


def test_what_computes_something_else_is_not_ranked():
    comparison = compared({"eager": 30, "graph": 10, "fit": 1}, agreed={"fit": {"output": 0.5, "agrees": False}})
    assert not comparison.timing(SIZE, "fit").ranked
    assert comparison.ratio(SIZE, "fit", "eager") is None
    assert {one.other for one in comparison.ratios(SIZE)} == {"graph"}
    assert comparison.timing(SIZE, "eager").agreed is None
    assert comparison.timing(SIZE, "eager").ranked


@pytest.mark.parametrize(
    ("tracing", "first", "graph", "steps"),
    [
        (400, 100, 5.0, (400 + 95) / 25),  # dearer at first, faster then: 495 ms at 25 ms a step
        (0, 0, 5.0, 0),
        (0, 0, 40.0, 0),  # nothing to pay back, however slow it is
        (400, 100, 30.0, None),
        (400, 100, 40.0, None),
    ],
)
def test_break_even(tracing, first, graph, steps):
    about = {"tracing": tracing * MS, "first": first * MS}
    comparison = compared({"eager": [30.0] * ROUNDS, "graph": [graph] * ROUNDS}, prepared={"graph": about})
    even = comparison.break_even(SIZE, "graph", "eager")
    assert (even and even.steps) == (None if steps is None else pytest.approx(steps))


@given(st.floats(0, 10), st.floats(0, 10), st.floats(0.1, 100), st.floats(0.1, 100))
def test_at_break_even_both_have_taken_as_long(tracing, first, mine, other):
    about = {"tracing": round(tracing * 1e9), "first": round(first * 1e9)}
    times = {"eager": [other] * FEWEST, "graph": [mine] * FEWEST}
    comparison = compared(times, prepared={"graph": about}, rounds=FEWEST)
    even = comparison.break_even(SIZE, "graph", "eager")
    steps = None if even is None else even.steps
    eager, graph = comparison.at(SIZE)
    beforehand = graph.tracing + graph.compiling
    if steps is None:
        assert beforehand > 0
        assert graph.median >= eager.median
    elif steps:
        assert beforehand + steps * graph.median / 1e3 == pytest.approx(steps * eager.median / 1e3)
    else:
        assert beforehand == 0


def test_break_even_of_what_is_not_there():
    assert compared({"eager": 30, "graph": 5}).break_even(SIZE, "xla", "eager") is None


def test_it_works_at_any_point():
    events = [
        began(),
        *size_events(SIZE, {"eager": 30, "graph": 10}),
        Measured(load=0, busy=0),
        Finished(step=30, reason=""),
    ]
    done = [comparison_of(CONFIG, events[:end]) for end in range(len(events) + 1)]
    assert [one.done for one in done] == sorted(one.done for one in done)
    assert (done[0].done, done[-1].done) == (0, 1)
    assert done[0].began is None
    assert done[-1].measured == Measured(load=0, busy=0)
    assert [one.rounds for one in done][-3:] == [ROUNDS] * 3
    assert all(len(one.at(SIZE)) == (2 if one.rounds else 0) for one in done)


def test_a_comparison_that_began_again_counts_from_there():
    first, second = (
        size_events(SIZE, {"eager": 300, "graph": 100}),
        size_events(SIZE, {"eager": 30, "graph": 10}, rounds=8),
    )
    comparison = comparison_of(CONFIG, [began(), *first, began(load=2.0), *second])
    assert (comparison.rounds, comparison.began.load) == (8, 2)
    assert len(comparison.timing(SIZE, "eager").samples) == 8
    assert comparison.timing(SIZE, "eager").median == pytest.approx(30, rel=0.01)


def test_other_events_are_passed_over():
    events = [began(), *size_events(SIZE, {"eager": 30, "graph": 10})]
    assert comparison_of(CONFIG, [*events, Stopped(step=30), "?"]) == comparison_of(CONFIG, events)


def test_a_sweep_has_its_sizes_apart():
    comparison = swept({4: {"eager": 1, "graph": 2}, 64: {"eager": 8, "graph": 4}})
    assert comparison.ratio(4, "graph", "eager").verdict == SLOWER
    assert comparison.ratio(64, "graph", "eager").verdict == FASTER
    assert comparison.ratio(16, "graph", "eager") is None
    assert comparison.done == 1


def test_rounds_are_those_of_the_newest_size():
    config = CompareConfig(work="matmul", modes=("eager", "graph"), sizes=(4, 64))
    times = {"eager": 1, "graph": 2}
    events = [began(), *size_events(4, times), Prepared(size=64, mode="eager", tracing=0, first=0, traces=0, steps=1)]
    comparison = comparison_of(config, events)
    assert (comparison.rounds, comparison.done) == (0, 0.5)


@pytest.mark.parametrize(("before", "after", "busy"), [(0, 0, False), (BUSY + 0.01, 0, True), (0, BUSY + 0.01, True)])
def test_other_work_is_noticed_before_and_after(before, after, busy):
    events = [began(busy=before), *size_events(SIZE, {"eager": 30, "graph": 10}), Measured(load=0, busy=after)]
    assert comparison_of(CONFIG, events).busy == busy


def test_the_order_is_that_of_the_modes():
    comparison = compared({"xla": 3, "graph": 2, "eager": 1})
    assert [timing.mode for timing in comparison.at(SIZE)] == ["eager", "graph", "xla"]


def test_a_mode_whose_rounds_are_all_void_has_no_time():
    comparison = compared({"eager": 30, "graph": 10}, void={"graph": set(range(1, 31))})
    assert comparison.timing(SIZE, "graph") is None
    assert comparison.ratio(SIZE, "graph", "eager") is None
