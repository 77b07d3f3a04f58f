"""From a drawing to 28×28 pixels for a network trained on MNIST, with the same steps that made MNIST.

MNIST's digits were scaled to 20 pixels with their ratio kept, anti-aliased, and placed with their centre of mass in the
middle of 28×28 (http://yann.lecun.com/exdb/mnist/). They came already cut out of forms that were filled in with similar
pens. So this module also separates ink from paper, crops, and evens out the pen's width.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lib.core.data.dataset import SIDE, Bytes
from lib.core.drawing.binarize import fitting, grey, ink
from lib.core.drawing.components import frame, without_specks
from lib.core.drawing.ruling import without_ruling
from lib.core.drawing.thickness import Mask, grown, stroke_width
from lib.core.i18n import mark

STEPS: Mapping[str, str] = {
    "invert": mark("White on black"),
    "crop": mark("Crop to the ink"),
    "stroke": mark("Even stroke width"),
    "scale": mark("Scale to 20 pixels"),
    "centre": mark("Centre of mass to the middle"),
}
"""The steps, in their order; each can be left out."""

LONGER = 20
"""The longer side of a digit in MNIST, in pixels: almost all of its 60,000 digits have it."""
MIDDLE = 14.5
"""MNIST's centre of mass, in pixels from the left and upper edge: the mean of all digits, each ± 0.5."""
PEN = 2.6
"""The stroke width of the result, in pixels of the 28.

MNIST's own width, by `thickness.stroke_width` on digits enlarged six times, has mean 2.54 and median 2.41; nine tenths
lie between 1.6 and 4.0. Networks trained on MNIST read evened-out digits best at 2.6 (2.0 to 3.2), and as well as
MNIST's own.
"""
FINE = 6
"""Strokes are measured and evened out at this many pixels per pixel of the result."""
THINNER = 0.4
"""Most of a stroke's width that may be thinned away from each side, so that a filled shape survives."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tile:
    """The picture after one step: `image` uint8 (h, w), white on black."""

    step: str
    image: Bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """A drawing as the network's input: `image` uint8 (28, 28), white on black, and a tile for each step done."""

    image: Bytes = field(repr=False)
    tiles: tuple[Tile, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drawn:
    """A picture with a drawing in it, after detection.

    `brightness` (as it came) and `ink` (white on black) are uint8 (h, w); `kept` bool (h, w) is the ink without specks.
    `pieces` is the number of connected components of the ink, specks included.
    """

    brightness: Bytes = field(repr=False)
    ink: Bytes = field(repr=False)
    kept: Mask = field(repr=False)
    pieces: int


def look(picture: Bytes) -> Drawn | None:
    """Detects the drawing in `picture`, uint8 (h, w) grey, (h, w, 3) RGB or (h, w, 4) RGBA; None if there is none.

    Raises ValueError for another type or shape.
    """
    brightness = grey(picture)
    found = ink(brightness)
    if found is None:
        return None
    found = without_ruling(found)
    if not found.any():
        return None
    kept, pieces = without_specks(inked(found))
    return Drawn(brightness=brightness, ink=found, kept=kept, pieces=pieces)


def prepare(picture: Bytes, steps: Collection[str] = frozenset(STEPS)) -> Prepared | None:
    """The drawing in `picture` (as for `look`) after `steps`; None if nothing is drawn."""
    drawn = look(picture)
    return None if drawn is None else prepared(drawn, steps)


def prepared(drawn: Drawn, steps: Collection[str] = frozenset(STEPS)) -> Prepared:
    """The drawing as a network's input.

    A step that is not in `steps` leaves the picture as it was: without invert dark ink stays dark, without crop the
    whole canvas counts, without stroke the pen stays as thick, without scale the picture is squeezed into 28×28,
    without centre its frame goes to the middle, not its ink. Without any step the result is a plain resize. Raises
    ValueError for an unknown step.
    """
    if unknown := set(steps) - set(STEPS):
        raise ValueError(f"steps must be among {', '.join(STEPS)}, got {', '.join(sorted(unknown))}")
    image = drawn.ink if "invert" in steps else drawn.brightness
    shown = {"invert": image}
    if "crop" in steps:
        image = shown["crop"] = with_fringe(image, drawn.kept if "invert" in steps else without_specks(inked(image))[0])
    image = enlarged(image)
    if "crop" in steps:
        image = cut(image, inked(image))
    if "stroke" in steps:
        image = shown["stroke"] = evened(image, cropped="crop" in steps, scaled="scale" in steps)
    if "scale" in steps:
        shown["scale"] = resized(image, LONGER, Image.Resampling.BOX)
    image = shown["centre"] = placed(image, scaled="scale" in steps, centred="centre" in steps)
    return Prepared(image=image, tiles=tuple(Tile(step=step, image=shown[step]) for step in STEPS if step in steps))


def inked(image: Bytes) -> Mask:
    """Where `image` (h, w) has at least half of its highest brightness."""
    return image >= max(1, (int(image.max()) + 1) // 2)


def cut(image: Bytes, mask: Mask) -> Bytes:
    """The box of `image` around `mask`; both (h, w), at least one pixel in the mask."""
    return image[frame(mask)]


def with_fringe(image: Bytes, kept: Mask) -> Bytes:
    """The `kept` part of `image`, both (h, w), plus one pixel around it for the anti-aliased edge."""
    box = frame(kept)
    high, wide = (slice(side.start, side.stop + 2) for side in box)  # one pixel more on each side, once padded
    ink = np.pad(kept[box], 2)
    rows = ink[:-2] | ink[1:-1] | ink[2:]
    around = rows[:, :-2] | rows[:, 1:-1] | rows[:, 2:]
    return np.where(around, np.pad(image, 1)[high, wide], 0)


def resized(image: Bytes, longer: int, way: Image.Resampling = Image.Resampling.BICUBIC) -> Bytes:
    """`image` (h, w) scaled so that its longer side has `longer` pixels, with its ratio kept."""
    height, width = image.shape
    return np.asarray(Image.fromarray(image).resize(fitting((width, height), longer), way))


def enlarged(image: Bytes) -> Bytes:
    """`image` (h, w) at the resolution for measuring strokes."""
    return resized(image, LONGER * FINE)


def evened(image: Bytes, cropped: bool, scaled: bool) -> Bytes:
    """`image` (h, w) with strokes that will be PEN wide in the result; a cropped picture's frame follows its outlines.

    Outlines moved by d make strokes 2 d wider, and the frame too: (width + 2 d) / (longer + 2 d) = PEN / LONGER.
    """
    mask = inked(image)
    longer, width = max(image.shape), stroke_width(mask)
    if cropped and scaled:
        by = (PEN * longer - LONGER * width) / (2 * (LONGER - PEN))
    else:
        by = (PEN * longer / (LONGER if scaled else SIDE) - width) / 2
    by = max(by, -THINNER * width)
    if not cropped:
        return grown(mask, by)
    even = grown(np.pad(mask, max(0, int(np.ceil(by)))), by)
    return cut(even, inked(even))


def placed(image: Bytes, scaled: bool, centred: bool) -> Bytes:
    """`image` (h, w) in 28×28: longer side 20 pixels or squeezed; its centre of mass or its frame in the middle."""
    size = np.array(image.shape)
    pixel = np.full(2, size.max() / LONGER) if scaled else size / SIDE  # of the result, in pixels of `image`
    start = centre_of_mass(image) - MIDDLE * pixel if centred else (size - SIDE * pixel) / 2
    down, across = (shares(*axis) for axis in zip(size, start, pixel, strict=True))
    return (down @ image @ across.T).round().astype(np.uint8)


def shares(size: int, start: float, pixel: float) -> NDArray[np.float64]:
    """The weight of each of `size` pixels in each of SIDE larger ones, `pixel` wide, from `start` on: (SIDE, size).

    A pixel that lies in two larger ones counts in both. Pillow's box filter would count it in one only, which moves
    pictures by fractions of a pixel.
    """
    edges, own = start + pixel * np.arange(SIDE + 1)[:, None], np.arange(size)
    return np.clip(np.minimum(edges[1:], own + 1) - np.maximum(edges[:-1], own), 0, None) / pixel


def centre_of_mass(image: Bytes) -> NDArray[np.float64]:
    """Row and column of the centre of mass of `image` (h, w), from the upper left corner; it must not be all black."""
    down, across = image.sum(axis=1, dtype=np.float64), image.sum(axis=0, dtype=np.float64)
    return np.array([np.arange(len(line)) @ line / line.sum() + 0.5 for line in (down, across)])
