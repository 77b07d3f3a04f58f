"""Distorts pictures as handwriting varies: rotation, shear, scale, shift, and elastic deformation.

P. Y. Simard, D. Steinkraus, J. C. Platt, "Best practices for convolutional neural networks", ICDAR 2003.
Implemented here: SciPy (ndimage.map_coordinates) would add 140 MB on disk for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lib.core.data.dataset import Bytes

Floats = NDArray[np.float32]
Random = np.random.Generator

KNOTS = 6
"""Control points of the elastic deformation per side; between them the displacement is interpolated smoothly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """The strength of the distortion: standard deviations, lengths as shares of the picture's side."""

    turn: float  # radians
    shear: float
    scale: float  # of the logarithm of width and of height
    shift: float
    elastic: float


def warped(images: Bytes, strength: Strength, random: Random, side: int) -> Bytes:
    """Each of `images` uint8 (n, h, h) with its own random distortion: uint8 (n, side, side)."""
    places = (0.5 + bent(len(images), strength, random, side)) * images.shape[1] - 0.5
    return sampled(images, places)


def bent(count: int, strength: Strength, random: Random, side: int) -> Floats:
    """The source of each pixel of `count` pictures, from -0.5 to 0.5 along y and x: (count, 2, side, side)."""
    axis = ((np.arange(side) + 0.5) / side - 0.5).astype(np.float32)
    straight = np.stack(np.meshgrid(axis, axis, indexing="ij"))
    turn, shear = random.normal(0, (strength.turn, strength.shear), (count, 2)).T
    scale = np.exp(random.normal(0, strength.scale, (count, 2))).T
    cosine, sine = np.cos(turn), np.sin(turn)
    matrix = np.array([[cosine, -sine], [sine + shear * cosine, cosine - shear * sine]]) * scale
    shift = random.normal(0, strength.shift, (count, 2, 1, 1))
    pulls = random.normal(0, strength.elastic, (count, 2, KNOTS, KNOTS)).astype(np.float32)
    fade = fading(axis)
    elastic = fade @ pulls @ fade.T
    moved = np.einsum("abn,bij->naij", matrix.astype(np.float32), straight)
    return moved + shift.astype(np.float32) + elastic


def fading(axis: Floats) -> Floats:
    """The weight of each knot at each place of `axis`: bell curves that add up to 1, (len(axis), KNOTS)."""
    knots = np.linspace(-0.5, 0.5, KNOTS, dtype=np.float32)
    bells = np.exp(-0.5 * ((axis[:, None] - knots) * KNOTS / 0.9) ** 2)
    return bells / bells.sum(axis=1, keepdims=True)


def sampled(images: Bytes, places: Floats) -> Bytes:
    """The brightness of each picture (n, h, h) at its places (n, 2, s, s) in pixels, by bilinear interpolation."""
    count, height = images.shape[:2]
    paper = np.pad(images, ((0, 0), (1, 2), (1, 2))).astype(np.float32)
    y, x = np.moveaxis(np.clip(places + 1, 0, height + 1), 1, 0)
    top, left = y.astype(np.int32), x.astype(np.int32)
    y, x = y - top, x - left
    wide = height + 3
    first = (np.arange(count, dtype=np.int32) * wide * wide)[:, None, None] + top * wide + left
    flat = paper.ravel()
    above = flat[first] * (1 - x) + flat[first + 1] * x
    below = flat[first + wide] * (1 - x) + flat[first + wide + 1] * x
    return (above * (1 - y) + below * y + 0.5).astype(np.uint8)
