"""Statistics, held against published numbers and against counting."""

import numpy as np
import pytest

from lib.core.statistics import wilson_interval


def test_wilson_against_newcombe():
    # R. G. Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I, method 3.
    assert wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson_interval(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson_interval(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson_interval(1, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)


def test_wilson_holds_the_truth_as_often_as_it_says():
    truth, total = 0.984, 10_000
    seen = np.random.default_rng(0).binomial(total, truth, size=4000)
    held = [low <= truth <= high for low, high in (wilson_interval(int(right), total) for right in seen)]
    assert np.mean(held) == pytest.approx(0.95, abs=0.015)


@pytest.mark.parametrize(("right", "total"), [(-1, 10), (11, 10), (0, 0)])
def test_impossible_counts_are_refused(right, total):
    with pytest.raises(ValueError, match="right must be"):
        wilson_interval(right, total)
