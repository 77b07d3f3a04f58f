"""The whole protocol on a clock with known times: it must return exactly those."""

import gc
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.benchmark.intervals import FEWEST
from lib.core.benchmark.other_load import Disturbance
from lib.core.studies.configs import CompareConfig, promised_seconds
from lib.core.studies.events import Agreed, Began, Measured, Prepared, Sampled, UncontrolledSamples, Waiting, Warmed
from lib.core.training.control import ControlRequests
from lib.core.training.events import Finished, Stopped
from lib.ml.benchmark.candidates import Outcome
from lib.ml.benchmark.runner import BEGINNINGS, BUILDS, LEAST, ROUNDS, TOLERANCE, steps_of_a_sample
from tests.ml.benchmark.racing import MS, TWO, Fake, FakeClock, FakeContest, race
from tests.ml.conftest import kinds, of_kind

STOP = ControlRequests(stop=True)
XLA = CompareConfig(modes=("graph", "xla"))
MADE = ROUNDS["quick"]
CALLS = 2 + MADE + 2 * MADE
"""Calls of each mode after its warm-up: one uncounted call before each block, the rounds, both kinds of shortcut."""


def two(**of_graph):
    """Eager takes 5 ms per step, graph 2 ms by default."""
    clock = FakeClock()
    return FakeContest([Fake("eager", clock), Fake("graph", clock, **{"each": lambda call: 2 * MS} | of_graph)])


def of_mode(events, kind, mode):
    return next(event for event in of_kind(events, kind) if event.mode == mode)


def sampled(events, mode):
    """Nanoseconds of every round of a mode."""
    return [event.times[event.modes.index(mode)] for event in of_kind(events, Sampled)]


def test_the_story_of_a_comparison():
    events = list(race(two()))
    told = [kind for kind, _ in itertools.groupby(kinds(events, without=Waiting))]
    assert told == [Began, Prepared, Agreed, Warmed, Sampled, UncontrolledSamples, Measured, Finished]
    assert (events[0].rounds, events[0].load, events[0].busy) == (MADE, 0.25, 0.5)
    assert events[0].threads >= 1
    assert events[0].memory > 10**8
    assert events[-2:] == [Measured(load=0.25, busy=0.5), Finished(step=MADE, reason="rounds")]
    for kind in (Prepared, Warmed, UncontrolledSamples):
        assert [event.mode for event in of_kind(events, kind)] == ["eager", "graph"]
    assert [event.mode for event in of_kind(events, Agreed)] == ["graph"]  # held against eager


