"""The estimated time left of a comparison against the real one, on an undisturbed clock."""

import pytest

from lib.core.benchmark.comparison import comparison_of
from lib.core.benchmark.comparison_progress import PAUSE, seconds_left
from lib.core.studies.configs import CompareConfig
from lib.core.studies.events import Measured, Sampled, StudyEvent, UncontrolledSamples
from lib.ml.benchmark.rounds import PAUSE_SECONDS
from tests.ml.benchmark.racing import MS, TWO, Fake, FakeClock, FakeContest, race


def told(config, each):
    """For every time after the first round: estimated and real seconds left."""
    clock = FakeClock()
    pool = FakeContest([Fake("eager", clock, each=lambda call: each * MS), Fake("graph", clock)])
    began, events, said = clock.now, [], []
    for event in race(pool, config):
        if isinstance(event, StudyEvent):
            events.append(event)
        if isinstance(event, (Sampled, UncontrolledSamples, Measured)):
            so_far = (clock.now - began) / 1e9
            said.append((seconds_left(comparison_of(config, events), so_far), so_far))
    end = (clock.now - began) / 1e9
    return [(left, end - so_far) for left, so_far in said]


@pytest.mark.parametrize("depth", ["quick", "thorough"])
@pytest.mark.parametrize("sizes", [(32,), (8, 16, 32)])
@pytest.mark.parametrize("each", [2, 40, 200, 800])
def test_what_is_left_is_not_said_to_be_over_soon(each, sizes, depth):
    """Neither 'about 1 s left' before 10 more, nor a minute before the end: the careless samples count as well."""
    moments = told(CompareConfig(modes=TWO.modes, sizes=sizes, depth=depth), each)
    assert len(moments) > 20
    for said, true in moments:
        assert said >= 0.6 * true - 2
        assert said <= 1.6 * true + 6


def test_before_the_first_round_nothing_is_said():
    assert seconds_left(comparison_of(TWO, []), 3.0) is None


def test_the_pause_is_as_long_as_it_is_said_to_be():
    assert PAUSE == PAUSE_SECONDS
