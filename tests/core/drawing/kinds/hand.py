"""A synthetic hand: digits as strokes that vary as handwriting does, and a pen that draws them on any picture."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from lib.core.drawing.render import curve
from tests.core.drawing.pen_strokes import DRAWN

Stroke = NDArray[np.float64]
Strokes = list[Stroke]
Cover = NDArray[np.floating]
"""How much of each pixel ink covers, from 0 to 1: (h, w)."""
Random = np.random.Generator

FINER = 2
"""Strokes are drawn this many times as large and averaged."""


def fitted(strokes: Sequence[Stroke], height: float = 1.0) -> Strokes:
    """The strokes with their box's upper left corner at (0, 0), `height` high; flat ones as wide as that."""
    everything = np.concatenate(strokes)
    low, size = everything.min(axis=0), np.ptp(everything, axis=0)
    factor = height / (size[1] if size[1] > 0.2 * size[0] else size[0])
    return [(stroke - low) * factor for stroke in strokes]


def varied(strokes: Sequence[Stroke], random: Random) -> Strokes:
    """The strokes turned, slanted, narrowed and bent a little, all together: one unit high."""
    turn, lean, narrow = random.normal(0, 0.05), random.normal(0, 0.1), random.uniform(0.8, 1.15)
    matrix = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]]) @ [[narrow, -lean], [0, 1]]
    wave, phase, strength = random.uniform(2, 5, (2, 2)), random.uniform(0, 6.3, 2), random.normal(0, 0.015, 2)
    turned = [curve(stroke) @ matrix.T for stroke in fitted(strokes)]
    return fitted([stroke + strength * np.sin(stroke @ wave.T + phase) for stroke in turned])


def digit(label: int, random: Random, height: float = 1.0) -> Strokes:
    """The digit, its box's upper left corner at (0, 0)."""
    return [stroke * height for stroke in varied(DRAWN[label], random)]


def moved(strokes: Sequence[Stroke], by: Sequence[float]) -> Strokes:
    """The strokes moved by (x, y)."""
    return [stroke + np.asarray(by, float) for stroke in strokes]


def width(strokes: Sequence[Stroke]) -> float:
    """The width of the strokes' box."""
    return float(np.ptp(np.concatenate(strokes)[:, 0]))


def row(labels: Sequence[int], random: Random, height: float, gap: tuple[float, float] = (0.25, 0.4)) -> Strokes:
    """Digits beside each other, the gaps between their boxes within `gap` heights."""
    strokes, right = Strokes(), 0.0
    for label in labels:
        one = digit(label, random, height)
        strokes += moved(one, (right, random.normal(0, 0.02) * height))
        right += width(one) + random.uniform(*gap) * height
    return strokes


def cover(
    size: tuple[int, int], strokes: Sequence[Stroke], pen: float, at: Sequence[float] | NDArray[np.floating] = (0, 0)
) -> Cover:
    """The strokes, moved by `at`, on a picture of (width, height) `size` with a round pen, anti-aliased."""
    image = Image.new("L", (size[0] * FINER, size[1] * FINER))
    draw, reach = ImageDraw.Draw(image), pen * FINER / 2
    for stroke in strokes:
        way = [(float(x), float(y)) for x, y in (stroke + np.asarray(at, float)) * FINER]
        draw.line(way, fill=255, width=max(1, round(pen * FINER)), joint="curve")
        for x, y in (way[0], way[-1]):
            draw.ellipse((x - reach, y - reach, x + reach, y + reach), fill=255)
    return np.asarray(image.reduce(FINER), np.float32) / 255


def centred(
    size: tuple[int, int], strokes: Sequence[Stroke], pen: float, aside: Sequence[float] | NDArray[np.floating] = (0, 0)
) -> Cover:
    """The strokes in the middle of a picture, or `aside` of it by (x, y) pixels."""
    box = np.ptp(np.concatenate(strokes), axis=0)
    return cover(size, strokes, pen, (np.array(size) - box) / 2 + np.asarray(aside))
