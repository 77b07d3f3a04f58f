"""Statistics, checked against published numbers and by counting."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.statistics import FEW_DISCORDANT, mcnemar_p, mcnemar_z, wilson_interval


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


def test_mcnemars_z_of_two_epochs_that_the_intervals_could_not_tell_apart():
    # 84.46 against 85.25 % of the same 10,000 images: 321 became right and 242 wrong.
    assert mcnemar_z(321, 242) == pytest.approx(3.3, abs=0.05)
    assert mcnemar_p(321, 242) == pytest.approx(0.00087, abs=0.00001)
    _low, high = wilson_interval(8446, 10_000)
    assert wilson_interval(8525, 10_000)[0] < high, "as if they were other images, the two look alike"


def test_mcnemars_p_against_published_numbers():
    # M. W. Fagerland, S. Lydersen and P. Laake, 2013, airway hyper-responsiveness: 1 against 7 pairs, mid-p.
    assert mcnemar_p(1, 7) == pytest.approx(0.039, abs=0.0005)
    # By hand: two tails of 1 / 2**5 each, half of them.
    assert mcnemar_p(0, 5) == pytest.approx(1 / 32)


@pytest.mark.parametrize("count", range(13))
def test_few_pairs_are_counted_out(count):
    """Every way in which the pairs could have fallen, one by one: more uneven ones whole, equally uneven ones half."""
    for gained in range(count + 1):
        seen = abs(2 * gained - count)
        apart = [abs(2 * sum(fall) - count) for fall in itertools.product((0, 1), repeat=count)]
        tails = sum(1.0 if one > seen else 0.5 if one == seen else 0.0 for one in apart) / 2**count
        assert mcnemar_p(gained, count - gained) == pytest.approx(tails if seen else 1.0)


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_mcnemar_does_not_care_which_came_first(gained, lost):
    assert mcnemar_p(gained, lost) == mcnemar_p(lost, gained)
    assert mcnemar_z(gained, lost) == -mcnemar_z(lost, gained)
    assert 0 <= mcnemar_p(gained, lost) <= 1


def test_where_one_way_takes_over_from_the_other_there_is_no_leap():
    for lost in range(4, FEW_DISCORDANT // 2):
        exact = mcnemar_p(FEW_DISCORDANT - 1 - lost, lost)
        z = mcnemar_z(FEW_DISCORDANT - 1 - lost, lost)
        assert exact == pytest.approx(math.erfc(abs(z) / math.sqrt(2)), abs=0.012)


def test_of_readings_that_are_alike_mcnemar_calls_as_many_different_as_it_says():
    random = np.random.default_rng(0)
    gained = random.binomial(560, 0.5, size=4000)
    called = [mcnemar_p(int(one), 560 - int(one)) < 0.05 for one in gained]
    assert np.mean(called) == pytest.approx(0.05, abs=0.012)


def test_counts_below_nothing_are_refused():
    with pytest.raises(ValueError, match="must not be negative"):
        mcnemar_p(-1, 5)
