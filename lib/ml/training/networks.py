"""The networks that can be trained. With its defaults, `MyModel()` is the notes' network."""

# Learners read this file: its functions have no annotations, like the notes'; docstrings give the shapes.
# mypy: disallow-untyped-defs=False, disallow-incomplete-defs=False

from __future__ import annotations

import tensorflow as tf
from tensorflow.keras import Model, Sequential
from tensorflow.keras.initializers import GlorotUniform
from tensorflow.keras.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Input,
    MaxPooling2D,
)

from lib.core.data.dataset import CLASSES, SIDE
from lib.core.seeds import seed_of
from lib.core.training.config import TrainConfig


class MyModel(Model):
    """The notes' network: one convolution and two dense layers. float32 (n, 28, 28, 1) to probabilities (n, 10)."""

    def __init__(self, filters=32, dense_units=128, dropout=0.0, activation="relu", precision="float32", seed=0):
        super().__init__()
        self.conv1 = Conv2D(filters, 3, activation=activation, dtype=precision, **drawn("conv1", seed))
        self.flatten = Flatten(dtype=precision, name="flatten")
        self.d1 = Dense(dense_units, activation=activation, dtype=precision, **drawn("d1", seed))
        self.dropout = (
            Dropout(dropout, dtype=precision, seed=seed_of(seed, "dropout"), name="dropout") if dropout else None
        )
        # The probabilities are always float32: bfloat16 has 8 bits, too few to tell 0.996 from 1.
        self.d2 = Dense(CLASSES, activation="softmax", dtype="float32", **drawn("d2", seed))

    def call(self, x, training=False):
        x = self.conv1(x)
        x = self.flatten(x)
        x = self.d1(x)
        if self.dropout:
            x = self.dropout(x, training=training)
        return self.d2(x)


def drawn(name, seed):
    """The name of a layer, and the initializer of its weights: Keras' default, with a seed of its own.

    The rule is that of Glorot and Bengio (2010), Understanding the difficulty of training deep feedforward neural
    networks. The seed is explicit because Keras would draw one from a generator that all threads of the process share.
    """
    return {"name": name, "kernel_initializer": GlorotUniform(seed_of(seed, name))}


def mlp(filters, dense_units, dropout, activation, precision, seed):
    """Dense layers only: every pixel is a separate input, and the network does not know which are neighbours."""
    return [Flatten(dtype=precision, name="flatten"), *head(dense_units, dropout, activation, precision, seed)]


def lenet(filters, dense_units, dropout, activation, precision, seed):
    """After LeNet-5 (LeCun et al., 1998): convolutions find small patterns, pooling halves the picture, twice."""
    return [
        Conv2D(filters, 5, padding="same", activation=activation, dtype=precision, **drawn("conv1", seed)),
        MaxPooling2D(dtype=precision, name="pool1"),
        Conv2D(2 * filters, 5, activation=activation, dtype=precision, **drawn("conv2", seed)),
        MaxPooling2D(dtype=precision, name="pool2"),
        Flatten(dtype=precision, name="flatten"),
        *head(dense_units, dropout, activation, precision, seed),
    ]


def fast(filters, dense_units, dropout, activation, precision, seed):
    """Small: a stride of 2 and a pooling shrink the picture early, so little is left for the later layers.

    Before the activation every channel is normalised to mean 0 and variance 1 (Ioffe and Szegedy, 2015, Batch
    Normalization), which allows learning rates more than ten times as high.
    """
    return [
        Conv2D(filters, 5, strides=2, activation=activation, dtype=precision, **drawn("conv1", seed)),
        Conv2D(filters, 3, dtype=precision, **drawn("conv2", seed)),
        MaxPooling2D(dtype=precision, name="pool2"),
        # Keras' default momentum of 0.99 averages over hundreds of steps: too long for a run of a few hundred.
        BatchNormalization(momentum=0.8, dtype=precision, name="norm2"),
        Activation(activation, dtype=precision, name="bend2"),
        Flatten(dtype=precision, name="flatten"),
        *head(dense_units, dropout, activation, precision, seed),
    ]


def head(dense_units, dropout, activation, precision, seed):
    """The hidden dense layer and the ten probabilities, which are always float32."""
    hidden = Dense(dense_units, activation=activation, dtype=precision, **drawn("d1", seed))
    dropping = [Dropout(dropout, dtype=precision, seed=seed_of(seed, "dropout"), name="dropout")] if dropout else []
    return [hidden, *dropping, Dense(CLASSES, activation="softmax", dtype="float32", **drawn("d2", seed))]


def build_network(config: TrainConfig) -> Model:
    """The network for `config`, with its weights created: the same seed gives the same weights."""
    shape = (SIDE, SIDE, 1)
    settings = (config.filters, config.dense_units, config.dropout, config.activation, config.precision, config.seed)
    if config.network == "seed":
        model = MyModel(*settings)
    else:
        layers = {"mlp": mlp, "lenet": lenet, "fast": fast}[config.network](*settings)
        model = Sequential([Input(shape), *layers])
    model(tf.zeros((1, *shape)))
    return model


def named_weights(layers):
    """These layers' variables, trained or needed for predictions, by layer and name: 'conv1/kernel'."""
    return {f"{layer.name}/{weight.name}": weight for layer in layers for weight in layer.weights}
