"""The learning curve: few points, nothing lost that matters, whatever the pieces it came in."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.curve import BUCKETS, RAW, SERIES, Curve, Smoother
from lib.core.events import Progress

RNG = np.random.default_rng(0)


def pieces(losses, cuts):
    """The same steps as chunks that end at `cuts`."""
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


def test_the_smoother_of_a_constant_is_the_constant():
    smoother = Smoother()
    assert [smoother.feed(np.full(n, 0.25, np.float32)) for n in (1, 1, 5, 100)] == pytest.approx([0.25] * 4)


def test_the_smoother_is_the_weighted_mean_it_says():
    values = RNG.random(20).astype(np.float32)
    weights = 0.9 ** np.arange(19, -1, -1)
    assert Smoother(0.1).feed(values) == pytest.approx(float(weights @ values / weights.sum()))
