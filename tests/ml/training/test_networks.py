import numpy as np
import pytest
import tensorflow as tf

from lib.core.training.architectures import describe
from lib.core.training.config import SETTINGS, TrainConfig
from lib.ml.training.networks import MyModel, build_network

NETWORKS = tuple(SETTINGS["network"].options)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_layers_are_those_described_without_tensorflow(network, dropout):
    config = TrainConfig(network=network, dropout=dropout, filters=6, dense_units=20)
    model = build_network(config)
    described = describe(config)
    assert [type(layer).__name__ for layer in model.layers] == [layer.kind for layer in described]
    assert [layer.count_params() for layer in model.layers] == [layer.parameters for layer in described]
    trainable = [sum(int(np.prod(w.shape)) for w in layer.trainable_weights) for layer in model.layers]
    assert trainable == [layer.trainable for layer in described]


def test_my_model_without_arguments_is_the_seeds():
    model = MyModel()
    assert model(tf.zeros((2, 28, 28, 1))).shape == (2, 10)
    assert [layer.name for layer in model.layers] == ["conv1", "flatten", "d1", "d2"]
    assert model.count_params() == 2_770_634


@pytest.mark.parametrize("network", NETWORKS)
def test_same_seed_same_weights(network):
    first, again, other = (
        build_network(TrainConfig(network=network, seed=seed, filters=4, dense_units=8)).get_weights()
        for seed in (1, 1, 2)
    )
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(first, other, strict=True))


@pytest.mark.parametrize("network", NETWORKS)
def test_bfloat16_keeps_weights_and_probabilities_in_float32(network):
    model = build_network(TrainConfig(network=network, precision="mixed_bfloat16", filters=4, dense_units=8))
    assert {w.dtype for w in model.weights} == {"float32"}
    assert model.get_layer("d1").compute_dtype == "bfloat16"
    assert model(tf.zeros((1, 28, 28, 1))).dtype == tf.float32
