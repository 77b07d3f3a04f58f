"""The careless benchmark: each number comes from the recordings, and it flips what it should."""

import itertools

import numpy as np
import pytest

from lib.core.benchmark.pitfalls import (
    CLASSIC,
    ELSEWHERE,
    FALSELY_CERTAIN,
    NO_LONGER_CERTAIN,
    REVERSED,
    SWITCHES,
    careless,
    flipped,
)
from tests.core.benchmark.made_comparisons import MS, ROUNDS, compared

SIZE, STEPS = 32, 10
FIRST, TRACING = 800, 400  # ms

TIMES = {"eager": [30.0] * ROUNDS, "graph": [10.0] * ROUNDS}
PREPARED = {"graph": {"tracing": TRACING * MS, "first": FIRST * MS}}


def block(*milliseconds):
    """Samples of STEPS steps in nanoseconds."""
    return tuple(round(time * STEPS * MS) for time in milliseconds)


SHORTCUTS = {
    "eager": {"block": block(*[28.0] * 8), "unsynchronised": block(*[27.0] * 8)},
    "graph": {"block": block(*[31.0] * 8), "unsynchronised": block(*[0.5] * 8)},
}


@pytest.fixture
def comparison():
    return compared(TIMES, prepared=PREPARED, shortcuts=SHORTCUTS)


def printed(comparison, *left_out):
    return {one.mode: one.milliseconds for one in careless(comparison, SIZE, frozenset(left_out))}


def intervals(comparison, *left_out):
    return {one.mode: one.interval for one in careless(comparison, SIZE, frozenset(left_out))}


def flips(comparison, *left_out):
    return [(flip.mode, flip.other, flip.kind) for flip in flipped(comparison, SIZE, frozenset(left_out))]


def test_with_nothing_left_out_it_is_the_honest_one(comparison):
    for one in careless(comparison, SIZE, frozenset()):
        honest = comparison.timing(SIZE, one.mode)
        assert (one.milliseconds, one.interval) == (honest.median, (honest.low, honest.high))
    assert flips(comparison) == []


def test_without_interleaving_it_is_the_block(comparison):
    assert printed(comparison, "interleaving") == {"eager": 28, "graph": 31}
    assert intervals(comparison, "interleaving")["graph"] == (31, 31)
    assert flips(comparison, "interleaving") == [("eager", "graph", REVERSED)]


@pytest.mark.parametrize("also", [(), ("interleaving",)])
def test_without_waiting_it_is_the_calls_alone(comparison, also):
    assert printed(comparison, "synchronisation", *also) == {"eager": 27, "graph": 0.5}
    assert flips(comparison, "synchronisation", *also) == []


def test_without_repetition_it_is_one_sample_and_no_interval():
    comparison = compared({"eager": [30.0] * ROUNDS, "graph": [90.0] + [10.0] * (ROUNDS - 1)})
    assert printed(comparison, "repetition") == {"eager": 30, "graph": 90}
    assert set(intervals(comparison, "repetition").values()) == {None}
    assert flips(comparison, "repetition") == [("eager", "graph", REVERSED)]


def test_without_warm_up_the_first_calls_count():
    cold = {"graph": {"times": block(*[50.0] * 40)}, "eager": {"times": block(*[30.0] * 21)}}
    comparison = compared(TIMES, prepared=PREPARED, warmed=cold)
    # graph: the first call and 20 samples of 50 ms, as many as eager has, then 9 of 10 ms: 30, as the honest one has
    assert printed(comparison, "warm_up") == {"eager": 30, "graph": 50}
    assert intervals(comparison, "warm_up")["graph"][1] == pytest.approx(FIRST)  # neighbours are alike
    assert printed(comparison, "warm_up", "repetition") == {"eager": 30, "graph": FIRST}


def test_without_warm_up_alone_a_median_hardly_notices(comparison):
    assert printed(comparison, "warm_up") == {"eager": 30, "graph": 10}
    assert flips(comparison, "warm_up") == []


def test_warm_ups_of_different_length_leave_the_rounds_paired():
    slower_and_slower = [10 * 1.2**n for n in range(ROUNDS)]
    times = {"eager": slower_and_slower, "graph": [0.95 * time for time in slower_and_slower]}
    warmed = {"eager": {"times": block(*[10.0] * 15)}, "graph": {"times": block(*[10.0] * 3)}}
    assert flips(compared(times, warmed=warmed), "warm_up") == []


def test_with_tracing_everything_is_divided_by_all_steps(comparison):
    total, steps = TRACING + FIRST + ROUNDS * STEPS * 10, 1 + ROUNDS * STEPS
    assert printed(comparison, "tracing") == pytest.approx({"eager": 30, "graph": total / steps})
    assert set(intervals(comparison, "tracing").values()) == {None}
    # The first call is counted once, be it as tracing's or as the warm-up's, where it is one of 30.
    total, steps = TRACING + FIRST + (ROUNDS - 1) * STEPS * 10, 1 + (ROUNDS - 1) * STEPS
    assert printed(comparison, "tracing", "warm_up") == pytest.approx({"eager": 30, "graph": total / steps})


