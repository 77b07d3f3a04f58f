"""A network as data for the browser: its layers, and its weights in float16.

`lib/core/exports/assets/run_network.js` runs it there, `lib.core.inference.numpy_network` in Python.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lib.core.inference.litert import Weights
from lib.core.training.architectures import weight_shapes
from lib.core.training.config import TrainConfig

EPSILON = 1e-3
"""Keras' default epsilon of a batch normalisation."""

Layer = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Portable:
    """`layers` as the browser runs them, first to last, and `weights`: little-endian float16, layer after layer.

    `sha256` (hexadecimal) is the checksum of the weights.
    """

    layers: Sequence[Layer]
    weights: bytes = field(repr=False)
    sha256: str


def shipped_portable(weights: Weights) -> Portable:
    """The shipped model (`lib.ml.shipped.make`): four convolutions 3 × 3 and two dense layers."""
    body = [conv(weights, f"conv{k}", "relu", stride) for k, stride in enumerate((1, 2, 1, 2), 1)]
    return gathered([*body, *head(weights, "relu")])


def run_portable(config: TrainConfig, weights: Weights) -> Portable | None:
    """The network of a run with these settings; None if its weights are of another network, or one is too large for
    float16 (65,504).
    """
    if {name: array.shape for name, array in weights.items()} != dict(weight_shapes(config)):
        return None
    bends = config.activation
    bodies: dict[str, Any] = {
        "seed": lambda: [conv(weights, "conv1", bends)],
        "mlp": list,
        "lenet": lambda: [
            conv(weights, "conv1", bends, same=True),
            POOL,
            conv(weights, "conv2", bends),
            POOL,
        ],
        "fast": lambda: [
            conv(weights, "conv1", bends, stride=2),
            conv(weights, "conv2", "none"),
            POOL,
            norm(weights, "norm2", bends),
        ],
    }
    found = gathered([*bodies[config.network](), *head(weights, bends)])
    return found if np.isfinite(np.frombuffer(found.weights, np.float16)).all() else None


POOL: tuple[Layer, list[Any]] = ({"kind": "pool"}, [])


def conv(weights: Weights, name: str, activation: str, stride: int = 1, same: bool = False) -> tuple[Layer, list[Any]]:
    """A convolution, its kernel (height, width, channels, filters)."""
    kernel, bias = weights[f"{name}/kernel"], weights[f"{name}/bias"]
    about = {"kernel": list(kernel.shape), "stride": stride, "same": same, "activation": activation}
    return {"kind": "conv", "name": name, **about}, [kernel, bias]


def dense(weights: Weights, name: str, activation: str) -> tuple[Layer, list[Any]]:
    """A dense layer, its kernel (inputs, units)."""
    kernel, bias = weights[f"{name}/kernel"], weights[f"{name}/bias"]
    about = {"name": name, "units": kernel.shape[1], "activation": activation}
    return {"kind": "dense", **about}, [kernel, bias]


def norm(weights: Weights, name: str, activation: str) -> tuple[Layer, list[Any]]:
    """A batch normalisation as one factor and one offset per channel, which float16 keeps better than a variance."""
    gamma, beta, mean, variance = (
        np.asarray(weights[f"{name}/{part}"], np.float32)
        for part in ("gamma", "beta", "moving_mean", "moving_variance")
    )
    factor = gamma / np.sqrt(variance + EPSILON)
    return {"kind": "scale", "activation": activation}, [factor, beta - mean * factor]


def head(weights: Weights, activation: str) -> list[tuple[Layer, list[Any]]]:
    """The hidden dense layer and the ten probabilities."""
    return [dense(weights, "d1", activation), dense(weights, "d2", "softmax")]


def gathered(layers: Sequence[tuple[Layer, list[Any]]]) -> Portable:
    """The layers with the sizes of their weights, and all weights one after the other."""
    arrays = [array for _, own in layers for array in own]
    with np.errstate(over="ignore"):
        body = b"".join(np.ascontiguousarray(array, "<f2").tobytes() for array in arrays)
    described = [{**about, "sizes": [int(array.size) for array in own]} for about, own in layers]
    return Portable(layers=described, weights=body, sha256=hashlib.sha256(body).hexdigest())
