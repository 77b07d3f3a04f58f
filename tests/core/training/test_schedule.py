import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.training.config import SETTINGS, TrainConfig
from lib.core.training.schedule import learning_rates

SCHEDULES = tuple(SETTINGS["schedule"].options)
steps = st.integers(1, 3000)


@given(st.sampled_from(SCHEDULES), steps, st.floats(1e-6, 10))
def test_every_rate_is_positive_and_at_most_the_setting(schedule, total, peak):
    rates = learning_rates(TrainConfig(schedule=schedule, learning_rate=peak), total)
    assert rates.dtype == np.float32
    assert rates.shape == (total,)
    assert (rates > 0).all()
    assert rates.max() == np.float32(peak)


@given(steps)
def test_cosine_only_falls(total):
    assert (np.diff(learning_rates(TrainConfig(schedule="cosine"), total)) <= 0).all()


@given(steps)
def test_one_cycle_rises_then_falls(total):
    rates = learning_rates(TrainConfig(schedule="one_cycle"), total)
    top = int(rates.argmax())
    assert 0.3 * total - 1 < top <= 0.3 * total, "the last whole step before three tenths"
    assert (np.diff(rates[: top + 1]) > 0).all()
    assert (np.diff(rates[top:]) <= 0).all()


def test_ends():
    total = 1000
    assert set(learning_rates(TrainConfig(), total)) == {np.float32(1e-3)}
    assert learning_rates(TrainConfig(schedule="cosine"), total)[-1] == pytest.approx(0, abs=1e-8)
    cycle = learning_rates(TrainConfig(schedule="one_cycle", learning_rate=1.0), total)
    assert cycle[0] == pytest.approx(0.04)
    assert cycle[-1] == pytest.approx(1e-4)
