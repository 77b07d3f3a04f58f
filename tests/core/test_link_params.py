"""Which URL parameters only count visitors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.link_params import counts_visitors
from lib.core.training.config import SETTINGS


@pytest.mark.parametrize("name", ["utm_source", "UTM_Campaign", "fbclid", "gclid", "_hsenc", "n_query", "mtm_kwd"])
def test_marks_of_campaigns_and_clicks_are_known(name):
    assert counts_visitors(name)


@given(st.sampled_from([*SETTINGS, "run", "compare", "show", "lang", "work", "modes", "sizes"]))
def test_nothing_that_the_app_reads_is_taken_for_one(name):
    assert not counts_visitors(name)


@pytest.mark.parametrize("name", ["", "utm", "epoch", "learning-rate", "a_utm_source"])
def test_a_parameter_that_somebody_wrote_is_none(name):
    assert not counts_visitors(name)
