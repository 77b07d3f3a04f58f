"""The gradient of a network's score predicts the effect of changing a pixel."""

import base64
import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from lib.core.inference.litert import shipped
from lib.core.studies.configs import SHIPPED, SaliencyConfig
from lib.core.studies.events import Began, Salient
from lib.core.training.checkpoints import CheckpointMisfit
from lib.core.training.config import TrainConfig
from lib.core.training.control import ControlRequests
from lib.core.training.events import Checkpoint, Finished, Stopped
from lib.ml.saliency import explain, saliency
from lib.ml.training.networks import build_network

SMALL = {"filters": 2, "dense_units": 8, "dropout": 0.5, "activation": "tanh"}
NETWORKS = [TrainConfig(network=name, **SMALL) for name in ("seed", "mlp", "lenet", "fast")]
MLP = NETWORKS[1]


def weights_of(settings, seed=0):
    """Random weights by name; none is 0."""
    random, model = np.random.default_rng(seed), build_network(settings)
    named = {f"{layer.name}/{w.name}": w.shape for layer in model.layers for w in layer.weights}
    return {name: random.uniform(0.02, 0.2, shape).astype(np.float32) for name, shape in named.items()}


def asked(image, digit, settings, weights, step=0):
    """The events of the study of this image, uint8 (28, 28)."""
    config = SaliencyConfig(model=SHIPPED, image=base64.b64encode(image.tobytes()).decode(), digit=digit)
    return list(explain(config, settings, Checkpoint(step=step, weights=weights)))


def test_the_gradient_is_the_finite_difference_by_hand(mnist):
    """In float64, where the difference of two almost equal scores still has many places."""
    image, weights = mnist.x_test[0], {name: array - 0.1 for name, array in weights_of(MLP).items()}
    w = {name: array.astype(np.float64) for name, array in weights.items()}

    def score(pixels):
        hidden = np.tanh(pixels.reshape(1, -1) @ w["d1/kernel"] + w["d1/bias"])
        return (hidden @ w["d2/kernel"] + w["d2/bias"])[0, 7]

    (found,) = (event for event in asked(image, 7, MLP, weights) if isinstance(event, Salient))
    differences = np.empty((28, 28))
    for y, x in np.ndindex(28, 28):
        moved = np.zeros((28, 28))
        moved[y, x] = 1e-5
        differences[y, x] = (score(image / 255 + moved) - score(image / 255 - moved)) / 2e-5
    assert np.abs(differences).max() > 0.01
    assert found.gradient == pytest.approx(differences, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("settings", NETWORKS, ids=lambda settings: settings.network)
def test_going_up_the_gradient_raises_the_score_by_as_much(settings, mnist):
    # On a flat paper every pixel of a pooling is its largest, and none of them is the one that moves the score.
    rough = mnist.x_test[1] / 300 + np.random.default_rng(0).uniform(0, 0.15, (28, 28))
    model, image = build_network(settings), tf.constant(rough[np.newaxis, ..., np.newaxis], tf.float32)
    gradient = saliency(model, image, 3).numpy()
    length = np.linalg.norm(gradient)
    up = (gradient / length)[np.newaxis, ..., np.newaxis]
    rise = float(model(image + 0.02 * up)[0, 3] - model(image - 0.02 * up)[0, 3]) / 0.04
    assert length > 1e-3
    assert rise == pytest.approx(length, rel=0.02)


@pytest.mark.parametrize("settings", [NETWORKS[3], None], ids=["a run", "shipped"])
def test_a_study_tells_it_of_the_weights_it_was_given(settings, mnist):
    image = mnist.x_test[2]
    weights, other = (
        (weights_of(settings, 0), weights_of(settings, 1)) if settings else (shipped()[1], halved(shipped()[1]))
    )
    events = asked(image, 1, settings, weights, step=12)
    assert [type(event) for event in events] == [Began, Salient, Finished]
    found = events[1]
    assert (found.digit, found.step, found.gradient.dtype, found.gradient.shape) == (1, 12, np.float32, (28, 28))
    assert not np.allclose(asked(image, 1, settings, other)[1].gradient, found.gradient)
    assert np.array_equal(asked(image, 1, settings, weights)[1].gradient, found.gradient)


def halved(weights):
    return {name: array / 2 for name, array in weights.items()}


def test_the_precision_of_the_run_does_not_matter(mnist):
    weights = weights_of(MLP)
    rough = dataclasses.replace(MLP, precision="mixed_bfloat16")
    (one, other) = (asked(mnist.x_test[0], 7, settings, weights)[1].gradient for settings in (MLP, rough))
    assert np.array_equal(one, other)


def test_weights_of_another_network_are_refused(mnist):
    with pytest.raises(CheckpointMisfit, match="d1/kernel"):
        asked(mnist.x_test[0], 7, MLP, weights_of(dataclasses.replace(MLP, dense_units=9)))


def test_it_can_be_stopped(mnist):
    config = SaliencyConfig(model=SHIPPED, image=base64.b64encode(mnist.x_test[0].tobytes()).decode(), digit=0)
    study = explain(config, None, Checkpoint(step=0, weights=shipped()[1]))
    assert isinstance(next(study), Began)
    assert study.send(ControlRequests(stop=True)) == Stopped(step=0)
