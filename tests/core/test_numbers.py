"""Numbers in words: never more certain than they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.numbers import GLUE, certainty, loss, next_by_factor, percent, points


@pytest.mark.parametrize(
    ("share", "digits", "said"), [(0.98412, 2, "98.41 %"), (1, 0, "100 %"), (0, 2, "0.00 %"), (0.5, 1, "50.0 %")]
)
def test_a_share_is_said_with_as_many_digits_as_asked_for(share, digits, said):
    assert percent(share, digits) == said


def test_a_difference_has_no_sign_and_a_loss_four_places():
    assert points(-0.0031) == points(0.0031) == "0.31"
    assert loss(2.302585) == "2.3026"


@given(st.floats(0, 1))
def test_only_certainty_itself_is_said_to_be_certain(probability):
    said = certainty(probability)
    assert (said == f"100.0{GLUE}%") == (probability == 1)
    assert (said == f"0.0{GLUE}%") == (probability == 0)
    assert " " not in said, "it must not be broken over two lines"


@given(st.floats(0.0005, 0.9994))
def test_any_other_probability_is_within_half_of_its_last_digit(probability):
    assert abs(float(certainty(probability).split(GLUE)[0]) / 100 - probability) <= 0.0005 + 1e-12


def test_a_number_goes_up_and_down_by_1_2_5():
    up = [1e-6]
    while up[-1] < 10:
        up.append(next_by_factor(up[-1], larger=True))
    assert up[:4] == [1e-6, 2e-6, 5e-6, 1e-5]
    assert up[-4:] == [1, 2, 5, 10]
    assert [next_by_factor(one, larger=False) for one in up[1:]] == up[:-1]


@given(st.floats(1e-6, 10))
def test_the_next_number_is_the_nearest_of_the_series(value):
    """Between neighbours of the series there is none, so one press down and one up surround any number."""
    low, high = next_by_factor(value, larger=False), next_by_factor(value, larger=True)
    assert low < value < high
    assert next_by_factor(low, larger=True) in (value, high)
    assert high / low <= 5 * (1 + 1e-9)