def test_the_first_call_of_many_steps_counts_as_many():
    prepared = {"graph": PREPARED["graph"] | {"first_steps": 50}}
    comparison = compared(TIMES, prepared=prepared)
    assert printed(comparison, "warm_up", "repetition")["graph"] == FIRST / 50
    total, steps = TRACING + FIRST + ROUNDS * STEPS * 10, 50 + ROUNDS * STEPS
    assert printed(comparison, "tracing")["graph"] == pytest.approx(total / steps)


def test_one_cold_call_with_tracing_is_the_classic(comparison):
    """Call it once, print the time: a graph three times as fast looks 40 times as slow."""
    seen = printed(comparison, "warm_up", "repetition", "tracing")
    assert seen == pytest.approx({"eager": 30, "graph": TRACING + FIRST})
    assert flips(comparison, *CLASSIC) == [("eager", "graph", REVERSED)]


def test_the_smaller_number_wins_where_the_honest_one_cannot_tell():
    around = [30 * (1 + 0.01 * (-1) ** n * (n + 1)) for n in range(ROUNDS)]
    comparison = compared({"eager": [30.0] * ROUNDS, "graph": around})
    assert flips(comparison) == []
    assert flips(comparison, "warm_up") == []
    assert flips(comparison, "repetition") == [("eager", "graph", FALSELY_CERTAIN)]


def test_what_is_no_longer_certain_is_no_other_order():
    """Where a careless benchmark only knows less, nothing is turned round."""
    noisy = {"block": block(*[10.0 + 30 * (n % 2) for n in range(ROUNDS)]), "unsynchronised": block(*[0.5] * ROUNDS)}
    steady = {"block": block(*[20.0] * ROUNDS), "unsynchronised": block(*[27.0] * ROUNDS)}
    comparison = compared(TIMES, shortcuts={"eager": steady, "graph": noisy})
    assert flips(comparison, "interleaving") == [("eager", "graph", NO_LONGER_CERTAIN)]


@pytest.mark.parametrize("count", [8, 20, ROUNDS])
def test_fewer_samples_alone_flip_nothing(count):
    """The very same samples, only fewer of them: what the honest one knows from so many is what counts."""
    rng = np.random.default_rng(8)
    for _ in range(50):
        times = {"eager": rng.normal(10, 0.5, ROUNDS), "graph": rng.normal(10.4, 0.5, ROUNDS)}
        kept = [k * ROUNDS // count for k in range(count)]
        shortcuts = {
            mode: {"block": block(*values[kept]), "unsynchronised": block(*values[kept])}
            for mode, values in times.items()
        }
        comparison = compared(times, shortcuts=shortcuts)
        assert flips(comparison, "interleaving") == []
        assert flips(comparison, "synchronisation") == []


def test_every_carelessness_says_where_it_would_flip_something():
    assert ELSEWHERE.keys() == SWITCHES.keys()
    assert SWITCHES.keys() >= CLASSIC


def test_modes_without_shortcuts_are_missing_and_flip_nothing():
    comparison = compared(TIMES, shortcuts={"eager": SHORTCUTS["eager"]})
    assert list(printed(comparison, "interleaving")) == ["eager"]
    assert flips(comparison, "interleaving") == []
    assert printed(comparison, "interleaving", "warm_up", "tracing").keys() == {"eager"}
    assert printed(compared(TIMES), "synchronisation") == {}


def test_few_samples_have_no_interval():
    few = {mode: {name: times[:3] for name, times in values.items()} for mode, values in SHORTCUTS.items()}
    comparison = compared(TIMES, prepared=PREPARED, shortcuts=few)
    assert intervals(comparison, "interleaving") == {"eager": None, "graph": None}
    assert flips(comparison, "interleaving") == [("eager", "graph", REVERSED)]


def test_what_is_not_ranked_does_not_flip():
    wrong = {"graph": {"agrees": False}}
    comparison = compared(TIMES, prepared=PREPARED, shortcuts=SHORTCUTS, agreed=wrong)
    assert printed(comparison, "interleaving") == {"eager": 28, "graph": 31}
    assert flips(comparison, "interleaving") == []


def test_every_combination_makes_sense(comparison):
    recorded = {"eager": (27, 30), "graph": (0.5, TRACING + FIRST)}
    for count in range(len(SWITCHES) + 1):
        for left_out in itertools.combinations(SWITCHES, count):
            seen = careless(comparison, SIZE, frozenset(left_out))
            assert [one.mode for one in seen] == ["eager", "graph"]
            for one in seen:
                assert recorded[one.mode][0] <= one.milliseconds <= recorded[one.mode][1]
                assert (one.interval is None) == bool({"repetition", "tracing"} & set(left_out))
                assert one.interval is None or one.interval[0] <= one.milliseconds <= one.interval[1]
            flips(comparison, *left_out)


def test_other_switches_are_refused(comparison):
    with pytest.raises(ValueError, match=r"left_out must be of warm_up, .* but has sleep"):
        careless(comparison, SIZE, frozenset({"sleep"}))


def test_a_size_without_times_has_nothing(comparison):
    assert careless(comparison, 64, frozenset({"repetition"})) == ()
    assert flipped(comparison, 64, frozenset({"repetition"})) == []
