"""Separates ink from paper: canvas, upload or photo, dark on light or light on dark."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lib.core.data.dataset import Bytes
from lib.core.drawing.components import frame

LARGEST = 640
"""Longer side of the analysed picture in pixels: a digit that fills a tenth of it is three times as fine as MNIST's."""
SAMPLES = 40
"""Points per side at which the paper's brightness is sampled."""
BORDER = 3
"""Width of the border in samples; wide enough that a line around the picture is not taken for the paper."""
ROUNDS = 6
"""Most fits of the paper: first to the border, then to the samples that look like paper in the last fit."""
NOISE = 4.0
"""Ink differs from the paper by more than this many deviations of its noise; 1 pixel in 16,000 does so by chance."""
FULL_AT = 0.9
"""The quantile that counts as full ink: above the half shades of edges, below a photo's few glaring pixels."""
CONTRAST = 8
"""Least difference of the darkest ink from the paper, in levels of 255; less comes from rounding and JPEG."""

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]


def grey(picture: Bytes) -> Bytes:
    """The picture's brightness, uint8 (h, w), its longer side at most LARGEST; transparent parts show paper.

    `picture` is uint8 (h, w) grey, (h, w, 3) RGB or (h, w, 4) RGBA. Raises ValueError otherwise.
    """
    if picture.dtype != np.uint8 or not (picture.ndim == 2 or (picture.ndim == 3 and picture.shape[2] in (3, 4))):
        raise ValueError(f"a picture must be uint8 (h, w), (h, w, 3) or (h, w, 4), got {picture.dtype} {picture.shape}")
    if not picture.size:
        return np.zeros((0, 0), np.uint8)
    image = Image.fromarray(picture)
    if max(image.size) > LARGEST:
        image = image.resize(fitting(image.size, LARGEST), Image.Resampling.BOX, reducing_gap=2.0)
    if image.mode == "RGBA":
        return on_paper(image)
    return np.asarray(image.convert("L"))


def on_paper(image: Image.Image) -> Bytes:
    """An RGBA image's brightness on white paper, or on black paper if the ink is only visible there."""
    alpha = image.getchannel("A")
    bright = image.convert("RGB").convert("L")
    papers = (Image.composite(bright, Image.new("L", image.size, level), alpha) for level in (255, 0))
    white, black = (np.asarray(paper) for paper in papers)
    return white if 2 * int(np.ptp(white)) >= int(np.ptp(black)) else black


def fitting(size: tuple[int, int], longer: int) -> tuple[int, int]:
    """`size` scaled so that its longer side is `longer`; keeps the ratio, and at least one pixel per side."""
    width, height = size
    factor = longer / max(size)
    return max(1, round(width * factor)), max(1, round(height * factor))


def ink(brightness: Bytes) -> Bytes | None:
    """The amount of ink on each pixel of `brightness`, uint8 (h, w): 0 paper, 255 full ink; None without any ink.

    The border shows the paper. The paper may be lit unevenly: its brightness is a second-degree surface, fitted to all
    samples that look like paper. Ink differs from it by more than noise, either darker or lighter, whichever is more.
    """
    if not brightness.size:
        return None
    paper, noise = paper_under(brightness)
    if isinstance(paper, float):
        # On a canvas, for example: the paper is uniform, so only the box around the ink needs work.
        marked = brightness != paper
        if not marked.any():
            return None
        box = frame(marked)
        shades = shaded(brightness[box].astype(np.float32) - paper, noise)
        if shades is None:
            return None
        found = np.zeros_like(brightness)
        found[box] = shades
        return found
    return shaded(brightness - paper, noise)


def shaded(differs: Floats, noise: float, full_at: float = FULL_AT) -> Bytes | None:
    """The ink (h, w) where the brightness `differs` from the paper, in levels; None without any ink.

    Full ink is as dark as the `full_at` quantile of all that is inked.
    """
    if np.sum(differs * np.abs(differs)) < 0:
        differs = -differs
    floor = NOISE * noise
    inked = differs[differs > max(floor, 0.5)]
    if not inked.size:
        return None
    full = float(np.quantile(inked, full_at))
    if full < max(CONTRAST, 1.5 * floor):
        return None
    return np.clip((differs - floor) * (255 / (full - floor)), 0, 255).astype(np.uint8)


def paper_under(brightness: Bytes) -> tuple[float | Floats, float]:
    """The paper's brightness, one level or one per pixel (h, w), and the standard deviation of its noise in levels."""
    height, width = brightness.shape
    rows, columns = samples(height), samples(width)
    seen = brightness[np.ix_(rows, columns)].astype(np.float32)
    border = np.ones(seen.shape, bool)
    border[BORDER:-BORDER, BORDER:-BORDER] = False
    level = float(np.median(seen[border]))
    levels = seen.ravel()
    residual, like_paper = levels - level, border.ravel()
    like_paper &= near(residual, residual[like_paper])
    if not residual[(np.abs(residual) <= 1) | like_paper].any():
        return level, 0.0
    y, x = np.linspace(-1, 1, height, dtype=np.float32), np.linspace(-1, 1, width, dtype=np.float32)
    terms = surface_terms(y[rows], x[columns])
    for _ in range(ROUNDS):
        fit = np.linalg.lstsq(terms[like_paper], levels[like_paper], rcond=None)[0]
        residual = levels - terms @ fit
        before, like_paper = like_paper, near(residual, residual[like_paper])
        if np.array_equal(before, like_paper):
            break
    a, by, bx, cyy, cyx, cxx = fit
    surface = (a + by * y + cyy * y * y)[:, None] + (bx * x + cxx * x * x) + cyx * np.outer(y, x)
    return surface, deviation(residual[like_paper])


def samples(length: int) -> NDArray[np.intp]:
    """Up to SAMPLES evenly spaced places from 0 to `length` - 1."""
    return np.unique(np.linspace(0, length - 1, SAMPLES).astype(np.intp))


def surface_terms(y: Floats, x: Floats) -> Floats:
    """1, y, x, y², yx and x² at every pair of `y` (h,) and `x` (w,): (h * w, 6)."""
    down, across = (grid.ravel() for grid in np.meshgrid(y, x, indexing="ij"))
    return np.stack([np.ones_like(down), down, across, down**2, down * across, across**2], axis=1)


def near(residual: Floats, paper: Floats) -> Mask:
    """Which of `residual` (n,) may be paper, judged by the residuals of the samples taken for `paper` (m,)."""
    return np.abs(residual) <= 3 * deviation(paper) + 1


def deviation(residual: Floats) -> float:
    """The standard deviation, estimated from the median, so that a few strokes among the paper do not affect it."""
    return 1.4826 * float(np.median(np.abs(residual)))
