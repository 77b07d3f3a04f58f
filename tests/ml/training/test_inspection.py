"""The report on the network's inside, checked against a direct look."""

import numpy as np
import pytest

from lib.core.training.config import SETTINGS, TrainConfig
from lib.core.training.events import Inside
from lib.ml.training import inspection
from lib.ml.training.inspection import BINS, MISTAKES, histogram, look_inside, untouched
from lib.ml.training.trainer import Trainer
from tests.ml.conftest import QUICK, cut, follow, of_kind, only, same

SMALL = {"filters": 4, "dense_units": 8, "execution": "eager"}
NETWORKS = tuple(SETTINGS["network"].options)
BENT = {"fast": ("conv1", "bend2", "d1")}
"""Layers with ReLU, if not the usual ones: here a norm stands between a layer and its ReLU."""


def look(trainer):
    return look_inside(trainer, trainer.look(trainer.images.x_test, trainer.images.y_test)[1])


def pictures(pixels):
    return pixels[..., None] / np.float32(255)


def test_the_most_confident_mistakes(few):
    trainer = Trainer(TrainConfig(network="seed", **SMALL), few)
    trainer.advance(7)
    found = look(trainer)
    thought = trainer.model.predict(pictures(few.x_test), verbose=0)
    wrong = [i for i in range(100) if thought[i].argmax() != few.y_test[i]]
    worst = sorted(wrong, key=lambda i: -thought[i].max())[:MISTAKES]
    assert found.mistakes.dtype == np.int32
    assert found.mistakes.tolist() == [[i, few.y_test[i], thought[i].argmax()] for i in worst]
    np.testing.assert_allclose(found.probabilities, thought[worst], rtol=1e-4, atol=1e-6)


def test_no_mistakes(mnist):
    sevens = only(cut(mnist, 3000, 300), 7)
    trainer = Trainer(TrainConfig(**QUICK | {"execution": "eager"}, learning_rate=0.01), sevens)
    trainer.advance(5)
    found = look(trainer)
    assert (found.mistakes.shape, found.probabilities.shape) == ((0, 3), (0, 10))


@pytest.mark.parametrize("network", NETWORKS)
def test_patterns_are_the_first_layers_weights(network, few):
    trainer = Trainer(TrainConfig(network=network, **SMALL | {"filters": 40, "dense_units": 40}), few)
    found, weights = look(trainer).first_layer, trainer.weights()
    assert len(found) == 32
    for i, pattern in enumerate(found):
        right = weights["d1/kernel"][:, i].reshape(28, 28) if network == "mlp" else weights["conv1/kernel"][:, :, 0, i]
        assert np.array_equal(pattern, right)


@pytest.mark.parametrize("network", NETWORKS)
def test_histograms_count_every_number_that_is_learned(network, few):
    trainer = Trainer(TrainConfig(network=network, **SMALL), few)
    trainer.advance(3)
    found = look(trainer)
    learning = {layer.name: layer for layer in trainer.model.layers if layer.trainable_weights}
    for histograms in (found.weights, found.gradients):
        assert histograms.keys() == learning.keys()
        assert all(array.shape == (2, BINS) for array in histograms.values())
        counted = {name: int(array[1].sum()) for name, array in histograms.items()}
        assert counted == {
            name: sum(int(np.prod(w.shape)) for w in layer.trainable_weights) for name, layer in learning.items()
        }
    kernel, bias = (w.numpy().ravel() for w in trainer.model.get_layer("d2").weights)
    counts, edges = np.histogram([*kernel, *bias], BINS)
    np.testing.assert_allclose(found.weights["d2"], [(edges[1:] + edges[:-1]) / 2, counts], rtol=1e-5)


def test_gradients_are_those_of_the_mean_loss(few, monkeypatch):
    """Oracle: of softmax and cross-entropy, the slope along the last biases is the mean of (probability - truth)."""
    monkeypatch.setattr(inspection, "GRADIENT_IMAGES", 60)
    trainer = Trainer(TrainConfig(network="seed", dropout=0.5, **SMALL), few)
    thought = trainer.model.predict(pictures(few.x_train[:60]), verbose=0)
    expected = (thought - np.eye(10)[few.y_train[:60]]).mean(axis=0)
    np.testing.assert_allclose(inspection.gradients(trainer)["d2"][-10:], expected, atol=1e-6)


