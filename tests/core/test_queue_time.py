"""The expected wait: known work over known speed, never less with more ahead, and None where nothing is known."""

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.config import TrainConfig
from lib.core.queue_time import (
    COMPARISON_SECONDS,
    LOOKING,
    RETRACE_SECONDS,
    START_SECONDS,
    TEST_IMAGES,
    XRAY_SECONDS,
    expected_wait,
    length_of,
    seconds_left,
    speed_of,
)
from lib.core.studies import DEPTHS, CompareConfig, RetraceConfig, StudyConfig, XrayConfig
from tests.core.test_config import configs


@dataclasses.dataclass(frozen=True)
class Waiting:
    config: TrainConfig | StudyConfig = dataclasses.field(default_factory=TrainConfig)
    step: int = 0
    total_steps: int = 0


ONE = TrainConfig(epochs=2, train_size=1000, batch_size=50)
SPEED = {ONE: 1000.0}
LOOK = TEST_IMAGES * LOOKING / 1000
"""Seconds that an epoch's look at the test images takes at SPEED."""


def test_with_nobody_ahead_it_is_ones_turn():
    assert expected_wait([], {}) == 0
    assert expected_wait([Waiting(ONE)], {}, workers=2) == 0, "a worker is free, however long the other one takes"


def test_a_run_not_begun_takes_its_start_its_steps_and_its_looks_at_the_test_images():
    assert expected_wait([Waiting(ONE)], SPEED) == pytest.approx(START_SECONDS + 2 + 2 * LOOK)


def test_of_a_run_under_way_only_the_rest_counts():
    assert expected_wait([Waiting(ONE, step=30, total_steps=40)], SPEED) == pytest.approx(0.5 + LOOK)
    assert expected_wait([Waiting(ONE, step=40, total_steps=40)], SPEED) == pytest.approx(LOOK)


def test_the_held_out_part_is_not_trained_on():
    half = dataclasses.replace(ONE, validation_split=0.5)
    assert seconds_left(Waiting(half), SPEED) == pytest.approx(START_SECONDS + 1 + 2 * LOOK)


def test_where_nothing_is_known_the_wait_is_unknown():
    assert expected_wait([Waiting(ONE)], {}) is None
    assert expected_wait([Waiting(ONE)], {TrainConfig(network="mlp"): 1000.0}) is None
    mlp = Waiting(dataclasses.replace(ONE, network="mlp"))
    assert expected_wait([Waiting(ONE), mlp], SPEED) is None


def test_one_unknown_run_keeps_only_its_own_worker():
    mlp = Waiting(dataclasses.replace(ONE, network="mlp"))
    assert expected_wait([mlp, Waiting(ONE)], SPEED, workers=2) == seconds_left(Waiting(ONE), SPEED)


@pytest.mark.parametrize("speed", [0.0, -5.0, math.nan, math.inf])
def test_a_speed_that_is_none_is_not_known(speed):
    assert expected_wait([Waiting(ONE)], {ONE: speed}) is None


def test_the_most_alike_runs_are_asked():
    config = TrainConfig()
    same_width = dataclasses.replace(config, batch_size=64)
    wide = dataclasses.replace(config, dense_units=1024)
    eager = dataclasses.replace(config, execution="eager")
    speeds = {config: 1.0, same_width: 2.0, wide: 3.0, eager: 4.0}
    order = [speed_of(config, speeds)]
    for known in (config, same_width, wide):
        del speeds[known]
        order.append(speed_of(config, speeds))
    assert order == [1.0, 2.0, 3.0, 4.0]


def test_of_several_equally_alike_runs_the_middle_one_counts():
    speeds = {TrainConfig(batch_size=size): speed for size, speed in ((1, 10.0), (2, 500.0), (3, 20.0))}
    assert speed_of(TrainConfig(), speeds) == 20.0


works = st.builds(Waiting, configs, st.integers(0, 10**6), st.integers(0, 10**6))
speeds = st.dictionaries(configs, st.floats(allow_nan=True, allow_infinity=True), max_size=4)
workers = st.integers(1, 5)


def as_number(wait):
    """Unknown is longer than any wait."""
    return math.inf if wait is None else wait


@given(st.lists(works, max_size=6), works, st.integers(0, 6), speeds, workers)
def test_more_ahead_is_never_less_wait(ahead, another, place, known, count):
    known = {run.config: 100.0 for run in ahead[::2]} | known
    more = [*ahead[:place], another, *ahead[place:]]
    less = as_number(expected_wait(ahead, known, count))
    assert 0 <= less <= as_number(expected_wait(more, known, count)) * (1 + 1e-9)


@given(st.lists(works, max_size=6), workers)
def test_one_more_worker_is_never_more_wait(ahead, count):
    known = {run.config: 100.0 for run in ahead}
    assert expected_wait(ahead, known, count + 1) <= expected_wait(ahead, known, count)


@given(works, st.integers(1, 1000))
def test_a_run_that_is_further_takes_no_longer(run, steps):
    known = {run.config: 100.0}
    further = dataclasses.replace(run, step=run.step + steps)
    assert seconds_left(further, known) <= seconds_left(run, known)


QUICK = CompareConfig(work="matmul", modes=("eager", "graph"), sizes=(4,))


@pytest.mark.parametrize(
    ("config", "seconds"),
    [
        (QUICK, COMPARISON_SECONDS["quick"]),
        (dataclasses.replace(QUICK, depth="thorough"), COMPARISON_SECONDS["thorough"]),
        (dataclasses.replace(QUICK, sizes=(4, 16, 64)), 3 * COMPARISON_SECONDS["quick"]),
        (RetraceConfig(), RETRACE_SECONDS),
        (XrayConfig(), XRAY_SECONDS),
    ],
)
def test_of_a_study_like_none_before_as_much_is_expected_as_is_allowed(config, seconds):
    assert expected_wait([Waiting(config)], {}) == seconds
    assert set(COMPARISON_SECONDS) == set(DEPTHS)


def test_of_a_study_like_earlier_ones_what_they_took():
    wider = dataclasses.replace(QUICK, modes=("eager", "graph", "xla", "session"), sizes=(4, 16))
    known = {QUICK: 10.0, dataclasses.replace(QUICK, depth="thorough"): 1000.0, XrayConfig(): 3.0}
    assert length_of(QUICK, known) == 10
    assert length_of(dataclasses.replace(QUICK, work="convolution"), known) == 10
    assert length_of(wider, known) == pytest.approx(40), "twice the modes at twice the sizes"
    assert length_of(XrayConfig(example="loop"), known) == 3
    assert length_of(RetraceConfig(), known) == RETRACE_SECONDS


def test_of_a_study_under_way_only_the_rest_counts():
    known = {QUICK: 10.0}
    assert seconds_left(Waiting(QUICK, step=15, total_steps=30), {}, known) == pytest.approx(5)
    assert seconds_left(Waiting(QUICK, step=31, total_steps=30), {}, known) == 0


def test_runs_and_studies_wait_for_each_other():
    together = expected_wait([Waiting(QUICK), Waiting(ONE)], SPEED, 1, {QUICK: 10.0})
    assert together == pytest.approx(10 + START_SECONDS + 2 + 2 * LOOK)
    assert expected_wait([Waiting(QUICK), Waiting(ONE)], {}, 1, {QUICK: 10.0}) is None
    assert expected_wait([Waiting(QUICK), Waiting(ONE)], {}, 2, {QUICK: 10.0}) == 10, "the other worker is free then"
