"""The model that ships: made from what was learned, without a loss."""

import hashlib

import numpy as np
import pytest

from lib.core import lite
from lib.core.config import SETTINGS, TrainConfig
from lib.core.lite import checksums, model_name, network_of, shipped
from lib.ml import shipped as making
from lib.ml.lessons import Lessons, one_hot


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.setattr(lite, "SHIPPED", tmp_path)
    monkeypatch.setattr(making, "SHIPPED", tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def lessons(mnist):
    return Lessons(pictures=mnist.x_train[:300], answers=one_hot(mnist.y_train[:300]))


def test_what_is_written_says_what_the_learner_says(elsewhere, lessons, mnist):
    (learner,) = making.train(lessons, seed=0, epochs=1)
    making.write_model(making.folded(learner))
    making.write_sums()
    network, weights = shipped()
    expected = learner.predict(mnist.x_test[:20, ..., np.newaxis], verbose=0)
    # The weights are rounded to 16 bits, of which 11 count.
    assert network.predict(weights, mnist.x_test[:20]).probabilities == pytest.approx(expected, abs=0.01)


def test_the_same_seed_gives_the_same_weights(lessons):
    first, again, other = (making.folded(*making.train(lessons, seed, 1)) for seed in (1, 1, 2))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not all(np.array_equal(first[name], other[name]) for name in first)


def test_the_pictures_of_a_lesson_stay_as_they_are(lessons, mnist):
    list(making.train(lessons, seed=0, epochs=1))
    assert np.array_equal(lessons.pictures, mnist.x_train[:300])


def test_every_graph_is_written_with_its_checksum(elsewhere):
    making.write_graphs()
    making.write_sums()
    options = SETTINGS["network"].options, SETTINGS["activation"].options
    configs = [TrainConfig(network=network, activation=bend) for network in options[0] for bend in options[1]]
    assert checksums().keys() == {model_name(config) for config in configs}
    for config in configs:
        assert (
            hashlib.sha256((elsewhere / model_name(config)).read_bytes()).hexdigest() == checksums()[model_name(config)]
        )
        network_of(config)
