"""Drawings that are not digits: how many of them are taken for one?

No model was trained on these. The shipped model only knows the letters of `lib.ml.shipped.synthetic_strokes`, which are
other drawings, and no Japanese.

Letters are drawn stroke by stroke after A. V. Hershey's pen fonts (1967, free to use; the package Hershey-Fonts, MIT),
or filled in after the hand-drawn fonts Amatic SC and Intuitive (SIL Open Font License 1.1). Each is jittered, rotated
and slanted, with a random pen width. Scribbles combine curves, polygons and waves.
"""

from __future__ import annotations

import importlib.resources
import math
import string
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from lib.core.data.dataset import Bytes
from lib.core.drawing.render import SIDE, render

LOOK_ALIKES = frozenset("DOQoIlSsZzBbGgqYy")
"""Letters that some people write like a digit, or the reverse: alone, they cannot be told apart."""
LETTERS = tuple(letter for letter in string.ascii_letters if letter not in LOOK_ALIKES)
ALIKE = tuple(sorted(LOOK_ALIKES))
PRINTED, WRITTEN = ("futural", "rowmans"), ("scripts", "timesi")
HIRAGANA = tuple("abcdfghlnoqrsxyADEFGIKMNPUVWXZ")
"""Positions in the Hershey font "japanese" of characters that look like no digit: not ろ, る, う, て, ち, …"""
FONTS = {"font_amatic_sc": "AmaticSC-Regular.ttf", "font_intuitive": "Intuitive.ttf"}

Random = np.random.Generator


def pen_letters(
    fonts: tuple[str, ...], seed: int, letters: tuple[str, ...] = LETTERS, each: int = 12
) -> Iterator[Bytes]:
    """Each letter of each Hershey font, `each` times."""
    from HersheyFonts import HersheyFonts

    random = np.random.default_rng(seed)
    for font in fonts:
        hershey = HersheyFonts()
        hershey.load_default_font(font)
        for letter in letters:
            strokes = [np.array(list(stroke), float) for stroke in hershey.strokes_for_text(letter)]
            for _ in range(each):
                yield drawn(strokes, random)


def font_letters(seed: int, each: int = 24) -> Iterator[Bytes]:
    """Each capital letter of the hand-drawn fonts, `each` times; they hardly have small letters."""
    random = np.random.default_rng(seed)
    for package, file in FONTS.items():
        font = ImageFont.truetype(str(importlib.resources.files(package) / "files" / file), 150)
        for letter in filter(str.isupper, LETTERS):
            for _ in range(each):
                picture = Image.new("L", (SIDE, SIDE))
                ImageDraw.Draw(picture).text(
                    (SIDE / 2, SIDE / 2), letter, 255, font, "mm", stroke_width=int(random.integers(3))
                )
                turn, size = random.normal(0, 6), round(SIDE * random.uniform(0.5, 1))
                small = np.asarray(picture.rotate(turn, Image.Resampling.BICUBIC).resize((size, size)))
                canvas = np.zeros((SIDE, SIDE), np.uint8)
                top, left = random.integers(0, SIDE - size + 1, 2)
                canvas[top : top + size, left : left + size] = small
                yield canvas


def scribbles(seed: int, count: int = 600) -> Iterator[Bytes]:
    """Curves, polygons and waves, one to three together."""
    random = np.random.default_rng(seed)
    for _ in range(count):
        yield drawn([scribble(random) for _ in range(random.integers(1, 4))], random)


def scribble(random: Random) -> np.ndarray:
    """One stroke of a scribble: (n, 2)."""
    begin, kind = random.random(2) * 0.7, random.integers(3)
    if kind == 0:  # the sum of swings of several speeds, as a hand that moves without aim
        t = np.linspace(0, 2 * math.pi * random.uniform(0.6, 2), 60)[:, None]
        speeds, phases = np.arange(1, 5), random.uniform(0, 2 * math.pi, (2, 4))
        sizes = random.normal(0, 0.3, (2, 4)) / np.sqrt(speeds)
        return begin + np.stack([(sizes[k] * np.sin(t * speeds + phases[k])).sum(axis=1) for k in range(2)], axis=1)
    if kind == 1:  # a polygon of many corners
        corners = random.random((random.integers(4, 9), 2))
        return np.repeat(corners, 2, axis=0)
    t = np.linspace(0, 1, 60)  # waves, with a height that changes
    height = random.uniform(0.05, 0.25) * (1 + random.normal(0, 0.4) * t)
    return begin + np.stack([t, height * np.sin(2 * math.pi * random.uniform(2, 6) * t)], axis=1)


def drawn(strokes: list[np.ndarray], random: Random) -> Bytes:
    """The strokes jittered, rotated and slanted, anywhere on the canvas: uint8 (SIDE, SIDE), white on black."""
    turn, lean = random.normal(0, 0.1), random.normal(0, 0.15)
    matrix = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]]) @ [[1, -lean], [0, 1]]
    turned = [stroke @ matrix.T for stroke in strokes]
    everything = np.concatenate(turned)
    low, reach = everything.min(axis=0), np.ptp(everything, axis=0).max()
    side, width = random.uniform(0.35, 0.8) * SIDE, random.uniform(10, 24)
    corner = width + random.random(2) * (SIDE - 2 * width - side)
    shaking = random.exponential(0.01) * side
    return render([(s - low) / reach * side + corner + random.normal(0, shaking, s.shape) for s in turned], width=width)
