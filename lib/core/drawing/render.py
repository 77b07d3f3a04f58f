"""Renders pen strokes as the browser's canvas does: for tests, benchmark digits and augmentation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from lib.core.data.dataset import Bytes

SIDE = 280
"""Width and height of the canvas in pixels."""
WIDTH = 18
"""Default width of the pen in pixels."""
FINER = 4
"""Strokes are drawn this many times as large and then averaged, for 16 shades at edges, as many as a browser's."""
BENDS = 4
"""Line segments per curve between two samples of the pen, which lie some pixels apart."""

Stroke = NDArray[np.floating]
"""The pen's path from where it is put down to where it is lifted: (n, 2) in pixels, x rightwards and y downwards."""


def render(strokes: Sequence[Stroke], side: int = SIDE, width: float = WIDTH) -> Bytes:
    """The strokes on a square canvas, white on black: uint8 (side, side), as the canvas' library Fabric draws them.

    Ends and corners are round, a single point is a dot, edges are anti-aliased; parts outside the canvas are cut off.
    """
    canvas = Image.new("L", (side * FINER, side * FINER))
    pen = ImageDraw.Draw(canvas)
    for stroke in strokes:
        draw(pen, curve(stroke) * FINER, width * FINER)
    return np.array(canvas.reduce(FINER))


def draw(pen: ImageDraw.ImageDraw, way: NDArray[np.float64], width: float) -> None:
    """Draws a line with round ends and corners along `way` (n, 2)."""
    # Pillow centres pixel 0 at 0, the canvas at 0.5.
    points = [(float(x), float(y)) for x, y in way - 0.5]
    pen.line(points, fill=255, width=max(1, round(width)))
    reach = max(width - 1, 0) / 2
    for x, y in points:
        pen.ellipse((x - reach, y - reach, x + reach, y + reach), fill=255)


def curve(stroke: Stroke) -> NDArray[np.float64]:
    """Fabric's path (m, 2) through the pen's samples (n, 2): quadratic curves from midpoint to midpoint.

    Every sample except the first and the last is the control point between the midpoints to its left and right.
    Raises ValueError for another shape or numbers that are not finite.
    """
    if stroke.ndim != 2 or stroke.shape[1] != 2 or not np.isfinite(stroke).all():
        raise ValueError(f"a stroke must be (n, 2) finite numbers, got shape {stroke.shape}")
    way = stroke.astype(np.float64)
    if len(way) < 3:
        return way
    middles = (way[:-1] + way[1:]) / 2
    start, control, end = middles[:-1, None], way[1:-1, None], middles[1:, None]
    t = (np.arange(BENDS) / BENDS)[:, None]
    bends = (1 - t) ** 2 * start + 2 * t * (1 - t) * control + t**2 * end
    return np.concatenate([way[:1], bends.reshape(-1, 2), middles[-1:], way[-1:]])
