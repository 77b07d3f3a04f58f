"""From a drawing to the 28×28 that a network of MNIST expects, by the steps that MNIST's own digits went through."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from lib.core.digits import Bytes
from lib.core.words import mark

STEPS: Mapping[str, str] = {
    "invert": mark("Invert"),
    "crop": mark("Crop"),
    "scale": mark("Scale"),
    "stroke": mark("Stroke width"),
    "centre": mark("Centre"),
}
"""What is done to a drawing, in this order; each can be left out."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tile:
    """What the picture was after one step: `image` uint8 (h, w), white on black."""

    step: str
    image: Bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """A drawing as the network is given it: `image` uint8 (28, 28), white on black, and a tile for each step done."""

    image: Bytes = field(repr=False)
    tiles: tuple[Tile, ...] = field(repr=False)


def prepare(picture: Bytes, steps: Collection[str] = frozenset(STEPS)) -> Prepared | None:
    """The drawing in `picture`, uint8 (h, w) grey, (h, w, 3) RGB or (h, w, 4) RGBA; None where nothing is drawn."""
    raise NotImplementedError
