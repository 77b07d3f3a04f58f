"""The learning curve: few points, nothing important lost, however it was chunked."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.training.curve import BUCKETS, LONGEST, RAW, SERIES, SINGLE, Curve, Smoother
from lib.core.training.events import Progress

RNG = np.random.default_rng(0)
ONE = np.ones(1, np.float32)


def pieces(losses, cuts):
    """The same steps in chunks that end at `cuts`."""
    edges = [0, *sorted({cut for cut in cuts if 0 < cut < len(losses)}), len(losses)]
    return [
        Progress(first_step=a + 1, losses=losses[a:b], accuracies=1 - losses[a:b], images_per_second=100.0)
        for a, b in itertools.pairwise(edges)
    ]


def drawn(losses, cuts=()):
    curve = Curve(len(losses))
    curve.extend(pieces(losses, cuts))
    curve.finish(100.0)
    return curve


@given(st.integers(1, 3000), st.lists(st.integers(1, 3000)))
def test_the_pieces_make_no_difference(steps, cuts):
    losses = RNG.random(steps).astype(np.float32)
    one, many = drawn(losses).since(0), drawn(losses, cuts).since(0)
    for name in SERIES:
        assert one[name].x == many[name].x
        assert one[name].y == pytest.approx(many[name].y)


@pytest.mark.parametrize("steps", [1, 399, 400, 401, 9375, 100_000])
def test_there_are_never_more_points_than_the_chart_wants(steps):
    curve = drawn(RNG.random(steps).astype(np.float32))
    assert len(curve) <= BUCKETS
    assert all(len(line.x) == len(line.y) == len(curve) * curve.per_bucket[name] for name, line in curve.lines.items())
    assert curve.lines["loss_smooth"].x[-1] == steps


def test_no_spike_is_lost():
    losses = np.full(50_000, 0.5, np.float32)
    losses[31_415] = 99.0
    line = drawn(losses).lines["loss"]
    assert (31_416, 99.0) in set(zip(line.x, line.y, strict=True))


def test_points_stand_at_the_step_they_were_measured_at():
    losses = np.arange(2000, dtype=np.float32)
    for name in RAW:
        line = drawn(losses).lines[name]
        sign = 1 if name == "loss" else -1
        offset = 0 if name == "loss" else 1
        assert line.y == [offset + sign * (x - 1) for x in line.x]
        assert line.x == sorted(line.x)


def test_steps_seen_twice_count_once():
    losses = RNG.random(1000).astype(np.float32)
    whole = pieces(losses, [300, 700])
    curve = Curve(1000)
    for chunks in (whole[:2], whole[1:], whole):
        curve.extend(chunks)
    curve.finish(100.0)
    assert curve.since(0) == drawn(losses, [300, 700]).since(0)


def test_a_point_never_moves_once_it_is_drawn():
    losses = RNG.random(5000).astype(np.float32)
    curve, before = Curve(5000), {name: [] for name in SERIES}
    for chunk in pieces(losses, range(0, 5000, 37)):
        curve.extend([chunk])
        now = {name: list(zip(line.x, line.y, strict=True)) for name, line in curve.since(0).items()}
        assert all(now[name][: len(before[name])] == before[name] for name in SERIES)
        before = now


def test_since_gives_the_newest_buckets_only():
    curve = drawn(RNG.random(4000).astype(np.float32))
    rest = curve.since(len(curve) - 3)
    assert {name: len(line.x) for name, line in rest.items()} == {name: 3 * curve.per_bucket[name] for name in SERIES}


def test_a_loss_that_is_no_number_leaves_a_gap():
    losses = np.array([1.0, np.nan, np.inf], np.float32)
    assert drawn(losses).lines["loss"].y == [1.0, None, None]


def test_the_first_steps_are_drawn_one_by_one():
    """Who presses Step sees it, however long the run is to be."""
    curve = Curve(100_000)
    for step in range(1, SINGLE + 1):
        curve.extend([Progress(first_step=step, losses=ONE, accuracies=ONE, images_per_second=1.0)])
        assert curve.lines["loss_smooth"].x == list(range(1, step + 1))
        assert curve.lines["loss"].x[-1] == step
    curve.extend([Progress(first_step=SINGLE + 1, losses=ONE, accuracies=ONE, images_per_second=1.0)])
    assert curve.lines["loss"].x[-1] == SINGLE, "from there on a bucket has to be full"


def test_the_newest_steps_are_known_whether_they_are_drawn_or_not():
    losses = RNG.random(1000).astype(np.float32)
    for cuts in ((), (995,), (300, 700), range(0, 1000, 3)):
        curve = Curve(100_000)
        curve.extend(pieces(losses, cuts))
        curve.extend(pieces(losses, cuts))
        assert [numbers.step for numbers in curve.recent] == list(range(991, 1001))
        assert [numbers.loss for numbers in curve.recent] == losses[-10:].tolist()
        assert [numbers.accuracy for numbers in curve.recent] == (1 - losses[-10:]).tolist()


# ---- the smoothed lines

any_loss = st.floats(0, 1e4, width=32)
runs = st.lists(any_loss, min_size=1, max_size=300).map(lambda values: np.array(values, np.float32))
kinds = st.booleans()


@given(any_loss, st.integers(1, 3000), kinds)
def test_what_never_changes_stays_as_it_is(value, steps, geometric):
    smoother = Smoother(LONGEST, geometric)
    smoothed = [smoother.feed(np.full(1, value, np.float32)) for _ in range(min(steps, 50))]
    smoothed.append(smoother.feed(np.full(steps, value, np.float32)))
    assert smoothed == pytest.approx([float(np.float32(value))] * len(smoothed))


@given(runs, kinds)
def test_the_smoothed_line_lies_among_the_newest_twentieth_of_the_steps(values, geometric):
    smoother = Smoother(LONGEST, geometric)
    for step, value in enumerate(values, start=1):
        smoothed = smoother.feed(np.array([value], np.float32))
        newest = values[step - max(1, step // 20) : step]
        assert newest.min() <= smoothed <= newest.max()


@given(st.integers(1, 3000), st.floats(0, 1))
def test_a_fall_is_followed_within_a_twentieth_of_the_run(steps, where):
    """The loss of a first step can be 4,000 and that of the next 2.3: the smoothed line must not take the run to fall.

    It is at most a twentieth of the steps, and at most one point of the chart, behind.
    """
    fall = int(where * steps)
    losses = np.full(steps, 2.3, np.float32)
    losses[:fall] = 4000
    curve = drawn(losses)
    line = curve.lines["loss_smooth"]
    late = [value for step, value in zip(line.x, line.y, strict=True) if step > fall + steps / 20 + curve.bucket]
    assert late == pytest.approx([2.3] * len(late))


def test_a_first_loss_of_thousands_is_gone_at_the_next_point():
    losses = np.full(250, 2.3, np.float32)
    losses[0] = 4000
    assert drawn(losses).lines["loss_smooth"].y == pytest.approx([4000, *[2.3] * 249])


def test_train_accuracy_of_a_short_run_is_where_the_raw_line_is():
    """192 steps from 10 to 85 %: an exponential mean over 30 steps would still say 69 %."""
    accuracies = np.minimum(0.85, np.linspace(0.1, 1.0, 192)).astype(np.float32)
    curve = Curve(192)
    curve.extend([Progress(first_step=1, losses=accuracies, accuracies=accuracies, images_per_second=1.0)])
    assert curve.lines["accuracy_smooth"].y[-1] == pytest.approx(0.85)
    gaps = np.array(curve.lines["accuracy_smooth"].y) - accuracies
    assert np.abs(gaps).max() < 0.03


def test_a_long_run_is_smoothed():
    """The noise of single batches becomes a tenth where a hundred of them are looked at."""
    noisy = (0.5 + 0.1 * RNG.standard_normal(9375)).astype(np.float32)
    smooth = np.array(drawn(noisy).lines["accuracy_smooth"].y)
    assert smooth[200:].std() == pytest.approx(0.01, rel=0.3)


def test_the_loss_is_smoothed_as_its_logarithmic_axis_shows_it():
    values = RNG.random(20).astype(np.float32)
    assert Smoother(20, geometric=True).feed(np.tile(values, 20)) == pytest.approx(np.exp(np.log(values).mean()))
    assert Smoother(20).feed(np.tile(values, 20)) == pytest.approx(values.mean())


def test_a_loss_that_was_no_number_leaves_its_gap_and_no_longer_one():
    losses = np.full(400, 0.5, np.float32)
    losses[100] = np.nan
    smooth = drawn(losses).lines["loss_smooth"].y
    gap = [place for place, value in enumerate(smooth) if value is None]
    assert gap == list(range(100, 105)), "at step 101 the window is of five steps"
