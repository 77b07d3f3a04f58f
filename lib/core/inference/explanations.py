"""Explains a prediction with pictures: feature maps, the pixels that matter, the difference from a class mean."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from lib.core.data.dataset import CLASSES, SIDE, Bytes

Floats = NDArray[np.float32]

PATCH, STRIDE = 5, 2
"""Side of the covered patch and distance between patches, in pixels: a stroke in MNIST is three pixels wide."""
NEGATIVE, NOTHING, POSITIVE = ((33, 102, 172), (247, 247, 247), (178, 24, 43))
"""The colours from negative over 0 to positive: ColorBrewer's RdBu, which colour-blind people can tell apart."""
GAP = 96
"""The grey level between feature maps."""


def feature_grid(maps: Floats, columns: int = 16) -> Bytes:
    """The feature maps (h, w, n) side by side: uint8 (rows * (h + 1) - 1, columns * (w + 1) - 1).

    Black is the layer's lowest value and white its highest, so maps can be compared.
    """
    height, width, count = maps.shape
    columns = min(columns, count)
    rows = math.ceil(count / columns)
    low, high = float(maps.min()), float(maps.max())
    shades = ((maps - low) * (255 / (high - low) if high > low else 0)).round().astype(np.uint8)
    grid = np.full((rows * columns, height + 1, width + 1), GAP, np.uint8)
    grid[:count, :height, :width] = shades.transpose(2, 0, 1)
    picture = grid.reshape(rows, columns, height + 1, width + 1).transpose(0, 2, 1, 3)
    return picture.reshape(rows * (height + 1), columns * (width + 1))[:-1, :-1]


def covered(image: Bytes) -> tuple[Bytes, NDArray[np.intp]]:
    """`image` (28, 28) with one inked patch covered by paper at a time: (n, 28, 28), and the patches' places (n, 2)."""
    starts = range(0, SIDE - PATCH + 1, STRIDE)
    places = [(y, x) for y in starts for x in starts if image[y : y + PATCH, x : x + PATCH].any()]
    images = np.repeat(image[None], len(places), axis=0)
    for one, (y, x) in zip(images, places, strict=True):
        one[y : y + PATCH, x : x + PATCH] = 0
    return images, np.array(places, np.intp).reshape(-1, 2)


def occlusion_map(places: NDArray[np.intp], losses: Floats) -> Floats:
    """The mean fall of the probability over all patches that cover a pixel: (28, 28)."""
    total, count = np.zeros((SIDE, SIDE), np.float32), np.zeros((SIDE, SIDE), np.float32)
    for (y, x), loss in zip(places, losses, strict=True):
        total[y : y + PATCH, x : x + PATCH] += loss
        count[y : y + PATCH, x : x + PATCH] += 1
    return np.asarray(total / np.maximum(count, 1), np.float32)


def mean_images(images: Bytes, labels: Bytes) -> Floats:
    """The mean image of each class: (10, 28, 28), 0 to 255; paper for a class without images."""
    means = np.zeros((CLASSES, SIDE, SIDE), np.float32)
    for label in range(CLASSES):
        chosen = images[labels == label]
        if len(chosen):
            means[label] = chosen.mean(axis=0, dtype=np.float64)
    return means


def missing_and_extra(image: Bytes, mean: Floats) -> tuple[float, float]:
    """The share of the mean's ink that `image` lacks, and the share of the image's ink outside the mean's."""
    drawn = image.astype(np.float32)
    shared = float(np.minimum(drawn, mean).sum())
    return 1 - shared / max(float(mean.sum()), 1.0), 1 - shared / max(float(drawn.sum()), 1.0)


def coloured(values: Floats, reach: float) -> Bytes:
    """`values` (h, w) in colours, -`reach` blue, 0 light and +`reach` red: uint8 (h, w, 3)."""
    share = np.clip(values / reach if reach > 0 else np.zeros_like(values), -1, 1)[..., None]
    blue, light, red = (np.array(colour, np.float32) for colour in (NEGATIVE, NOTHING, POSITIVE))
    mixed = np.where(share < 0, light + (light - blue) * share, light + (red - light) * share)
    return np.asarray(mixed.round(), np.uint8)
