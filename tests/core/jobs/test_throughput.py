"""The pace of a run follows from its recorded seconds, not from its last call."""

from dataclasses import replace

import numpy as np
import pytest

from lib.core.jobs.throughput import Throughput, measured
from lib.core.jobs.wait_estimate import Wait, seconds_left
from lib.core.training.config import TrainConfig
from lib.core.training.events import Compiled, Finished, Inside, Progress, Started, Stopped
from tests.core.diagnosis.test_report import epoch
from tests.core.jobs.test_wait_estimate import Waiting

CONFIG = TrainConfig(train_size=60_000, batch_size=256, epochs=2)
STARTED = Started(
    device="CPU",
    threads=2,
    versions={},
    parameters=1,
    steps_per_epoch=235,
    total_steps=470,
    loading_seconds=0.5,
)
COMPILED = Compiled(tracing_seconds=1.0, compiling_seconds=2.5)
EPOCHS = [replace(epoch(n, 0.1), training_seconds=6.0, evaluating_seconds=0.4) for n in (1, 2)]
NO_FLOATS = np.empty(0, np.float32)


def inside(number: int, seconds: float) -> Inside:
    nothing = np.empty((0, 3), np.int32)
    return Inside(
        epoch=number,
        step=number * 235,
        mistakes=nothing,
        probabilities=NO_FLOATS,
        first_layer=NO_FLOATS,
        weights={},
        gradients={},
        dead={},
        seconds=seconds,
    )


def chunk(first: int, steps: int, speed: float) -> Progress:
    some = np.zeros(steps, np.float32)
    return Progress(first_step=first, losses=some, accuracies=some, images_per_second=speed)


def test_the_speed_is_that_of_whole_epochs_and_not_of_the_last_small_call() -> None:
    """An epoch of 60,000 images in batches of 256 ends with a call of one step with 96 images: mostly overhead."""
    last = [chunk(470, 1, 3000.0)]
    pace = measured(CONFIG, STARTED, COMPILED, EPOCHS, (), chunks=last)
    assert pace is not None
    assert pace.images_per_second == pytest.approx(10_000)


def test_before_the_first_epoch_is_complete_many_steps_tell() -> None:
    """99 steps at 10,000 images a second and one at 1,000 are as fast as their seconds together say."""
    pace = measured(CONFIG, STARTED, COMPILED, (), (), chunks=[chunk(1, 99, 10_000.0), chunk(100, 1, 1000.0)])
    assert pace is not None
    seconds = 99 * 256 / 10_000 + 256 / 1000
    assert pace.images_per_second == pytest.approx(100 * 256 / seconds)
    assert pace.looking is None


def test_an_epochs_end_is_all_that_is_no_training() -> None:
    insides = [inside(0, 9.0), inside(1, 0.3), inside(2, 0.3)]
    recorded = measured(CONFIG, STARTED, COMPILED, EPOCHS, insides)
    assert recorded is not None
    assert recorded.looking == pytest.approx(0.7), "the look before the first step belongs to no epoch"
    whole = measured(CONFIG, STARTED, COMPILED, EPOCHS, insides, seconds=4.0 + 12.0 + 3.0)
    assert whole is not None
    assert (whole.starting, whole.looking) == (4.0, pytest.approx(1.5)), "writing it down takes time as well"


def test_only_a_run_that_ended_early_by_itself_says_after_how_many_epochs() -> None:
    ends = (Finished(step=470, reason="target_accuracy"), Finished(step=470, reason="epochs"), Stopped(step=470), None)
    paces = [measured(CONFIG, STARTED, COMPILED, EPOCHS, (), end) for end in ends]
    assert [pace.epochs for pace in paces if pace] == [2, None, None, None]


def test_a_run_without_a_step_has_no_pace() -> None:
    assert measured(CONFIG, STARTED, COMPILED, (), ()) is None
    assert measured(CONFIG, None, None, (), (), chunks=[chunk(1, 1, float("nan"))]) is None


def test_what_a_run_took_is_expected_of_the_next_one_like_it() -> None:
    """The pace of a run, put back into the estimate, comes to the seconds that it took."""
    pace = measured(CONFIG, STARTED, COMPILED, EPOCHS, (), seconds=19.0)
    assert isinstance(pace, Throughput)
    expected = seconds_left(Waiting(CONFIG), {CONFIG: pace})
    assert expected == pytest.approx(Wait(15.0, 19.0)), "without and with its four seconds to start"


# ---- against recorded timings


EARLY = TrainConfig(
    network="fast", filters=16, dense_units=256, batch_size=256, train_size=4000, epochs=4, target_accuracy=0.9
)
"""Recorded one after the other in one process, on two busy cores; each reached its target after two of four epochs."""
STEPS = 16


def recorded(
    loading: float, compiled: tuple[float, float], epochs: list[tuple[float, float]], looks: list[float]
) -> Throughput:
    """The pace of a recorded run: seconds to load, to trace and compile, of each epoch's steps and tests, of looks."""
    started = replace(STARTED, loading_seconds=loading, steps_per_epoch=STEPS, total_steps=4 * STEPS)
    made = Compiled(tracing_seconds=compiled[0], compiling_seconds=compiled[1])
    done = [
        replace(epoch(n, 0.1), step=n * STEPS, training_seconds=training, evaluating_seconds=evaluating)
        for n, (training, evaluating) in enumerate(epochs, 1)
    ]
    end = Finished(step=2 * STEPS, reason="target_accuracy")
    pace = measured(EARLY, started, made, done, [inside(n, seconds) for n, seconds in enumerate(looks, 1)], end)
    assert pace is not None
    return pace


COLD = recorded(1.616, (2.560, 0.984), [(2.161, 3.433), (1.215, 1.042)], [1.177, 1.469])
WARM = recorded(0.112, (0.0, 0.0), [(1.953, 1.264), (1.086, 1.928)], [0.170, 1.516])
COLD_SECONDS, WARM_SECONDS = 16.23, 8.06
LAST_CALL = 586.7
"""Images per second in the last call of the second run, which made one step."""


def test_a_recorded_run_takes_what_was_said_of_it_from_the_one_before() -> None:
    for pace in (COLD, WARM):
        wait = seconds_left(Waiting(EARLY), {EARLY: pace})
        assert wait is not None
        assert wait.least / 1.35 <= WARM_SECONDS <= wait.most * 1.35, "a machine as busy as this one wavers so much"
    cold = seconds_left(Waiting(EARLY), {EARLY: COLD})
    assert cold is not None
    assert cold.most == pytest.approx(COLD_SECONDS, rel=0.1)


def test_the_speed_of_its_last_call_and_all_its_epochs_would_have_said_six_times_as_much() -> None:
    """The error that was seen: 4 min 3 s were said and it took 40 s."""
    wait = seconds_left(Waiting(EARLY), {EARLY: Throughput(LAST_CALL)})
    assert wait is not None
    assert wait.most > 5.5 * WARM_SECONDS
