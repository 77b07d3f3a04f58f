"""The timed code, with TensorFlow: every mode computes the same, and its counts and resets are right."""

import time
from contextlib import closing

import keras
import numpy as np
import psutil
import pytest
import tensorflow as tf

from lib.core.studies.configs import CompareConfig
from lib.core.studies.events import Agreed, Prepared, Sampled, Waiting
from lib.core.studies.modes import way_of
from lib.core.studies.works import PLAIN_MODES, WORKS
from lib.ml.benchmark.candidates import OneCall, Trained
from lib.ml.benchmark.pool import CandidatePool, first_weights
from lib.ml.benchmark.protocol import compare
from lib.ml.benchmark.runner import AGREEING, TOLERANCE, largest_difference
from lib.ml.benchmark.tf1_session import SessionProcess
from lib.ml.benchmark.workloads import (
    EDGE,
    FEWEST_BATCHES,
    MOST_BATCHES,
    PICTURES,
    SHRINKING,
    SMALL,
    batches,
    small_inputs,
    task,
)
from lib.ml.training.optimizers import FusedAdam
from tests.ml.conftest import of_kind

LITTLE = 4
"""Images per batch, few enough for quick steps."""


@pytest.fixture(scope="module")
def process():
    """One TensorFlow 1 process for all tests here."""
    with closing(SessionProcess()) as process:
        yield process


def entered(process, size=LITTLE, work="train_step", **settings):
    """The built candidates of a comparison of every mode."""
    modes = settings.pop("modes", WORKS[work].modes)
    pool = CandidatePool(CompareConfig(work=work, sizes=(size,), modes=modes, **settings), process)
    assert pool.ready(120)
    made = list(pool.enter(size))
    for candidate in made:
        candidate.time_building(time.perf_counter_ns)
    pool.close()  # which leaves the process
    return made


def test_every_mode_trains_alike(process):
    candidates = entered(process)
    assert [candidate.mode for candidate in candidates] == list(WORKS["train_step"].modes)
    first, *others = (candidate.outcome(AGREEING) for candidate in candidates)
    assert len(first.outputs) == AGREEING
    assert len({float(loss) for loss in first.outputs}) == AGREEING
    start = first_weights(42)
    assert largest_difference(first.weights, start) > 10 * TOLERANCE
    for other in others:
        assert largest_difference(first.outputs, other.outputs) <= TOLERANCE
        assert largest_difference(first.weights, other.weights) <= TOLERANCE


def test_every_mode_goes_on_to_the_next_batches_and_back_to_the_first(process):
    """Whatever was timed before, `outcome` is that of untouched weights, bit for bit."""
    for candidate in entered(process):
        before = candidate.outcome(2)
        assert candidate.time_first(time.perf_counter_ns) > 0
        assert candidate.time(time.perf_counter_ns, 3) > 0
        assert candidate.time(time.perf_counter_ns, 3, wait=False) > 0
        after, elsewhere = candidate.outcome(2), candidate.outcome(2, 1)
        for parts in (before.outputs, after.outputs), (before.weights, after.weights):
            assert all(np.array_equal(a, b) for a, b in zip(*parts, strict=True)), candidate.mode
        assert largest_difference(before.outputs, elsewhere.outputs) > 1e-3, candidate.mode


def test_timing_traces_nothing_more(process):
    for candidate in entered(process):
        traces = candidate.traces
        candidate.time_first(time.perf_counter_ns)
        built = candidate.traces
        for steps in (1, 2, 5):
            candidate.time(time.perf_counter_ns, steps)
        assert candidate.traces == built == traces, candidate.mode
        assert traces == {"eager": 0, "loop_xla": 2}.get(way_of(candidate.mode), 1)


@pytest.mark.parametrize("mode", [mode for mode in WORKS["train_step"].modes if way_of(mode) != "eager"])
def test_what_is_forgotten_is_built_and_compiled_anew(process, mode):
    """Both are done again, it traces as often as at first, and computes the same."""
    (candidate,) = (one for one in entered(process, modes=(mode, "eager")) if one.mode == mode)
    candidate.time_first(time.perf_counter_ns)
    traces, before = candidate.traces, candidate.outcome(2)
    steady = min(candidate.time(time.perf_counter_ns, 1) for _ in range(5))
    for _ in range(2):
        candidate.forget()
        building = candidate.time_building(time.perf_counter_ns)
        first = candidate.time_first(time.perf_counter_ns)
        assert building > steady, "a whole network is traced, and a step has 4 images"
        if "xla" in mode:
            assert first > 3 * steady, "it is compiled anew"
        assert candidate.traces == traces
    after = candidate.outcome(2)
    for parts in (before.outputs, after.outputs), (before.weights, after.weights):
        assert all(np.array_equal(a, b) for a, b in zip(*parts, strict=True))


@pytest.mark.parametrize("mode", ["graph", "xla", "fit", "loop", "eager"])
def test_each_mode_has_the_adam_that_its_name_says(process, mode):
    kinds = {one.mode: type(one._trained.optimizer) for one in entered(process, modes=(mode, f"{mode}_keras"))}
    assert kinds == {mode: FusedAdam, f"{mode}_keras": keras.optimizers.Adam}


