import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lib.ml.training.metrics import CALL_SECONDS, EpochMetrics, StepBudget


@given(st.integers(1, 1000), st.lists(st.floats(1e-5, 10), min_size=1, max_size=20))
def test_a_call_is_never_planned_longer_than_it_may_be(most, speeds):
    pace = StepBudget(most)
    for speed in speeds:
        pace.learn(1, speed)
        assert 1 <= pace.steps() <= most
        assert pace.steps() == 1 or pace.steps() * pace.seconds_per_step <= CALL_SECONDS * 1.0001


def test_nothing_is_known_before_the_first_call():
    assert StepBudget(25).steps() == 1


def test_a_fast_machine_makes_all_the_steps_asked_for():
    pace = StepBudget(25)
    pace.learn(10, 0.01)
    assert pace.steps() == 25


@given(st.lists(st.tuples(st.integers(1, 64), st.floats(0, 9)), min_size=1, max_size=30))
def test_tally_is_the_mean_over_images(batches):
    tally = EpochMetrics()
    for batch, loss in batches:
        tally.add(np.array([loss], np.float32), np.array([0.5], np.float32), batch, 0.1)
    every_image = np.concatenate([np.full(batch, np.float32(loss)) for batch, loss in batches]).astype(float)
    assert np.isclose(tally.loss / tally.images, every_image.mean())
    assert np.isclose(tally.accuracy / tally.images, 0.5)


@given(st.lists(st.floats(0, 9, width=32), min_size=2, max_size=30), st.data())
def test_sums_do_not_depend_on_how_steps_were_shared_out(values, data):
    losses = np.array(values, np.float32)
    cut = data.draw(st.integers(1, len(losses) - 1))
    whole, parts = EpochMetrics(), EpochMetrics()
    whole.add(losses, losses, 32, 0.1)
    for part in (losses[:cut], losses[cut:]):
        parts.add(part, part, 32, 0.1)
    assert (whole.loss, whole.accuracy, whole.images) == (parts.loss, parts.accuracy, parts.images)
