"""Weights as bytes: a large kernel's numbers become whole ones from -127 to 127, with a factor for each channel.

A channel is what one filter or one unit has: the kernel's last axis. Per channel the rounding is finer than with one
factor for all, which is why LiteRT does the same (Krishnamoorthi, 2018, Quantizing deep convolutional networks for
efficient inference). Small kernels stay as they are: they take few bytes, and the first layers' errors grow on the way;
of the shipped model, measured, the probabilities are then at most 0.013 off in place of 0.033. `small_weights.js` reads
what is written here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from lib.core.inference.portable import Layer, Portable

Floats = NDArray[np.float32]
MOST = 127
LARGE = 10_000
"""Numbers from which on a kernel is large. No other weights are as many."""


def is_rounded(layer: Layer) -> bool:
    """Whether the layer has a large kernel; its bias comes second."""
    return max(layer["sizes"], default=0) >= LARGE


def shrunk(portable: Portable) -> bytes:
    """First, as little-endian float32, layer after layer: of a large kernel its factors, and all other weights.
    Then every large kernel's whole numbers as int8.
    """
    floats, whole = [], []
    for layer, own in by_layer(portable.layers, np.frombuffer(portable.weights, "<f2").astype(np.float32)):
        if is_rounded(layer):
            kernel, bias = own
            factors, numbers = rounded(kernel.reshape(-1, len(bias)))
            floats += [factors, bias]
            whole.append(numbers)
        else:
            floats += own
    return b"".join([*(part.astype("<f4").tobytes() for part in floats), *(part.tobytes() for part in whole)])


def rounded(kernel: Floats) -> tuple[Floats, NDArray[np.int8]]:
    """The factors (channels,) and the whole numbers of a kernel (inputs, channels)."""
    largest = np.abs(kernel).max(axis=0)
    factors = np.where(largest > 0, largest / MOST, 1).astype(np.float32)
    return factors, np.round(kernel / factors).astype(np.int8)


def restored(layers: Sequence[Layer], small: bytes) -> Floats:
    """The weights that `shrunk` has written, layer after layer. Raises ValueError if there are too few or too many."""
    kernels = sum(layer["sizes"][0] for layer in layers if is_rounded(layer))
    floats = np.frombuffer(small[: len(small) - kernels], "<f4")
    whole = np.frombuffer(small[len(small) - kernels :], np.int8)
    found, at, at_whole = [np.zeros(0, np.float32)], 0, 0
    for layer in layers:
        if not is_rounded(layer):
            count = sum(layer["sizes"])
            found.append(floats[at : at + count])
        else:
            size, channels = layer["sizes"]
            count = 2 * channels
            factors, bias = floats[at : at + channels], floats[at + channels : at + count]
            found += [(whole[at_whole : at_whole + size].reshape(-1, channels) * factors).ravel(), bias]
            at_whole += size
        at += count
    if at != len(floats):
        raise ValueError(f"the layers take {at:,} numbers, but there are {len(floats):,}")
    return np.concatenate(found).astype(np.float32)


def by_layer(layers: Sequence[Layer], weights: Floats) -> Iterator[tuple[Layer, list[Floats]]]:
    """Each layer with its own of all `weights`."""
    start = 0
    for layer in layers:
        own = []
        for size in layer["sizes"]:
            own.append(weights[start : start + size])
            start += size
        yield layer, own
