"""A network as a LiteRT file gives the same outputs as in Keras, layer by layer."""

import numpy as np
import pytest
import tensorflow as tf

from lib.core.inference.litert import network_of
from lib.core.training.architectures import weight_shapes
from lib.core.training.config import SETTINGS, TrainConfig
from lib.ml.shipped.export import convert
from lib.ml.training.networks import build_network
from lib.ml.training.step import scaled

NETWORKS = tuple(SETTINGS["network"].options)
ACTIVATIONS = tuple(SETTINGS["activation"].options)


def stirred(model):
    """The network with random weights, variances and biases too; and these by name."""
    random = np.random.default_rng(5)
    for layer in model.layers:
        for weight in layer.weights:
            noise = random.normal(0, 0.3, weight.shape)
            weight.assign(np.abs(1 + noise) if "variance" in weight.name else weight.numpy() + noise / 3)
    return {f"{layer.name}/{weight.name}": weight.numpy() for layer in model.layers for weight in layer.weights}


def in_keras(model, images):
    """The output of every layer by name, float32."""
    x, seen = scaled(images), {}
    for layer in model.layers:
        x = layer(x)
        seen[layer.name] = tf.cast(x, tf.float32).numpy()
    return seen


def equal(prediction, expected, within):
    assert list(prediction.layers) == [name for name in expected if name != "dropout"]
    for name, values in prediction.layers.items():
        assert values.shape == expected[name].shape, name
        assert np.abs(values - expected[name]).max() <= within * max(1, np.abs(expected[name]).max()), name
    assert np.array_equal(prediction.probabilities, prediction.layers["d2"])


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_shipped_file_says_what_keras_says_at_any_width(mnist, network, activation):
    for filters, units in [(32, 128), (1, 3), (20, 50)]:
        config = TrainConfig(network=network, activation=activation, filters=filters, dense_units=units, dropout=0.5)
        model = build_network(config)
        weights = stirred(model)
        equal(network_of(config).predict(weights, mnist.x_test[:5]), in_keras(model, mnist.x_test[:5]), 1e-5)


@pytest.mark.parametrize("network", NETWORKS)
def test_a_network_of_16_bits_calculates_with_its_weights_in_32(mnist, network):
    config = TrainConfig(network=network, precision="mixed_bfloat16", filters=4, dense_units=8)
    model, images = build_network(config), mnist.x_test[:5]
    weights = stirred(model)
    # bfloat16 keeps 8 bits: half a percent in each of a few layers.
    equal(network_of(config).predict(weights, images), in_keras(model, images), 0.03)
    whole = build_network(TrainConfig(network=network, filters=4, dense_units=8))
    whole.set_weights(model.get_weights())
    equal(network_of(config).predict(weights, images), in_keras(whole, images), 1e-5)


@pytest.mark.parametrize("network", NETWORKS)
def test_the_shapes_of_weights_are_known_without_tensorflow(network):
    config = TrainConfig(network=network, filters=6, dense_units=20, dropout=0.5)
    model = build_network(config)
    weights = {f"{layer.name}/{weight.name}": tuple(weight.shape) for layer in model.layers for weight in layer.weights}
    assert weight_shapes(config) == weights


def test_a_layer_that_is_not_known_is_named():
    model = tf.keras.Sequential([tf.keras.layers.Input((28, 28, 1)), tf.keras.layers.GlobalAveragePooling2D()])
    with pytest.raises(TypeError, match="GlobalAveragePooling2D"):
        convert(model)
