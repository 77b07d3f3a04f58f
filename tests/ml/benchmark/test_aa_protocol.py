"""A/A through the protocol, on a clock with known times, and once with TensorFlow itself."""

import numpy as np
import pytest

from lib.core.benchmark.aa_trials import ROUNDS, SIDES, trials_of
from lib.core.benchmark.comparison import CANNOT_TELL, SLOWER
from lib.core.studies.configs import AaConfig
from lib.core.studies.events import Agreed, Began, Measured, Prepared, Sampled, UncontrolledSamples
from lib.core.training.control import ControlRequests
from lib.core.training.events import Finished, Stopped
from lib.ml.benchmark.aa_protocol import against_itself
from tests.ml.benchmark.racing import MS, Fake, FakeClock, FakeContest, laboratory
from tests.ml.conftest import of_kind

CONFIG = AaConfig(work="tiny_ops", mode="graph")


def tried(second, config=CONFIG):
    """The events if the second side takes `second(call)` nanoseconds per step, the first 5 ms with some noise."""
    clock, noise = FakeClock(), np.random.default_rng(1)
    first = Fake("graph", clock, each=lambda call: round(5 * MS * noise.lognormal(0, 0.02)))
    sides = iter([FakeContest([first]), FakeContest([Fake("graph", clock, each=second)])])
    made = list(against_itself(config, pool=lambda config: next(sides), laboratory=laboratory(clock)))
    return made, clock


def test_the_same_is_compared_with_itself_as_often_as_there_is_time():
    noise = np.random.default_rng(2)
    events, clock = tried(lambda call: round(5 * MS * noise.lognormal(0, 0.02)))
    assert (clock.now - 10**15) / 1e9 <= CONFIG.seconds
    trials = trials_of(CONFIG, events)
    assert len(trials.ratios) == len(of_kind(events, Prepared)) / 2 > 5
    assert len(of_kind(events, Sampled)) == ROUNDS * len(trials.ratios)
    assert {mode for event in of_kind(events, Sampled) for mode in event.modes} == set(SIDES)
    assert {event.mode for event in of_kind(events, Agreed)} == {SIDES[1]}
    assert of_kind(events, UncontrolledSamples) == []
    assert (type(events[0]), type(events[-2]), type(events[-1])) == (Began, Measured, Finished)
    assert all(ratio.verdict == CANNOT_TELL for ratio in trials.ratios[:5]) or trials.different < len(trials.ratios)


def test_what_is_different_is_called_so_every_time():
    """The trial could fail: a side that is a tenth slower is found."""
    trials = trials_of(CONFIG, tried(lambda call: round(5.5 * MS))[0])
    assert [ratio.verdict for ratio in trials.ratios] == [SLOWER] * len(trials.ratios)
    assert trials.different == len(trials.ratios)
    share, low, high = trials.share
    assert (share, high) == (1, pytest.approx(1))
    assert 0.5 < low < 1


def test_one_that_takes_too_long_is_made_once():
    events, _ = tried(lambda call: 2_000 * MS)
    assert len(trials_of(CONFIG, events).ratios) == 1


def test_a_comparison_that_is_cut_short_does_not_count():
    events, _ = tried(lambda call: 5 * MS)
    whole = trials_of(CONFIG, events)
    last = max(place for place, event in enumerate(events) if isinstance(event, Sampled))
    assert trials_of(CONFIG, events[:last]).ratios == whole.ratios[:-1]
    assert trials_of(CONFIG, []).share is None
    assert trials_of(CONFIG, [*events[:last], *events]) == whole  # it began again


def test_stop_is_heard():
    clock = FakeClock()
    events = against_itself(
        CONFIG, pool=lambda config: FakeContest([Fake("graph", clock)]), laboratory=laboratory(clock)
    )
    event = next(events)
    while not isinstance(event, Sampled):
        event = next(events)
    assert events.send(ControlRequests(stop=True)) == Stopped(step=1)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("mode", ["graph", "session"])
def test_with_tensorflow_the_sides_have_weights_of_their_own_and_agree(mode):
    events = []
    for event in against_itself(AaConfig(work="train_step", mode=mode, size=1)):
        events.append(event)
        if len(of_kind(events, Prepared)) == 4 and isinstance(event, Sampled):
            break
    assert all(event.agrees for event in of_kind(events, Agreed))
    assert len(trials_of(AaConfig(work="train_step", mode=mode, size=1), events).ratios) == 1
