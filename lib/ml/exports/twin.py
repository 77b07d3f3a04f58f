"""A network that opens anywhere: the same layers and weights as a run's, without any class of this app."""

from __future__ import annotations

from dataclasses import replace

import tensorflow as tf

from lib.core.data.dataset import SIDE
from lib.core.inference.litert import Weights
from lib.core.training.checkpoints import check_fit
from lib.core.training.config import TrainConfig
from lib.ml.training.networks import build_network, named_weights


def functional_twin(config: TrainConfig, weights: Weights) -> tf.keras.Model:
    """A functional model with these weights: float32 (n, 28, 28, 1) from 0 to 1, to probabilities (n, 10).

    It computes in float32, whatever the run's precision, as the web process does. It is not compiled, so the file of it
    has no optimizer inside. Raises CheckpointMisfit if the weights do not fit.
    """
    network = build_network(replace(config, precision="float32"))
    variables = named_weights(network.layers)
    check_fit("weights", weights, variables)
    for name, variable in variables.items():
        variable.assign(weights[name])
    images = x = tf.keras.Input((SIDE, SIDE, 1), name="images")
    for layer in network.layers:
        x = layer(x)
    return tf.keras.Model(images, x, name=config.network)