@pytest.mark.parametrize("wrong", [{"epsilon": 1e-8}, {"learning_rate": 0.00101}, {"beta_2": 0.99}])
def test_another_adam_is_found_out(mnist, wrong):
    """1e-8 is the epsilon that TensorFlow 1 had."""
    weights, made = first_weights(1), task("train_step", 32, 1, mnist)

    def outcome(**settings):
        trained = Trained(weights, keras.optimizers.Adam(**{"learning_rate": 0.001} | settings))
        return OneCall("graph", trained.step, made.inputs, trained).outcome(AGREEING)

    right, found = outcome(), outcome(**wrong)
    assert max(largest_difference(right.weights, found.weights), largest_difference(right.outputs, found.outputs)) > (
        TOLERANCE
    )


@pytest.mark.parametrize("mode", ["graph", "xla"])
def test_another_shape_is_traced_anew_and_counted(mode):
    inputs = [(np.ones(3, np.float32),), (np.ones(3, np.float32),), (np.ones(4, np.float32),)]
    candidate = OneCall(mode, lambda x: x + 1.0, inputs)
    candidate.build()
    counts = [candidate.traces]
    for _ in range(4):
        candidate.run(1)
        counts.append(candidate.traces)
    assert counts == [1, 1, 1, 2, 2]


@pytest.mark.parametrize(
    ("work", "size"),
    [("forward", 3), ("tiny_ops", 1), ("tiny_ops", 30), ("matmul", 16), ("convolution", 4), ("python_loop", 30)],
)
def test_works_that_do_not_train_agree(process, work, size):
    candidates = entered(process, size, work=work)
    assert [candidate.mode for candidate in candidates] == list(PLAIN_MODES)
    first, *others = (candidate.outcome(2) for candidate in candidates)
    assert all(len(outcome.weights) == 0 for outcome in (first, *others))
    for other in others:
        assert largest_difference(first.outputs, other.outputs) <= 1e-5


def output(work, size):
    """The output of a small work, as a Python value."""
    return OneCall("eager", SMALL[work](size), [small_inputs(work, size, 0)]).run(1).numpy()


@pytest.mark.parametrize("size", [1, 2, 100, 1000])
def test_the_loop_makes_as_many_rounds_as_its_size(size):
    (start,) = small_inputs("python_loop", size, 0)
    assert output("python_loop", size) == pytest.approx(start * SHRINKING**size, rel=1e-4)
    assert SHRINKING < output("python_loop", size) <= 1


def test_small_works_are_what_they_say():
    """Oracles in NumPy."""
    a, b = small_inputs("matmul", 5, 0)
    np.testing.assert_allclose(output("matmul", 5), a @ b, rtol=1e-5)
    pictures, filters = small_inputs("convolution", 2, 0)
    found = output("convolution", 2)
    assert found.shape == (PICTURES, EDGE - 2, EDGE - 2, 2)
    np.testing.assert_allclose(found[1, 4, 6], np.tensordot(pictures[1, 4:7, 6:9], filters, 3), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("size", [1, 7, 100])
def test_the_chain_has_as_many_operations_as_its_size(size):
    graph = tf.function(SMALL["tiny_ops"](size)).get_concrete_function(tf.ones(8)).graph
    assert sum(operation.type in ("AddV2", "Mul") for operation in graph.get_operations()) == size


@pytest.mark.parametrize(("size", "count"), [(1, MOST_BATCHES), (32, 512), (256, 64), (1024, FEWEST_BATCHES)])
def test_batches_are_images_with_their_labels_and_none_twice(mnist, size, count):
    drawn = batches(mnist, size, 3)
    assert drawn.images.shape == (count, size, 28, 28, 1)
    assert drawn.images.dtype == np.float32
    assert drawn.images.max() == 1.0
    label_of = {image.tobytes(): label for image, label in zip(mnist.x_train, mnist.y_train, strict=True)}
    pixels, labels = drawn.pixels.reshape(-1, 28, 28), drawn.labels.reshape(-1)
    assert all(label_of[image.tobytes()] == label for image, label in zip(pixels, labels, strict=True))
    assert len(label_of) == len(mnist.x_train)  # no image is there twice
    assert len({image.tobytes() for image in pixels}) == count * size
    assert np.array_equal(batches(mnist, size, 3).labels, drawn.labels)
    assert not np.array_equal(batches(mnist, size, 4).labels, drawn.labels)


def test_a_whole_comparison_leaves_no_process():
    def children():
        return {child.pid for child in psutil.Process().children(recursive=True)}

    before = children()
    config = CompareConfig(work="tiny_ops", modes=("graph", "session"), sizes=(1, 3))
    events, during = [], set()
    for event in compare(config):
        events.append(event)
        during |= children() - before
    assert len(during) == 1
    assert children() <= before
    for size in (1, 3):  # as many rounds as there is time for, six in each block at least
        rounds = [event.round for event in of_kind(events, Sampled) if event.size == size]
        assert rounds == list(range(1, len(rounds) + 1))
        assert 12 <= len(rounds) <= 40
    assert all(event.agrees for event in of_kind(events, Agreed))
    assert all(event.traces == 1 for event in of_kind(events, Prepared))
    assert not any(event.void for event in of_kind(events, Sampled))
    assert of_kind(events, Waiting)
    # A machine that is much faster than when the lengths were chosen makes a few samples shorter.
    times = sorted(taken for event in of_kind(events, Sampled) for taken in event.times)
    assert times[len(times) // 10] >= 10_000_000
