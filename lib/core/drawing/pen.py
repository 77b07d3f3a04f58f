"""What the pen did on the canvas: each stroke on its own, so that digits that touch can be told apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from lib.core.data.dataset import Bytes
from lib.core.drawing.render import FINER, draw
from lib.core.drawing.thickness import Mask

MOST = 40
"""With more strokes, they are left out: that is no row of digits, and would take long."""
TOO_WIDE, FITS = 0.3, 0.1
"""Width of a pen, in heights of the drawing, that is too wide for it; and one that fits it."""
COVERED = 0.9
"""Share of the ink that strokes must explain, and of them that must be ink: else they are of another drawing."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PenStroke:
    """The pen's `way` from where it was put down to where it was lifted, (n, 2) in pixels, and the pen's `width`."""

    way: NDArray[np.float64] = field(repr=False)
    width: float


def with_finer_pen(strokes: Sequence[PenStroke]) -> list[PenStroke]:
    """The strokes with a pen that fits their height; unchanged if theirs does, or if they are but a dot or a bar.

    A small drawing with a wide pen is a blot in which the holes of an 8 are filled; but its strokes are known.
    """
    if not strokes:
        return []
    high = float(np.ptp(np.concatenate([stroke.way for stroke in strokes])[:, 1]))
    widest = max(stroke.width for stroke in strokes)
    too_wide = widest < high < widest / TOO_WIDE
    return [replace(stroke, width=FITS * high) if too_wide else stroke for stroke in strokes]


def rendered(strokes: Sequence[PenStroke], shape: tuple[int, ...]) -> Bytes:
    """The strokes on a canvas of this shape (h, w), dark on white: uint8."""
    canvas = Image.new("L", (shape[1] * FINER, shape[0] * FINER))
    pen = ImageDraw.Draw(canvas)
    for stroke in strokes:
        draw(pen, stroke.way * FINER, stroke.width * FINER)
    return 255 - np.asarray(canvas.reduce(FINER))


def covers(strokes: Sequence[PenStroke], size: tuple[int, int], ink: Mask) -> list[Mask]:
    """The pixels of each stroke, bool (h, w) like `ink`, in order of time; none if they do not explain the ink.

    `size` is the canvas' (height, width) in the strokes' pixels; `ink` may be smaller.
    """
    if not 0 < len(strokes) <= MOST:
        return []
    found = masks(strokes, size, ink)
    together = np.logical_or.reduce(found)
    explained = int((together & ink).sum()) >= COVERED * max(int(ink.sum()), int(together.sum()))
    return [one & ink for one in found] if explained else []


def masks(strokes: Sequence[PenStroke], size: tuple[int, int], ink: Mask) -> list[Mask]:
    """The pixels of each stroke, as for `covers`, whatever the ink is."""
    return [cover(stroke, ink.shape[1] / size[1], ink.shape) for stroke in strokes]


def cover(stroke: PenStroke, factor: float, shape: tuple[int, ...]) -> Mask:
    """The pixels of one stroke on a picture of this shape (h, w), whose pixels are `factor` of the stroke's."""
    image = Image.new("1", (shape[1], shape[0]))
    draw(ImageDraw.Draw(image), stroke.way * factor, stroke.width * factor)
    return np.asarray(image, bool)
