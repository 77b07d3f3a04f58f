"""The shipped files are made from the trained weights without loss, and can be made again identically."""

import hashlib

import numpy as np
import pytest

from lib.core.inference import litert
from lib.core.inference.litert import checksums, model_name, network_of, shipped
from lib.core.training.architectures import weight_shapes
from lib.core.training.config import SETTINGS, TrainConfig
from lib.ml.shipped import make as making
from lib.ml.shipped.augmentation import Lessons, one_hot

CONFIGS = [
    TrainConfig(network=network, activation=activation, filters=3, dense_units=5)
    for network in SETTINGS["network"].options
    for activation in SETTINGS["activation"].options
]


def answer(config, mnist):
    """The output of every layer by the file in `shipped/`, with some weights."""
    random = np.random.default_rng(5)
    weights = {
        name: random.uniform(0.1, 0.5, shape).astype(np.float32) for name, shape in weight_shapes(config).items()
    }
    return network_of(config).predict(weights, mnist.x_test[:2]).layers


@pytest.fixture(scope="module")
def answers(mnist):
    return [answer(config, mnist) for config in CONFIGS]


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.setattr(litert, "SHIPPED", tmp_path)
    monkeypatch.setattr(making, "SHIPPED", tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def lessons(mnist):
    return Lessons(pictures=mnist.x_train[:300], answers=one_hot(mnist.y_train[:300]))


@pytest.fixture(scope="module")
def learner(lessons):
    (model,) = making.train(lessons, seed=1, epochs=1)
    return model


def test_what_is_written_says_what_the_learner_says(elsewhere, learner, mnist):
    making.write_model(making.folded(learner))
    making.write_sums()
    network, weights = shipped()
    expected = learner.predict(mnist.x_test[:20, ..., np.newaxis], verbose=0)
    # The weights are rounded to 16 bits, of which 11 count.
    assert network.predict(weights, mnist.x_test[:20]).probabilities == pytest.approx(expected, abs=0.01)


def test_the_same_seed_gives_the_same_weights(lessons, learner):
    first = making.folded(learner)
    again, other = (making.folded(*making.train(lessons, seed, 1)) for seed in (1, 2))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not all(np.array_equal(first[name], other[name]) for name in first)


def test_the_pictures_of_a_lesson_stay_as_they_are(lessons, learner, mnist):
    assert np.array_equal(lessons.pictures, mnist.x_train[:300])


def test_every_graph_is_written_with_its_checksum_and_says_what_the_committed_one_says(answers, elsewhere, mnist):
    making.write_graphs()
    making.write_sums()
    assert checksums().keys() == {model_name(config) for config in CONFIGS}
    for config, expected in zip(CONFIGS, answers, strict=True):
        file = (elsewhere / model_name(config)).read_bytes()
        assert hashlib.sha256(file).hexdigest() == checksums()[model_name(config)]
        for name, values in answer(config, mnist).items():
            np.testing.assert_allclose(values, expected[name], rtol=1e-5, atol=1e-6)
