"""The networks of `lib.core.inference.portable` in NumPy: `run_network.js` for many images at a time.

It needs nothing but what a page holds that stands alone, so it can check such a page.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from lib.core.data.dataset import CLASSES, SIDE, Bytes
from lib.core.inference.portable import Layer

Floats = NDArray[np.float32]
PART = 100
"""Images calculated at a time: the widest layer's windows for them take 32 MB."""


def running(layers: Sequence[Layer], weights: Floats) -> Callable[[Bytes], Floats]:
    """A network with these weights, float32 (count,), layer after layer.

    It takes images, uint8 (n, 28, 28), and returns their probabilities, float32 (n, 10). Raises ValueError if the
    layers take another number of weights.
    """
    chain, start = [], 0
    for layer in layers:
        if layer.get("kind") not in KINDS:
            raise ValueError(f"a layer of an unknown kind: {layer.get('kind')!r}")
        own = []
        for size in layer["sizes"]:
            own.append(weights[start : start + size])
            start += size
        chain.append((KINDS[layer["kind"]], layer, own))
    if start != len(weights):
        raise ValueError(f"the layers take {start:,} weights, but there are {len(weights):,}")

    def network(images: Bytes) -> Floats:
        found = np.empty((len(images), CLASSES), np.float32)
        for first in range(0, len(images), PART):
            x = images[first : first + PART].reshape(-1, SIDE, SIDE, 1).astype(np.float32) / np.float32(255)
            for calculate, layer, own in chain:
                x = calculate(layer, x, *own)
            found[first : first + PART] = x
        return found

    return network


def conv(layer: Layer, x: Floats, kernel: Floats, bias: Floats) -> Floats:
    """A convolution of (n, height, width, channels)."""
    high, wide, channels, filters = layer["kernel"]
    stride = layer["stride"]
    if layer["same"]:
        x = np.pad(x, ((0, 0), around(x.shape[1], high, stride), around(x.shape[2], wide, stride), (0, 0)))
    windows = sliding_window_view(x, (high, wide), (1, 2))[:, ::stride, ::stride].transpose(0, 1, 2, 4, 5, 3)
    n, rows, columns = windows.shape[:3]
    sums = windows.reshape(-1, high * wide * channels) @ kernel.reshape(-1, filters) + bias
    return bend(layer["activation"], sums.reshape(n, rows, columns, filters))


def around(size: int, side: int, stride: int) -> tuple[int, int]:
    """The zeros before and after, with which Keras' padding "same" gives ceil(size / stride) places."""
    lacks = max(0, (math.ceil(size / stride) - 1) * stride + side - size)
    return lacks // 2, lacks - lacks // 2


def dense(layer: Layer, x: Floats, kernel: Floats, bias: Floats) -> Floats:
    """A dense layer; what comes in is flattened."""
    return bend(layer["activation"], x.reshape(len(x), -1) @ kernel.reshape(-1, layer["units"]) + bias)


def pool(_layer: Layer, x: Floats) -> Floats:
    """The maximum of each 2 × 2 square."""
    n, rows, columns, channels = x.shape
    squares = x[:, : rows // 2 * 2, : columns // 2 * 2].reshape(n, rows // 2, 2, columns // 2, 2, channels)
    return squares.max(axis=(2, 4))


def scale(layer: Layer, x: Floats, factor: Floats, offset: Floats) -> Floats:
    """A normalisation, as one factor and one offset per channel."""
    return bend(layer["activation"], x * factor + offset)


KINDS: Mapping[str, Callable[..., Floats]] = {"conv": conv, "dense": dense, "pool": pool, "scale": scale}


def erf(x: Floats) -> Floats:
    """The error function to 1.5e-7 (Abramowitz and Stegun, 7.1.26)."""
    t = 1 / (1 + 0.3275911 * np.abs(x))
    total = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
    return np.sign(x) * (1 - total * np.exp(-x * x))


def softmax(x: Floats) -> Floats:
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


BENDS: Mapping[str, Callable[[Floats], Any]] = {
    "none": lambda x: x,
    "relu": lambda x: np.maximum(x, 0),
    "tanh": np.tanh,
    "sigmoid": lambda x: 0.5 * (1 + np.tanh(0.5 * x)),  # the same as 1 / (1 + exp(-x)), which overflows
    "gelu": lambda x: 0.5 * x * (1 + erf(x / np.float32(math.sqrt(2)))),
    "softmax": softmax,
}


def bend(name: str, x: Floats) -> Floats:
    if name not in BENDS:
        raise ValueError(f"an unknown activation: {name!r}")
    return np.asarray(BENDS[name](x), np.float32)
