"""The histogram of a class's guesses: every guess is in one bin, the one where it belongs."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.classroom.histogram import MOST_BINS, Bins, of_factors, of_shares

shares = st.lists(st.integers(0, 1000).map(lambda thousandths: thousandths / 1000), min_size=1, max_size=40)
factors = st.lists(st.floats(0.01, 1000), min_size=1, max_size=40)


@given(shares, st.floats(0, 1) | st.none())
def test_shares_are_counted_where_they_belong(guesses: list[float], truth: float | None) -> None:
    bins = of_shares(guesses, truth)
    assert counted(bins, guesses, slack=1e-7) == bins.counts
    assert truth is None or bins.edges[0] - 1e-9 <= truth <= bins.edges[-1]
    assert 0 <= bins.edges[0] < bins.edges[-1] <= 1


@given(factors, st.floats(0.01, 1000) | st.none())
def test_factors_are_counted_where_they_belong(guesses: list[float], truth: float | None) -> None:
    bins = of_factors(guesses, truth)
    assert sum(bins.counts) == len(guesses)
    assert len(bins.counts) <= MOST_BINS
    assert truth is None or bins.edges[0] * (1 - 1e-9) <= truth <= bins.edges[-1]


def counted(bins: Bins, guesses: list[float], slack: float) -> tuple[int, ...]:
    """The oracle: each guess looks for its bin."""
    found = [0] * len(bins.counts)
    for guess in guesses:
        found[max(place for place in range(len(found)) if bins.edges[place] <= guess + slack)] += 1
    return tuple(found)


@pytest.mark.parametrize(
    ("of", "guesses", "truth", "edges", "counts"),
    [
        (of_shares, [0.57, 0.57, 0.58], None, (0.57, 0.571, 0.572), None),
        (of_shares, [0.9, 0.95, 1.0], 0.98, (0.9, 0.91), (1, 0, 0, 0, 0, 1, 0, 0, 0, 1)),
        (of_shares, [1.0], None, (0.999, 1.0), (1,)),
        (of_shares, [0.0], None, (0.0, 0.001), (1,)),
        (of_factors, [1, 2, 4, 1000], 3, (1, 2, 4), (1, 1, 1, 0, 0, 0, 0, 0, 0, 1)),
    ],
)
def test_bins_are_round(
    of: Callable[..., Bins],
    guesses: list[float],
    truth: float | None,
    edges: tuple[float, ...],
    counts: tuple[int, ...] | None,
) -> None:
    bins = of(guesses, truth)
    assert bins.edges[: len(edges)] == pytest.approx(edges)
    assert counts is None or bins.counts == counts
