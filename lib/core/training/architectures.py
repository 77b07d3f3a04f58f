"""The layers of each network, by arithmetic alone, so that a page can show them before TensorFlow has run.

`lib.ml.training.networks` builds the same networks in Keras; a test compares the two layer by layer.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from lib.core.data.dataset import CLASSES, SIDE
from lib.core.training.config import TrainConfig

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One layer: its Keras class, its output shape for one image, and its number of weights.

    `parameters` counts every weight, `trainable` only the weights that the optimizer changes.
    """

    kind: str
    shape: Shape
    parameters: int = 0
    trainable: int = 0


def conv(shape: Shape, filters: int, kernel: int, stride: int = 1, padding: str = "valid") -> Layer:
    """A convolution over (height, width, channels); `padding` as in Keras."""
    height, width, channels = shape
    if padding == "same":
        height, width = math.ceil(height / stride), math.ceil(width / stride)
    else:
        height, width = (height - kernel) // stride + 1, (width - kernel) // stride + 1
    weights = kernel * kernel * channels * filters + filters
    return Layer(kind="Conv2D", shape=(height, width, filters), parameters=weights, trainable=weights)


def pool(shape: Shape) -> Layer:
    """The maximum of each 2 × 2 square."""
    height, width, channels = shape
    return Layer(kind="MaxPooling2D", shape=(height // 2, width // 2, channels))


def batch_norm(shape: Shape) -> Layer:
    """Scale and shift per channel are trained, the running mean and variance are not."""
    return Layer(kind="BatchNormalization", shape=shape, parameters=4 * shape[-1], trainable=2 * shape[-1])


def activation(shape: Shape) -> Layer:
    """The activation as a layer of its own, for networks that put it after another layer than the weights."""
    return Layer(kind="Activation", shape=shape)


def flatten(shape: Shape) -> Layer:
    return Layer(kind="Flatten", shape=(math.prod(shape),))


def dense(shape: Shape, units: int) -> Layer:
    weights = shape[0] * units + units
    return Layer(kind="Dense", shape=(units,), parameters=weights, trainable=weights)


def dropout(shape: Shape) -> Layer:
    return Layer(kind="Dropout", shape=shape)


def chain(*steps: Callable[[Shape], Layer]) -> tuple[Layer, ...]:
    """The layers, each built for the output shape of the one before it."""
    shape: Shape = (SIDE, SIDE, 1)
    layers = []
    for step in steps:
        layers.append(step(shape))
        shape = layers[-1].shape
    return tuple(layers)


def describe(config: TrainConfig) -> tuple[Layer, ...]:
    """The layers of the network for `config`, first to last."""
    wide, units = config.filters, config.dense_units
    bodies: dict[str, list[Callable[[Shape], Layer]]] = {
        "seed": [lambda s: conv(s, wide, 3), flatten],
        "mlp": [flatten],
        "lenet": [lambda s: conv(s, wide, 5, padding="same"), pool, lambda s: conv(s, 2 * wide, 5), pool, flatten],
        "fast": [
            lambda s: conv(s, wide, 5, stride=2),
            lambda s: conv(s, wide, 3),
            pool,
            batch_norm,
            activation,
            flatten,
        ],
    }
    head: list[Callable[[Shape], Layer]] = [lambda s: dense(s, units)]
    if config.dropout:
        head.append(dropout)
    return chain(*bodies[config.network], *head, lambda s: dense(s, CLASSES))


def weight_shapes(config: TrainConfig) -> dict[str, Shape]:
    """The shape of every weight, by its name in checkpoints, such as 'conv1/kernel'."""
    wide = config.filters
    flat = next(layer.shape[0] for layer in describe(config) if layer.kind == "Flatten")
    convolutions: dict[str, dict[str, Shape]] = {
        "seed": {"conv1": (3, 3, 1, wide)},
        "mlp": {},
        "lenet": {"conv1": (5, 5, 1, wide), "conv2": (5, 5, wide, 2 * wide)},
        "fast": {"conv1": (5, 5, 1, wide), "conv2": (3, 3, wide, wide)},
    }
    kernels = convolutions[config.network] | {"d1": (flat, config.dense_units), "d2": (config.dense_units, CLASSES)}
    norms = ("gamma", "beta", "moving_mean", "moving_variance") if config.network == "fast" else ()
    return (
        {f"{layer}/kernel": shape for layer, shape in kernels.items()}
        | {f"{layer}/bias": shape[-1:] for layer, shape in kernels.items()}
        | {f"norm2/{weight}": (wide,) for weight in norms}
    )