def test_known_times_come_back_exactly():
    """Every step of the nth call takes 2 ms and n² ns: no two samples are alike, and each is found in its place."""
    pool = two(each=lambda call: 2 * MS + call**2, building=7 * MS + 3, late=1_001)
    events = list(race(pool))
    graph = pool.candidates[1]
    prepared = of_mode(events, Prepared, "graph")
    assert (prepared.tracing, prepared.first, prepared.traces) == (7 * MS + 3, 2 * MS + 1_001, 1)
    warmed, shortcut = of_mode(events, Warmed, "graph"), of_mode(events, UncontrolledSamples, "graph")
    assert {warmed.steps, shortcut.steps} == {prepared.steps}
    last = graph.calls[-CALLS - len(warmed.times) :]
    assert all(steps == prepared.steps for steps, _ in last)
    cold = (len(warmed.times), len(warmed.times) + 1 + MADE // 2)  # one before each block, which does not count
    taken = [time for place, (_, time) in enumerate(last) if place not in cold]
    assert taken[: -2 * MADE] == [*warmed.times, *sampled(events, "graph")]
    assert list(shortcut.block) == taken[-2 * MADE : -MADE]
    assert list(shortcut.unsynchronised) == [time - 1_001 for time in taken[-MADE:]]


def test_a_sample_says_when_it_began():
    events = list(race(two()))
    ends = {1: None, 2: None}
    for event in of_kind(events, Sampled):
        for start, taken in zip(event.starts, event.times, strict=True):
            assert ends[event.block] in (None, start)
            ends[event.block] = start + taken


def test_every_round_has_every_mode_in_an_order_drawn_anew():
    def orders(seed):
        clock = FakeClock()
        modes = ("eager", "graph", "xla", "session")
        pool = FakeContest([Fake(mode, clock) for mode in modes])
        return [event.modes for event in of_kind(race(pool, CompareConfig(seed=seed)), Sampled)]

    drawn = orders(1)
    assert len(drawn) == MADE
    assert all(sorted(order) == ["eager", "graph", "session", "xla"] for order in drawn)
    assert len(set(drawn)) > 10
    assert {order[0] for order in drawn} == {"eager", "graph", "xla", "session"}
    assert orders(1) == drawn
    assert orders(2) != drawn


def test_a_retrace_voids_that_sample_alone():
    quiet = two()
    list(race(quiet))
    tenth = len(quiet.candidates[1].calls) - CALLS + 1 + 9  # the tenth round's call
    events = list(race(two(traced_at=(tenth,))))
    assert [event.round for event in of_kind(events, Sampled) if event.void] == [10]
    assert of_kind(events, Sampled)[9].void == ("graph",)


@given(st.integers(min_value=50, max_value=10**9), st.booleans(), st.sampled_from(["quick", "thorough"]))
def test_a_sample_takes_ten_milliseconds_at_least(each, many, depth):
    candidate = Fake("loop", FakeClock(), each=lambda call: each, many=many)
    steps = steps_of_a_sample(candidate, candidate.clock, depth)
    assert steps * each >= LEAST == 10 * MS
    assert steps == 1 or steps * each < 1300 * MS


def test_many_steps_at_once_are_many_unless_they_take_too_long():
    def steps(each, depth):
        candidate = Fake("loop", FakeClock(), each=lambda call: each, many=True)
        return steps_of_a_sample(candidate, candidate.clock, depth)

    assert (steps(6 * MS, "quick"), steps(6 * MS, "thorough")) == (10, 25)
    assert (steps(100 * MS, "quick"), steps(100 * MS, "thorough")) == (2, 10)
    assert steps(2_000 * MS, "quick") == 1


def test_warming_up_ends_when_two_medians_are_alike():
    """The first three calls after preparing take twice as long: their block is unlike the next two."""
    pool = two()
    list(race(pool))
    before = pool.candidates[1].resets[0]
    events = list(race(two(each=lambda call: (4 if before <= call < before + 3 else 2) * MS)))
    warmed = of_mode(events, Warmed, "graph")
    assert warmed.settled
    assert [taken // warmed.steps // MS for taken in warmed.times] == [4] * 3 + [2] * 6


def test_warming_up_has_an_end_without_settling():
    events = list(race(two(each=lambda call: (2 + call // 3 % 2) * MS)))
    warmed = of_mode(events, Warmed, "graph")
    assert not warmed.settled
    assert len(warmed.times) == 18


def test_all_begin_their_samples_at_the_first_weights():
    pool = two()
    events = list(race(pool))
    for fake in pool.candidates:
        after = len(of_mode(events, Warmed, fake.mode).times) + CALLS
        assert fake.resets == [len(fake.calls) - after]


def off(amount, places=range(100)):
    """Outcomes whose weights differ by `amount` from the others' if it begins at one of `places`."""
    return lambda place: Outcome([np.zeros(2)], [np.ones(3), np.full(3, amount if place in places else 0.0)])


@pytest.mark.parametrize(
    ("amount", "agrees"), [(0.0, True), (TOLERANCE, True), (1.01 * TOLERANCE, False), (np.nan, False), (np.inf, False)]
)
def test_a_mode_that_computes_something_else_is_found(amount, agrees):
    pool = two(outcomes=off(amount))
    pool.candidates[0].outcomes = off(0.0)
    agreed = of_mode(race(pool), Agreed, "graph")
    assert (agreed.output, agreed.agrees, agreed.tolerance) == (0.0, agrees, TOLERANCE)
    np.testing.assert_equal(agreed.weights, amount)


@pytest.mark.parametrize("bad", range(BEGINNINGS + 1))
def test_what_differs_once_may_be_rounding_and_what_differs_always_is_not(bad):
    """It is off by a thousandth wherever it begins but at the last `BEGINNINGS - bad` places."""
    places = [3 * beginning for beginning in range(bad)]
    pool = two(outcomes=off(1e-3, places))
    pool.candidates[0].outcomes = off(0.0)
    assert of_mode(race(pool), Agreed, "graph").agrees == (bad < BEGINNINGS)


def test_a_sweep_goes_through_one_size_after_another():
    events = list(race(two(), CompareConfig(modes=TWO.modes, sizes=(64, 1, 8))))
    assert [size for size, _ in itertools.groupby(event.size for event in events[1:-2])] == [1, 8, 64]
    assert [event.round for event in of_kind(events, Sampled)] == [*range(1, MADE + 1)] * 3
    assert events[-1] == Finished(step=3 * MADE, reason="rounds")


def test_thorough_has_a_hundred_rounds():
    events = list(race(two(), CompareConfig(modes=TWO.modes, depth="thorough")))
    assert events[0].rounds == len(of_kind(events, Sampled)) == 100


def test_the_rounds_come_in_two_blocks_with_a_pause_between():
    pool = two()
    events = of_kind(race(pool), Sampled)
    assert [event.block for event in events] == [1] * (MADE // 2) + [2] * (MADE // 2)
    first, second = events[MADE // 2 - 1 : MADE // 2 + 1]
    assert second.starts[0] - first.starts[-1] - first.times[-1] >= 2_000 * MS


def test_a_round_that_others_disturb_is_marked():
    seen = iter(itertools.cycle([Disturbance(0.0, 0.0, disturbed=False)] * 9 + [Disturbance(0.3, 0.1, disturbed=True)]))
    events = of_kind(race(two(), look=lambda: next(seen)), Sampled)  # asked before and after each round
    marked = [event.round for event in events if event.disturbed]
    assert marked == [*range(5, MADE + 1, 5)]
    assert {(event.others, event.stolen) for event in events if event.disturbed} == {(0.3, 0.1)}
    assert {(event.others, event.stolen) for event in events if not event.disturbed} == {(0.0, 0.0)}


@pytest.mark.parametrize("depth", ["quick", "thorough"])
@pytest.mark.parametrize("sizes", [(1,), (1, 2, 4), (1, 2, 4, 8, 16, 32)])
@pytest.mark.parametrize("each", [0.5, 20, 60, 120])
def test_what_was_promised_is_kept(each, sizes, depth):
    """Whatever a step takes, all is over in time where the fewest rounds fit; with time enough none is left out."""
    pool = two(each=lambda call: round(each * MS))
    clock, config = pool.candidates[0].clock, CompareConfig(modes=TWO.modes, sizes=sizes, depth=depth)
    began = clock.now
    events = list(race(pool, config))
    assert (clock.now - began) / 1e9 <= promised_seconds(config)
    for size in sizes:
        here = [event for event in of_kind(events, Sampled) if event.size == size]
        assert here[-1].round == here[-1].planned == len(here)
        assert [sum(event.block == block for event in here) >= 6 for block in (1, 2)] == [True, True]
        if each <= 20 and depth == "quick":
            assert len(here) == MADE


def test_a_machine_that_grows_slow_halfway_makes_fewer_rounds():
    quick = two()
    list(race(quick))
    halfway = len(quick.candidates[1].calls) - CALLS + 25
    pool = two(each=lambda call: (2 if call < halfway else 100) * MS)
    clock = pool.candidates[0].clock
    began = clock.now
    events = of_kind(race(pool), Sampled)
    assert (clock.now - began) / 1e9 <= 60
    assert 26 <= len(events) < MADE
    assert events[-1].planned == len(events)


def test_what_cannot_be_done_in_time_is_done_with_the_fewest_rounds():
    events = list(race(two(each=lambda call: 3_000 * MS)))
    assert len(of_kind(events, Sampled)) == 12
    assert {len(event.block) for event in of_kind(events, UncontrolledSamples)} == {6}
    assert len(of_mode(events, Warmed, "graph").times) == 6


def test_there_are_as_many_careless_samples_as_rounds_of_every_mode():
    for each in (2, 40):
        events = list(race(two(each=lambda call, each=each: each * MS)))
        counts = {
            len(times)
            for event in of_kind(events, UncontrolledSamples)
            for times in (event.block, event.unsynchronised)
        }
        (count,) = counts
        assert 6 <= count <= len(of_kind(events, Sampled))
        if each == 2:
            assert count == MADE


def test_stop_halfway_ends_with_the_rounds_done():
    pool = two()
    events = race(pool)
    event, seen = next(events), []
    while not isinstance(event, Stopped):
        seen.append(event)
        event = events.send(STOP if isinstance(event, Sampled) and event.round == 12 else None)
    assert event == Stopped(step=12)
    assert seen[-1].round == 12
    assert pool.closed
    with pytest.raises(StopIteration):
        next(events)


def test_stop_is_heard_while_processes_start():
    pool = two()
    pool.refusals = 1000
    events = race(pool)
    next(events)
    assert isinstance(next(events), Waiting)
    assert events.send(STOP) == Stopped(step=0)
    assert pool.closed


def test_stop_is_heard_wherever_it_is_wished():
    told = len(list(race(two())))
    for moment in range(2, told - 2, 3):
        pool = two()
        events = race(pool)
        for _ in range(moment):
            seen = next(events)
        assert isinstance(events.send(STOP), Stopped), seen
        assert pool.closed


def test_a_stop_that_comes_too_late_changes_nothing():
    events = race(two())
    assert next(event for event in events if isinstance(event, Measured))
    assert events.send(STOP) == Finished(step=MADE, reason="rounds")


def test_a_comparison_that_nobody_reads_on_gives_everything_back():
    pool = two()
    events = race(pool)
    next(event for event in events if isinstance(event, Sampled))
    events.close()
    assert pool.closed
    assert gc.isenabled()


@pytest.mark.parametrize("enabled", [True, False])
def test_no_garbage_is_collected_in_a_sample_and_all_is_as_before_between(enabled):
    pool = two()
    try:
        if not enabled:
            gc.disable()
        assert all(gc.isenabled() == enabled for _ in race(pool))
    finally:
        gc.enable()
    assert not any(pool.candidates[0].collecting)


def test_a_mode_that_fails_leaves_no_process_and_the_collector_on():
    def fail(call):
        raise MemoryError("no room")

    pool = two(each=fail)
    with pytest.raises(MemoryError, match="no room"):
        list(race(pool))
    assert pool.closed
    assert gc.isenabled()


def of_one_off_costs(order):
    """The events about building three modes in this order, and when each was built."""
    clock, shared = FakeClock(), [500 * MS]
    own = {"eager": (0, 0), "graph": (100 * MS, 20 * MS), "xla": (110 * MS, 600 * MS)}
    fakes = [Fake(mode, clock, building=own[mode][0], compiling=own[mode][1], shared=shared) for mode in order]
    events = list(race(FakeContest(fakes), CompareConfig(modes=tuple(own))))
    built = {event.mode: (event.tracings, event.firsts) for event in of_kind(events, Prepared)}
    return built, {fake.mode: fake.built_at for fake in fakes}, own


@pytest.mark.parametrize("order", list(itertools.permutations(("eager", "graph", "xla"))))
def test_nobody_pays_what_all_share_whoever_comes_first(order):
    built, _, own = of_one_off_costs(order)
    for mode in ("graph", "xla"):
        assert built[mode] == ((own[mode][0],) * BUILDS, (own[mode][1] + 5 * MS,) * BUILDS)
    assert built["eager"] == ((), ()), "there is nothing to build"


def test_what_came_first_of_all_is_told_apart():
    """The careless benchmark counts it, with what all share."""
    clock = FakeClock()
    fakes = [Fake(mode, clock, building=MS, shared=shared) for mode, shared in (("graph", [500 * MS]), ("xla", []))]
    prepared = of_kind(race(FakeContest(fakes), CompareConfig(modes=("graph", "xla"))), Prepared)
    assert [event.tracing for event in prepared] == [501 * MS, MS]
    assert [event.tracings for event in prepared] == [(MS,) * BUILDS] * 2


def test_builds_come_in_an_order_drawn_anew():
    _, at, _ = of_one_off_costs(("eager", "graph", "xla"))
    first = [
        min(pair, key=lambda mode: at[mode][number]) for number in range(1, BUILDS + 1) for pair in [("graph", "xla")]
    ]
    assert set(first) == {"graph", "xla"}
    assert BUILDS >= FEWEST, "so that there is an interval"


def test_where_builds_take_long_there_are_fewer_but_one_at_least():
    """Of the 60 seconds that were promised, half at most go into building, the round that is under way apart."""

    def builds(seconds):
        clock = FakeClock()
        fakes = [Fake(mode, clock, building=round(seconds * 1000) * MS) for mode in ("graph", "xla")]
        (count,) = {len(event.tracings) for event in of_kind(race(FakeContest(fakes), XLA), Prepared)}
        return count

    assert [builds(seconds) for seconds in (0.1, 2, 4, 100)] == [BUILDS, BUILDS, 3, 1]
