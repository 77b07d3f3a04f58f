"""The expected wait: known work over known speed, never less with more jobs ahead, and None if nothing is known."""

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.jobs.throughput import Throughput
from lib.core.jobs.wait_estimate import (
    EXPORT_SECONDS,
    LOOKING,
    RETRACE_SECONDS,
    START_SECONDS,
    TEST_IMAGES,
    XRAY_SECONDS,
    Wait,
    expected_wait,
    length_of,
    pace_of,
    seconds_left,
)
from lib.core.studies.configs import CompareConfig, ExportConfig, RetraceConfig, StudyConfig, XrayConfig
from lib.core.studies.works import DEPTHS, SECONDS
from lib.core.training.config import TrainConfig
from tests.core.training.test_config import configs


@dataclasses.dataclass(frozen=True)
class Waiting:
    config: TrainConfig | StudyConfig = dataclasses.field(default_factory=TrainConfig)
    step: int = 0
    total_steps: int = 0


ONE = TrainConfig(epochs=2, train_size=1000, batch_size=50)
KNOWN = {ONE: Throughput(1000.0)}
LOOK = TEST_IMAGES * LOOKING / 1000
"""Seconds per evaluation of the test images at KNOWN's pace, until one was recorded."""


def exactly(seconds):
    """A wait of exactly this many seconds."""
    return pytest.approx(Wait(seconds, seconds))


def test_with_nobody_ahead_it_is_ones_turn():
    assert expected_wait([], {}) == Wait(0, 0)
    assert expected_wait([Waiting(ONE)], {}, workers=2) == Wait(0, 0), "a worker is free, however long the other takes"


def test_a_run_not_begun_takes_its_steps_its_looks_and_what_it_may_take_to_start():
    work = 2 + 2 * LOOK
    assert expected_wait([Waiting(ONE)], KNOWN) == pytest.approx(Wait(work, work + START_SECONDS))
    seen = {ONE: Throughput(1000.0, looking=0.5, starting=7.0)}
    assert expected_wait([Waiting(ONE)], seen) == pytest.approx(Wait(3.0, 10.0)), "a warm worker needs no start"


def test_of_a_run_under_way_only_the_rest_counts():
    assert expected_wait([Waiting(ONE, step=30, total_steps=40)], KNOWN) == exactly(0.5 + LOOK)
    assert expected_wait([Waiting(ONE, step=40, total_steps=40)], KNOWN) == exactly(LOOK)
    seen = {ONE: Throughput(1000.0, looking=0.125)}
    assert expected_wait([Waiting(ONE, step=10, total_steps=40)], seen) == exactly(1.5 + 2 * 0.125)


def test_the_held_out_part_is_not_trained_on():
    half = dataclasses.replace(ONE, validation_split=0.5)
    assert seconds_left(Waiting(half, step=0, total_steps=20), KNOWN) == exactly(1 + 2 * LOOK)


def test_where_nothing_is_known_the_wait_is_unknown():
    assert expected_wait([Waiting(ONE)], {}) is None
    assert expected_wait([Waiting(ONE)], {TrainConfig(network="mlp"): Throughput(1000.0)}) is None
    mlp = Waiting(dataclasses.replace(ONE, network="mlp"))
    assert expected_wait([Waiting(ONE), mlp], KNOWN) is None


def test_one_unknown_run_keeps_only_its_own_worker():
    mlp = Waiting(dataclasses.replace(ONE, network="mlp"))
    assert expected_wait([mlp, Waiting(ONE)], KNOWN, workers=2) == seconds_left(Waiting(ONE), KNOWN)


@pytest.mark.parametrize("speed", [0.0, -5.0, math.nan, math.inf])
def test_a_speed_that_is_none_is_not_known(speed):
    assert expected_wait([Waiting(ONE)], {ONE: Throughput(speed)}) is None


def test_the_most_alike_runs_are_asked_and_the_less_alike_the_wider_the_range():
    config = TrainConfig()
    other_seed = dataclasses.replace(config, seed=1)
    smaller_batch = dataclasses.replace(config, batch_size=64)
    wide = dataclasses.replace(config, dense_units=1024)
    eager = dataclasses.replace(config, execution="eager")
    paces = {
        config: Throughput(1.0),
        other_seed: Throughput(2.0),
        smaller_batch: Throughput(3.0),
        wide: Throughput(4.0),
        eager: Throughput(5.0),
    }
    order = [pace_of(config, paces)]
    for known in (config, other_seed, smaller_batch, wide):
        del paces[known]
        order.append(pace_of(config, paces))
    assert order == [(Throughput(1.0), 1), (Throughput(2.0), 1), (Throughput(3.0), 2), (Throughput(4.0), 4), None]
    left = seconds_left(Waiting(config, total_steps=9375), {wide: Throughput(1000.0, looking=1.0)})
    assert left == pytest.approx(Wait(305 / 4, 305 * 4))


def test_of_several_equally_alike_runs_the_middle_one_counts():
    paces = {
        TrainConfig(seed=seed): Throughput(speed, looking)
        for seed, speed, looking in ((1, 10.0, 0.25), (2, 500.0, None), (3, 20.0, 0.75))
    }
    assert pace_of(TrainConfig(), paces) == (Throughput(20.0, 0.5), 1)


