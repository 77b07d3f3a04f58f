"""Paper that is lit unevenly: the hard edge of a shadow, the glare of a lamp, a sheet on a dark table.

A greyscale closing with a square wider than any stroke removes the ink and keeps every larger shape, edges included; so
it shows the paper as it is lit at each place. What is missing from it is ink (the bottom-hat transform; P. Soille,
"Morphological Image Analysis", Springer 2003, section 4.2).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from lib.core.data.dataset import Bytes
from lib.core.drawing.components import pieces
from lib.core.drawing.thickness import Mask

WIDEST_STROKE = 0.15
"""Side of the closing's square, in shorter sides of the picture: a digit as high as the picture has thinner strokes."""
DARKEST = 40
"""Paper counts as at least this bright, in levels: on a black table a little noise is no ink."""
LONG = 0.08
"""Shortest contact with the picture's border of what is no ink, in sides."""
BRIGHT = 100
"""Level from which on paper is bright, so that a lighter blob is glare."""
STRIPE = 0.6
"""Share of a side along which a stripe of a table or of a scanner's lid reaches."""
DARK_STRIPE = 0.3
"""How much darker than the paper a stripe is, as a share; a line of ruled paper is too thin for that."""
UNEVEN = 0.01
"""Share of the picture that may be lit in another way."""
CLEAR = 0.3
"""Least area of a piece that stands clear of the border, relative to the largest: then it is the ink."""
LEAST_NOISE = 1.0
"""Deviation in levels that rounding and JPEG leave on any paper."""
LEAST_INK = 20
"""Ink differs by more than this many levels from the paper."""
INKED = 0.01
"""A share of the pixels that ink covers at least, to see how dark it is."""
SMALL = 160
"""Longer side of the picture in which a sheet is looked for."""
SHEET_FROM = 0.05
"""Smallest share of the picture that a sheet covers."""
TABLE_FROM = 0.05
"""Smallest share of the picture that is not the sheet, or there is no table."""
TABLE_UPTO = 0.5
"""Brightness of a table, relative to the sheet; a shadow on paper is lighter than that."""
WRITTEN = 0.002, 0.35
"""Share of a sheet that ink may cover: a light 0 on a dark board has a larger hole."""
SOLID = 0.87
"""Least share of the smallest rectangle around it that a sheet covers; a light 0 on a dark board covers 0.79."""


def differences(brightness: Bytes) -> NDArray[np.float32]:
    """How much darker than the paper around it each pixel of `brightness` (h, w) is: 0 to -255, relative to the paper.

    Under a shadow ink and paper are darker by the same factor, so only their ratio tells the ink.
    """
    smooth = np.asarray(Image.fromarray(brightness).filter(ImageFilter.BoxBlur(1)))
    paper = closed(smooth, round(WIDEST_STROKE * min(brightness.shape))).astype(np.float32)
    darker = (smooth.astype(np.float32) - paper).astype(np.float32)
    return darker * (255 / np.maximum(paper, DARKEST)).astype(np.float32)