def test_dead_units_of_a_dense_layer(few):
    """Three of eight biases are so low that no image can wake their units."""
    trainer = Trainer(TrainConfig(network="mlp", **SMALL), few)
    layer = trainer.model.get_layer("d1")
    layer.bias.assign([-1e9, 1e3, -1e9, 1e3, 1e3, -1e9, 1e3, 1e3])
    assert look(trainer).dead == {"d1": 3 / 8}


def test_dead_channels_of_a_convolution(few):
    trainer = Trainer(TrainConfig(network="seed", **SMALL), few)
    trainer.model.get_layer("conv1").bias.assign([-1e9, 1.0, 1.0, 1.0])
    trainer.model.get_layer("d1").bias.assign([1e3] * 8)
    assert look(trainer).dead == {"conv1": 1 / 4, "d1": 0.0}


@pytest.mark.parametrize("network", NETWORKS)
def test_dead_units_by_looking_at_every_output(network, few, monkeypatch):
    """In pieces of which the last is shorter, against one pass by hand over all of them."""
    monkeypatch.setattr("lib.ml.training.batching.TEST_BATCH", 30)
    trainer = Trainer(TrainConfig(network=network, learning_rate=0.3, optimizer="sgd", **SMALL), few)
    trainer.advance(7)
    x, expected = pictures(few.x_test), {}
    for layer in trainer.model.layers:
        x = layer(x)
        if layer.name in BENT.get(network, ("conv1", "conv2", "d1")):
            units = x.numpy().reshape(-1, x.shape[-1])
            expected[layer.name] = np.mean([not units[:, i].any() for i in range(units.shape[1])])
    assert look(trainer).dead == pytest.approx(expected)


def test_only_so_many_images_decide_who_is_dead(few, monkeypatch):
    monkeypatch.setattr(inspection, "DEAD_IMAGES", 1)
    trainer = Trainer(TrainConfig(network="mlp", dense_units=400, execution="eager"), few)
    hidden = trainer.model.get_layer("d1")(pictures(few.x_test[:1]).reshape(1, 784)).numpy()
    assert look(trainer).dead["d1"] == pytest.approx(np.mean(hidden == 0))


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "gelu"])
def test_without_relu_nothing_can_die(activation, few):
    assert look(Trainer(TrainConfig(network="fast", activation=activation, **SMALL), few)).dead == {}


@pytest.mark.parametrize("values", [[0.0] * 7, [np.nan, 1.0, np.inf, 2.0], [np.nan], [1e-40, 2e-40]])
def test_a_histogram_of_anything(values):
    centres, counts = histogram(np.array(values, np.float32))
    assert counts.sum() == np.isfinite(values).sum()
    assert np.isfinite(centres).all()


@pytest.mark.parametrize("network", NETWORKS)
def test_looking_changes_nothing(network, few):
    trainer = Trainer(TrainConfig(network=network, dropout=0.5, **SMALL), few)
    trainer.advance(2)
    before = trainer.weights(), trainer.state()
    look(trainer)
    untouched(trainer)
    assert same(before[0], trainer.weights())
    assert same(before[1], trainer.state())


def test_told_before_the_first_step_and_after_every_epoch(few):
    events = follow(TrainConfig(**QUICK), few)
    seen = of_kind(events, Inside)
    assert [(event.epoch, event.step) for event in seen] == [(0, 0), (1, 7), (2, 14)]
    assert all(event.seconds > 0 for event in seen)
    assert not np.array_equal(seen[0].first_layer, seen[1].first_layer)
    assert (seen[0].gradients, set(seen[1].gradients)) == ({}, {"d1", "d2"})
    assert seen[0].weights.keys() == seen[1].weights.keys()
    assert seen[0].dead.keys() == {"d1"}
    assert len(seen[0].mistakes) == MISTAKES