# ---- runs that end early by themselves

TARGET = dataclasses.replace(ONE, epochs=20, target_accuracy=0.99)


def epochs_in(wait):
    """The number of epochs in a range of seconds, if an epoch and its evaluation take 1 + LOOK."""
    return round(wait.least / (1 + LOOK)), round(wait.most / (1 + LOOK))


def test_a_run_that_may_end_early_takes_between_one_epoch_and_all():
    assert epochs_in(seconds_left(Waiting(TARGET, total_steps=400), KNOWN)) == (1, 20)
    assert epochs_in(seconds_left(Waiting(TARGET, step=100, total_steps=400), KNOWN)) == (1, 15)
    patient = dataclasses.replace(ONE, epochs=20, patience=2)
    assert epochs_in(seconds_left(Waiting(patient, total_steps=400), KNOWN)) == (1, 20)


def test_where_runs_like_it_ended_early_so_will_it():
    """It said 4 min 3 s where it took 40 s: all its epochs were counted, though each run before had reached the target
    after few of them."""
    known = {
        dataclasses.replace(TARGET, seed=seed): Throughput(1000.0, epochs=epochs) for seed, epochs in ((1, 3), (2, 4))
    }
    assert epochs_in(seconds_left(Waiting(TARGET, total_steps=400), known)) == (3, 4)
    assert epochs_in(seconds_left(Waiting(TARGET, step=25, total_steps=400), known)) == (2, 3)
    never = {dataclasses.replace(TARGET, seed=1): Throughput(1000.0)}
    assert epochs_in(seconds_left(Waiting(TARGET, total_steps=400), never)) == (20, 20)


works = st.builds(Waiting, configs, st.integers(0, 10**6), st.integers(0, 10**6))
numbers = st.floats(allow_nan=True, allow_infinity=True)
seconds = st.none() | st.floats(0, 1e6)
paces = st.builds(Throughput, numbers, seconds, seconds, st.none() | st.integers(1, 100))
tables = st.dictionaries(configs, paces, max_size=4)
workers = st.integers(1, 5)


def as_numbers(wait):
    """Unknown is longer than any wait."""
    return (math.inf, math.inf) if wait is None else tuple(wait)


@given(st.lists(works, max_size=6), works, st.integers(0, 6), tables, workers)
def test_more_ahead_is_never_less_wait(ahead, another, place, known, count):
    known = {run.config: Throughput(100.0) for run in ahead[::2]} | known
    more = [*ahead[:place], another, *ahead[place:]]
    less = as_numbers(expected_wait(ahead, known, count))
    assert 0 <= less[0] <= less[1]
    assert all(
        few <= many * (1 + 1e-9) for few, many in zip(less, as_numbers(expected_wait(more, known, count)), strict=True)
    )


@given(st.lists(works, max_size=6), workers)
def test_one_more_worker_is_never_more_wait(ahead, count):
    known = {run.config: Throughput(100.0) for run in ahead}
    more, fewer = expected_wait(ahead, known, count + 1), expected_wait(ahead, known, count)
    assert more.least <= fewer.least
    assert more.most <= fewer.most


@given(works, st.integers(1, 1000))
def test_a_run_that_is_further_takes_no_longer(run, steps):
    known = {run.config: Throughput(100.0)}
    further, before = dataclasses.replace(run, step=run.step + steps), seconds_left(run, known)
    assert seconds_left(further, known).least <= before.least
    assert seconds_left(further, known).most <= before.most


QUICK = CompareConfig(work="matmul", modes=("eager", "graph"), sizes=(4,))


@pytest.mark.parametrize(
    ("config", "seconds"),
    [
        (QUICK, SECONDS["quick"]),
        (dataclasses.replace(QUICK, depth="thorough"), SECONDS["thorough"]),
        (dataclasses.replace(QUICK, sizes=(4, 16, 64)), 3 * SECONDS["quick"]),
        (RetraceConfig(), RETRACE_SECONDS),
        (XrayConfig(), XRAY_SECONDS),
        (ExportConfig(model="a", format="onnx"), EXPORT_SECONDS),
    ],
)
def test_of_a_study_like_none_before_as_much_is_expected_as_is_allowed(config, seconds):
    assert expected_wait([Waiting(config)], {}) == Wait(seconds, seconds)
    assert set(SECONDS) == set(DEPTHS)


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
    assert seconds_left(Waiting(QUICK, step=15, total_steps=30), {}, known) == exactly(5)
    assert seconds_left(Waiting(QUICK, step=31, total_steps=30), {}, known) == Wait(0, 0)


def test_runs_and_studies_wait_for_each_other():
    together = expected_wait([Waiting(QUICK), Waiting(ONE, total_steps=40)], KNOWN, 1, {QUICK: 10.0})
    assert together == exactly(10 + 2 + 2 * LOOK)
    assert expected_wait([Waiting(QUICK), Waiting(ONE)], {}, 1, {QUICK: 10.0}) is None
    assert expected_wait([Waiting(QUICK), Waiting(ONE)], {}, 2, {QUICK: 10.0}) == Wait(10, 10), (
        "the other worker's turn"
    )
