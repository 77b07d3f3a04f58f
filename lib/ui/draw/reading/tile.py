"""A small picture as a network sees it, large enough to look at."""

from __future__ import annotations

import numpy as np

from lib.core.data.dataset import Bytes

TILE = 98
"""Side of a picture in pixels: three in a row on a phone, all steps in one row below the canvas on a desktop."""


def tile_picture(image: Bytes) -> Bytes:
    """`image` (h, w) as a square with visible pixels: small images are enlarged without smoothing."""
    height, width = image.shape
    side = max(height, width)
    square = np.zeros((side, side), np.uint8)
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = image
    factor = max(1, 2 * TILE // side)
    return square.repeat(factor, axis=0).repeat(factor, axis=1)