def is_even(brightness: Bytes, surface: NDArray[np.float32], most: float) -> bool:
    """Whether the fitted `surface` is the light on the whole picture `brightness`, both (h, w), but for `most` levels.

    What is larger than strokes and darker or lighter than that is a shadow, a table or a lamp. Strokes, on paper or
    on a blackboard, and the lines of ruled paper are gone after a closing and an opening.
    """
    factor = max(1, max(brightness.shape) // SMALL)
    small, fitted = (np.asarray(Image.fromarray(one).reduce(factor)) for one in (brightness, surface))
    side = round(WIDEST_STROKE * min(small.shape))
    dark = fitted - small > np.maximum(most, DARK_STRIPE * fitted)
    if max(edge.mean() for edge in (dark[0], dark[-1], dark[:, 0], dark[:, -1])) > STRIPE:
        return False
    paper = closed(small, side)
    darker = paper < fitted - most
    lighter = 255 - closed(255 - paper, side // 3) > fitted + most
    # On a dark board light blobs are thick strokes.
    glare = lighter.mean() if np.median(fitted) >= BRIGHT else 0.0
    return max(float(darker.mean()), float(glare)) <= UNEVEN


def written(brightness: Bytes, where: Mask | None) -> tuple[NDArray[np.float32], float]:
    """The `differences` (h, w) of ink on paper in any light, and the standard deviation of the noise in levels.

    On a sheet nothing beside it counts, `where` (h, w) says. In a whole picture nothing along its border does: that is
    a stripe of a table or of a scanner's lid, or the corner of a shadow.
    """
    differs = differences(brightness)
    seen = differs if where is None else differs[where]
    usual = np.float32(np.median(seen))
    noise = max(LEAST_NOISE, 1.4826 * float(np.median(np.abs(seen - usual))))
    differs = np.minimum(differs - usual, 0)
    if where is None:
        where = ~at_border(differs < min(np.quantile(differs, INKED) / 2, -LEAST_INK))
    return np.where(where, differs, 0), noise


def at_border(dark: Mask) -> Mask:
    """The pieces of `dark` (h, w) that lie LONG along the picture's border; or all at it, if the ink stands clear."""
    number = pieces(dark)
    areas = np.bincount(number.ravel())
    areas[0] = 0
    sides = number[0], number[-1], number[:, 0], number[:, -1]
    touch = np.array([np.bincount(side, minlength=len(areas)) / len(side) for side in sides]).max(axis=0)
    beside = touch >= LONG
    if areas[touch == 0].max(initial=0) >= CLEAR * areas[~beside].max(initial=0):
        beside = touch > 0
    beside[0] = False
    return beside[number]


def closed(values: Bytes, side: int) -> Bytes:
    """The closing of `values` (h, w) with a square: dark shapes that hold no such square get the light around them.

    Beyond the border the picture goes on as it ends, or a gradient of the light would end as a dark rim.
    """
    reach = max(1, side // 2)
    beyond = np.pad(values, reach, mode="edge")
    return (255 - highest(255 - highest(beyond, reach), reach))[reach:-reach, reach:-reach]


def highest(values: Bytes, reach: int) -> Bytes:
    """At each place of `values` (h, w) the highest value up to `reach` pixels away, along both axes."""
    for _axis in range(2):
        values = highest_along(values, reach).T
    return values


def highest_along(values: Bytes, reach: int) -> Bytes:
    """At each place the highest value in the same column up to `reach` rows away, in steps that double."""
    height = len(values)
    padded = np.pad(values, ((reach, reach), (0, 0)))
    span, window = 1, 2 * reach + 1
    while span < window:
        step = min(span, window - span)
        padded = np.maximum(padded[: len(padded) - step], padded[step:])
        span += step
    return padded[:height]


def sheet(brightness: Bytes) -> Mask | None:
    """Where the written sheet lies on a darker table, bool (h, w), without its rim; None if there is no such sheet.

    The sheet is the largest part that is lighter than Otsu's threshold, or than a second one for the light pixels, with
    its dark holes, which are the ink.
    """
    height, width = brightness.shape
    factor = min(1.0, SMALL / max(height, width))
    size = max(1, round(width * factor)), max(1, round(height * factor))
    small = np.asarray(Image.fromarray(brightness).resize(size, Image.Resampling.BOX))
    threshold = otsu(small)
    for least in (threshold, otsu(small[small > threshold])):  # what is beside it may be light too, a face for example
        light = small > least
        if not light.any():
            return None
        number = pieces(light)
        largest = number == 1 + int(np.argmax(np.bincount(number.ravel())[1:]))
        whole = filled(largest)
        if is_sheet(small, largest, whole):
            inner = lowest(whole, 2)
            return np.asarray(Image.fromarray(inner).resize((width, height), Image.Resampling.NEAREST))
    return None


def is_sheet(small: Bytes, light: Mask, whole: Mask) -> bool:
    """Whether the `light` part of `small`, all (h, w), `whole` with its holes filled, is a written sheet on a table."""
    covered, rest = int(whole.sum()), int((~whole).sum())
    if covered < SHEET_FROM * small.size or rest < TABLE_FROM * small.size:
        return False
    written = 1 - int(light.sum()) / covered
    table = float(np.median(small[~whole])) / float(np.median(small[light]))
    return WRITTEN[0] <= written <= WRITTEN[1] and table < TABLE_UPTO and covered >= SOLID * rectangle(whole)


def otsu(values: Bytes) -> int:
    """The threshold that separates dark from light `values` best (N. Otsu, 1979): light is above it."""
    counts = np.bincount(values.ravel(), minlength=256).astype(np.float64)
    below, above = np.cumsum(counts), counts.sum() - np.cumsum(counts)
    total = np.cumsum(counts * np.arange(256))
    gap = total / np.maximum(below, 1) - (total[-1] - total) / np.maximum(above, 1)
    return int(np.argmax(below * above * gap**2))


def filled(mask: Mask) -> Mask:
    """`mask` (h, w) with its holes filled: all that is not joined to the border outside it."""
    number = pieces(np.pad(~mask, 1, constant_values=True))
    return (number != number[0, 0])[1:-1, 1:-1]


def lowest(mask: Mask, reach: int) -> Mask:
    """`mask` (h, w) without what lies up to `reach` pixels from its outline, or from the picture's border."""
    return highest((~mask).astype(np.uint8), reach) == 0


def rectangle(mask: Mask) -> float:
    """The area of the smallest rectangle around `mask` (h, w), turned by any 3 degrees, within the picture."""
    y, x = np.nonzero(mask)
    down, across = np.ogrid[: mask.shape[0], : mask.shape[1]]
    smallest = float(mask.size)
    for angle in np.radians(np.arange(0, 90, 3)).astype(np.float32):
        inside = np.ones_like(mask)
        for turned in (angle, angle + np.float32(np.pi / 2)):
            along = y * np.sin(turned) + x * np.cos(turned)
            place = down * np.sin(turned) + across * np.cos(turned)
            inside &= (place >= along.min()) & (place <= along.max())
        smallest = min(smallest, float(inside.sum()))
    return smallest
