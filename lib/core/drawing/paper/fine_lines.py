"""Thickens a clean line that would be lost when its picture is made smaller.

A line of one pixel in two thousand becomes a shade that is darker here and lighter there, and falls apart. So all of
its ink counts, as in dilation, not its mean.
"""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

from lib.core.data.dataset import Bytes
from lib.core.drawing.binarize import CONTRAST, on_paper, paper_under
from lib.core.drawing.components import frame
from lib.core.drawing.thickness import Mask, grown, stroke_width

THINNEST = 0.03
"""Width of a stroke from which on it survives, in heights of the drawing; the canvas' thinnest pen has that."""
WIDTH = 0.05
"""Width that thinner strokes get, in heights of the drawing."""
HEIGHT = 240
"""About how many pixels high the drawing becomes."""
FAINT = 0.15
"""Share of the darkest ink from which on a pixel counts."""


def thickened(picture: Bytes) -> Bytes | None:
    """The ink of a drawing with very fine lines on uniform paper, (h, w), 0 paper and 255 full ink; None for any other.

    `picture` is as for `binarize.grey`; the result has the same ratio but for a pixel.
    """
    bright = brightness_of(picture)
    paper, _ = paper_under(bright)
    if not isinstance(paper, float):
        return None
    differs = np.abs(bright - np.float32(paper))
    darkest = float(differs.max())
    mask = differs >= max(CONTRAST, FAINT * darkest)
    if darkest < CONTRAST or not mask.any():
        return None
    rows, _columns = box = frame(mask)
    high = rows.stop - rows.start
    if stroke_width(mask[box]) >= THINNEST * high:
        return None
    small = pooled(mask, max(1, math.ceil(high / HEIGHT)))
    small_box = frame(small)
    width = WIDTH * (small_box[0].stop - small_box[0].start)
    return grown(small, max(0.0, (width - stroke_width(small[small_box])) / 2))


def brightness_of(picture: Bytes) -> Bytes:
    """The brightness of `picture`, uint8 (h, w), as large as it is."""
    image = Image.fromarray(picture)
    return on_paper(image) if image.mode == "RGBA" else np.asarray(image.convert("L"))


def pooled(mask: Mask, factor: int) -> Mask:
    """`mask` (h, w) made smaller by `factor`; a pixel is inked if any was, so that lines stay whole."""
    height, width = mask.shape
    padded = np.pad(mask, ((0, -height % factor), (0, -width % factor)))
    blocks = padded.reshape(len(padded) // factor, factor, -1, factor)
    return np.logical_or.reduce(np.logical_or.reduce(blocks, axis=3), axis=1)
