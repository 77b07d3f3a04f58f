"""Places in a layer: in order, apart, and as close as possible to where they should be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.tracing.layout import crossings, spread

places = st.integers(1, 6).flatmap(
    lambda n: st.tuples(
        st.lists(st.floats(-10, 10), min_size=n, max_size=n),
        st.lists(st.floats(0.1, 3), min_size=n - 1, max_size=n - 1),
    )
)


@given(places, st.integers(0, 2**32 - 1))
def test_no_allowed_places_are_nearer_to_those_wanted(given_places, seed):
    wanted, distances = given_places
    found = np.array(spread(wanted, distances))
    assert np.all(np.diff(found) >= np.array(distances) - 1e-9)
    miss = np.square(found - wanted).sum()
    random = np.random.default_rng(seed)
    for _ in range(20):
        # Any other places that keep the distances: steps of at least the distance from some beginning.
        steps = np.array(distances) + random.exponential(0.5, len(distances)) * random.integers(0, 2, len(distances))
        other = random.uniform(-12, 12) + np.concatenate([[0.0], np.cumsum(steps)])
        other += np.mean(np.array(wanted) - other)  # moved as a whole to where it fits best
        assert np.square(other - wanted).sum() >= miss - 1e-6


def test_places_with_room_enough_are_left_as_they_are():
    assert spread([0.0, 2.0, 5.0], [1.0, 1.0]) == [0.0, 2.0, 5.0]
    assert spread([1.0, 1.0], [2.0]) == pytest.approx([0.0, 2.0])
    assert spread([], []) == []


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=8))
def test_crossings_are_counted_one_by_one(pairs):
    """Two layers of five nodes each, 0 to 4 above 5 to 9."""
    links = sorted(set(pairs))
    below = [[5 + b for a, b in links if a == node] for node in range(5)] + [[] for _ in range(5)]
    crossed = sum((a < c and b > d) or (a > c and b < d) for k, (a, b) in enumerate(links) for c, d in links[k + 1 :])
    assert crossings([list(range(5)), list(range(5, 10))], below) == crossed
