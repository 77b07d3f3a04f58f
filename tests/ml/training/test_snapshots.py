"""A run with snapshots yields them at its beginning, at powers of two and at the ends of epochs."""

import numpy as np
import pytest

from lib.core.inference.litert import network_of
from lib.core.training.config import TrainConfig
from lib.core.training.events import Checkpoint, Failed, Progress, Snapshot
from lib.ml.training import state
from lib.ml.training.loop import train
from lib.ml.training.trainer_cache import TrainerCache
from tests.ml.conftest import QUICK, kinds, of_kind, same
from tests.ml.training.losing import lose_a_weight

CONFIG = TrainConfig(**QUICK)
STEPS = [0, 1, 2, 4, 7, 8, 14]
"""For two epochs of seven steps each, with one step per call."""


@pytest.fixture(scope="module")
def warm():
    return TrainerCache()


@pytest.fixture
def one_by_one(monkeypatch):
    """Every call makes one step, however fast this machine is."""
    monkeypatch.setattr(state.StepBudget, "steps", lambda pace: 1)


def with_snapshots(config, images, warm, resume=None):
    return list(train(config, images, resume, warm, snapshots=True))


def test_a_run_has_them_at_their_places_and_is_otherwise_the_same(few, warm, one_by_one):
    plain, seen = list(train(CONFIG, few, None, warm)), with_snapshots(CONFIG, few, warm)
    assert [event.step for event in of_kind(seen, Snapshot)] == STEPS
    assert kinds(seen, without=Snapshot) == kinds(plain)
    assert same(of_kind(seen, Checkpoint)[-1].weights, of_kind(plain, Checkpoint)[-1].weights)


def test_a_snapshot_is_what_the_weights_were_and_predicts_almost_the_same(few, warm, one_by_one):
    events = with_snapshots(CONFIG, few, warm)
    last, final = of_kind(events, Snapshot)[-1], of_kind(events, Checkpoint)[-1]
    assert last.weights.keys() == final.weights.keys()
    for name, array in last.weights.items():
        assert array.dtype == np.float16
        assert np.array_equal(array, final.weights[name].astype(np.float16))
    network = network_of(CONFIG)
    read = {name: array.astype(np.float32) for name, array in last.weights.items()}
    rough, exact = (network.predict(weights, few.x_test).probabilities for weights in (read, final.weights))
    assert rough == pytest.approx(exact, abs=0.005)


def test_a_run_that_goes_on_has_those_that_were_still_to_come(few, warm, one_by_one, monkeypatch):
    monkeypatch.setattr(state.TrainingState, "save_is_due", lambda self: self.step == 5)
    events = with_snapshots(CONFIG, few, warm)
    resume = next(event for event in events if isinstance(event, Checkpoint) and event.step == 5)
    again = with_snapshots(CONFIG, few, warm, resume)
    assert [event.step for event in of_kind(again, Snapshot)] == [step for step in STEPS if step > 5]
    by_step = {event.step: event for event in of_kind(events, Snapshot)}
    assert all(same(event.weights, by_step[event.step].weights) for event in of_kind(again, Snapshot))


def test_weights_that_are_lost_have_none(few, monkeypatch):
    events = train(CONFIG, few, snapshots=True)
    assert [type(next(events)) for _ in range(4)][-1] == Snapshot
    lose_a_weight(monkeypatch)
    assert kinds(list(events)) == [Progress, Failed]


def test_a_network_that_is_too_large_has_none(few, warm):
    large = TrainConfig(
        **QUICK | {"network": "seed", "filters": 64, "dense_units": 256, "epochs": 1, "execution": "graph"}
    )
    assert of_kind(with_snapshots(large, few, warm), Snapshot) == []
