"""Pictures of paper: what is written on it, as if it were drawn on the canvas.

A photo or a scan shows more than ink: a table, a shadow, a lamp, the lines of the paper. They are taken away here, so
that all later steps need to know plain paper only. The canvas has none of this, and its drawings never come here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lib.core.data.dataset import Bytes
from lib.core.drawing.binarize import CONTRAST, NOISE, grey, paper_under, shaded
from lib.core.drawing.paper.fine_lines import thickened
from lib.core.drawing.paper.lighting import is_even, sheet, written
from lib.core.drawing.paper.printed_frame import without_frames
from lib.core.drawing.paper.ruling import without_ruling

SMALLEST = 240
"""Shorter side of a picture from which on it may be a photo; in a smaller one, all that is thin may be a stroke."""

UNEVEN = 25
"""Levels from which on a difference of the light is no noise: a fit across the edge of a shadow takes it for noise."""
DARKEST = 0.98
"""Quantile of the ink that a digit on ruled paper reaches, where most of the ink is lines."""


def on_plain_paper(picture: Bytes) -> Bytes:
    """`picture`; or only its ink, dark on white uint8 (h, w), if its paper has light, lines or a frame of its own.

    `picture` is uint8 (h, w) grey, (h, w, 3) RGB or (h, w, 4) RGBA; the result may be smaller and has the same ratio.
    Raises ValueError for another type or shape.
    """
    brightness = grey(picture)
    if min(brightness.shape) < SMALLEST:
        return picture
    differs, noise, even = measured(brightness)
    seen = shaded(differs, noise)
    if seen is None:
        return picture if even else np.full_like(brightness, 255)
    left = without_frames(without_ruling(seen, shaded(differs, noise, DARKEST)))
    if even and left is seen:
        fine = thickened(picture)
        return picture if fine is None else 255 - fine
    return 255 - left


def measured(brightness: Bytes) -> tuple[NDArray[np.float32], float, bool]:
    """How much each pixel differs from the paper, (h, w) in levels, the noise in it, and whether the light is even."""
    paper, noise = paper_under(brightness)
    on_table = sheet(brightness)
    if on_table is None and (
        isinstance(paper, float) or is_even(brightness, paper, min(max(CONTRAST, NOISE * noise), UNEVEN))
    ):
        return (brightness - np.float32(paper) if isinstance(paper, float) else brightness - paper), noise, True
    return (*written(brightness, on_table), False)
