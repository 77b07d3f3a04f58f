"""Synthetic digits as people might draw them on the canvas: ways of writing each digit, distorted and rendered.

MNIST has the handwriting of American clerks and pupils of 1990. Ones with a flag and a foot or crossed sevens, common
elsewhere, are rare in it, and nobody drew it with a mouse.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lib.core.data.dataset import Bytes
from lib.core.drawing.render import curve, render

CANVAS = 112
"""Side of the canvas for synthetic digits in pixels: the real one is larger, but the result in 28×28 is the same."""

Stroke = NDArray[np.float64]
Random = np.random.Generator

WAYS: tuple[tuple[str, ...], ...] = (
    ("60 30 04 27 49 79 96 83 60 40", "40 60 82 95 87 59 28 05 12 40", "50 20 05 29 59 79 95 70 50"),
    (
        "50 50 49 49",
        "60 60 39 39",
        "25 50 50 50 59 59",
        "25 50 50 50 59 59|29 89",
        "13 60 60 60 59 59|29 89",
        "06 60 60 60 49 49",
        "04 50 50 50 49 49",
        "05 30 50 51 49 49",
    ),
    (
        "13 20 50 82 64 28 09 09 09 59 99",
        "12 31 60 83 66 28 18 07 17 48 99",
        "12 30 60 82 75 36 09 09 09 49 98",
        "10 60 91 73 38 09 09 09 59 99",
    ),
    (
        "11 40 80 83 44 44 44 85 97 69 29 07",
        "00 90 90 90 43 43 43 75 97 69 29 07",
        "12 30 70 83 54 34 54 86 88 59 29 08",
        "10 60 92 64 34 34 75 97 69 19",
    ),
    (
        "10 05 05 05 95 95|70 70 79 79",
        "60 60 06 06 06 96 96|60 60 69 69",
        "69 69 60 60 60 06 06 06 96 96",
        "10 13 15 36 66 85|80 80 79 79",
        "20 06 06 06 96 96|63 63 69 69",
        "50 06 06 06 96 96|74 74 69 69",
        "40 15 05 05 85 85|72 72 59 59",
        "80 80 13 24 75 80 80 69 69",
        "50 16 06 06 87 87|75 75 69 69",
        "40 05 05 95 95|64 64 59 59",
    ),
    (
        "80 80 20 20 20 14 14 14 43 84 97 69 29 08",
        "20 20 14 14 14 43 84 97 69 29 08|20 20 80 80",
        "80 40 11 33 65 87 69 29 08",
        "90 90 30 30 24 24 63 95 88 59 19",
        "30 30 14 14 14 53 85 88 59 19|30 30 90 90",
    ),
    (
        "70 30 05 28 58 87 85 54 14 06",
        "60 25 07 39 79 86 64 34 07",
        "80 42 06 18 49 79 97 75 45 17",
        "50 22 06 29 69 97 75 35 08",
    ),
    (
        "00 00 90 90 90 39 39",
        "00 00 90 90 90 39 39|25 25 75 75",
        "01 00 50 90 82 46 29|04 04 84 84",
        "02 00 00 00 90 90 90 39 39",
        "00 50 90 62 45 39",
        "01 50 90 90 55 49 49|26 26 85 84",
        "10 10 91 91 91 55 29",
    ),
    (
        "81 50 21 23 44 75 97 79 39 17 35 54 73 81",
        "50 22 24 45 65 73 71 50|54 26 17 39 69 97 85 54",
        "60 20 13 34 66 98 79 29 08 26 64 82 60",
        "81 40 11 13 45 76 88 59 18 27 54 73 81",
        "80 40 11 33 65 87 59 18 26 53 80 80",
        "70 30 12 44 86 88 59 18 16 44 73 80 70",
    ),
    (
        "82 50 12 15 46 75 81 81 81 79 79",
        "82 50 12 15 46 75 82 86 69 39 18",
        "80 30 13 35 75 80 80 80 89 89",
        "71 40 12 24 55 73 81 75 39",
        "81 60 22 14 44 72 80 83 87 59 18",
        "82 70 31 22 43 72 82 86 68 29 07",
        "80 80 30 13 35 75 80 80 80 85 69 29",
    ),
)
"""Ways of writing each digit: strokes separated by |, with points xy from 00, top left, to 99.

A point given two or three times is a corner, where the pen turns sharply.
"""

SIGNS = (
    "09 50 50 99|25 75",  # A, C, E …; without letters that may be taken for a digit, such as O, S or Z
    "92 60 20 05 29 69 97",
    "90 90 00 00 09 09 99|05 75",
    "90 90 00 00 09 09|05 65",
    "00 09|90 99|05 95",
    "70 70 77 49 19 07",
    "00 09|90 05 05 99",
    "00 00 09 09 99",
    "09 00 00 45 45 90 90 99",
    "09 00 00 99 99 90",
    "09 09 00 00 60 93 65 05",
    "09 09 00 00 60 92 65 05 05 99",
    "00 90|40 49",
    "00 06 49 96 90 90",
    "00 49 49 90",
    "00 29 29 43 43 69 69 90",
    "00 99|90 09",
    "93 52 15 29 67 93 93 88 99",  # a, d, e …
    "93 60 25 07 29 59 86 93 93 99",
    "95 54 16 39 87 90 90 99",
    "90 90 99 99|95 64 24 06 28 59 87 95",
    "05 85 73 42 15 29 69 88",
    "91 60 33 39 39|14 74",
    "00 09 09 06 35 66 79 79",
    "74 06 06 89|00 09",
    "04 09 09 06 24 45 49 49 46 64 85 99",
    "03 09 09 06 34 65 79 79",
    "00 09 09 04 20 60 84 89 89",
    "00 09 09 05 43 74 85 89 89",
    "53 53 59 59|50 50",
    "63 63 68 59 38|60 60",
    "03 09 09 05 43 75 66 07",
    "03 09 09 06 34 64",
    "40 47 69 88|13 83",
    "03 07 39 77 73 73 79",
    "50 59|05 95",  # plus, question mark, tick, triangle, heart, arrow, percent, equals, hash, star
    "12 30 60 82 45 46 46|49 49",
    "05 39 39 90",
    "50 50 09 09 99 99 50",
    "53 20 02 26 59 87 92 80 53",
    "05 95|72 95 95 78",
    "90 09|10 30 32 12 10|67 87 89 69 67",
    "03 93|06 96",
    "30 29|70 69|03 93|06 96",
    "50 29 29 93 93 03 03 79 79 50",
)
"""Letters and signs that are no digits, written like WAYS."""


def drawn_digit(label: int, random: Random) -> Bytes:
    """The digit in one of its ways, on a canvas: uint8 (CANVAS, CANVAS), white on black."""
    way = WAYS[label][random.integers(len(WAYS[label]))]
    strokes = [points(piece) for piece in way.split("|")]
    narrow = random.uniform(0.1, 1) if label == 1 else random.uniform(0.45, 1.3)
    return on_canvas(hasty([stroke * (narrow, 1) for stroke in shaken(strokes, random)], random), random)


def drawn_sign(random: Random) -> Bytes:
    """A letter or a sign, on a canvas like a digit."""
    strokes = [points(piece) for piece in SIGNS[random.integers(len(SIGNS))].split("|")]
    narrow = random.uniform(0.5, 1.2)
    return on_canvas([curve(stroke * (narrow, 1)) for stroke in shaken(strokes, random)], random)


def scribble(random: Random) -> Bytes:
    """Something that is no digit, on a canvas like one: lines, arcs, corners, loops and zigzags at random places.

    There are at least two: a single line would be a 1, a single loop a 0.
    """
    strokes = [part(random, int(random.integers(5))) for _ in range(random.integers(2, 6))]
    return on_canvas(shaken(strokes, random, 0.02), random)


def points(way: str) -> Stroke:
    """The points of one stroke in WAYS, from 0 to 1: (n, 2)."""
    return np.array([[int(point[0]), int(point[1])] for point in way.split()]) / 9


def shaken(strokes: Sequence[Stroke], random: Random, by: float = 0.04) -> list[Stroke]:
    """The strokes with every point moved a little and all bent together, smoothly; equal points stay equal."""
    frequency, phase = random.uniform(1.5, 5, (2, 2)), random.uniform(0, 2 * math.pi, 2)
    strength = random.normal(0, 0.05, 2)
    moved = []
    for stroke in strokes:
        places, same = np.unique(stroke, axis=0, return_inverse=True)
        noisy = (places + random.normal(0, by, places.shape))[same.ravel()]
        moved.append(noisy + strength * np.sin(noisy @ frequency.T + phase))
    return moved


def hasty(strokes: list[Stroke], random: Random) -> list[Stroke]:
    """The pen's paths. Sometimes the pen stays down between strokes, or its path has only a few points."""
    if random.random() < 0.3:
        strokes = [np.concatenate(strokes)]
    ways = [curve(stroke) for stroke in strokes]
    if random.random() < 0.35:
        count = max(3, round(random.integers(8, 14) / len(ways)))
        ways = [evenly(way, count) for way in ways]
        if random.random() < 0.5:  # straight from point to point; otherwise the canvas makes curves of them
            ways = [straight(way) for way in ways]
    return ways


def evenly(way: Stroke, count: int) -> Stroke:
    """`count` points along the path at equal distances."""
    steps = np.hypot(*np.diff(way, axis=0).T)
    along = np.concatenate([[0], np.cumsum(steps)])
    return np.stack([np.interp(np.linspace(0, along[-1], count), along, axis) for axis in way.T], axis=1)


def straight(way: Stroke) -> Stroke:
    """The path with so many points added that curves through them are straight lines between the old ones."""
    at = np.linspace(0, len(way) - 1, 8 * (len(way) - 1) + 1)
    return np.stack([np.interp(at, np.arange(len(way)), axis) for axis in way.T], axis=1)


def on_canvas(strokes: Sequence[Stroke], random: Random) -> Bytes:
    """The strokes slanted and rotated, at a random place on the canvas, with a random pen width."""
    angle, lean = random.normal(0, 0.12), random.normal(0, 0.22)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    matrix = turn @ np.array([[1, -lean], [0, 1]])
    turned = [stroke @ matrix.T for stroke in strokes]
    everything = np.concatenate(turned)
    low, size = everything.min(axis=0), np.ptp(everything, axis=0).max() + 1e-9
    width = random.uniform(3, 13)
    largest = random.uniform(max(40, 4 * width), CANVAS - width - 2)
    start = width / 2 + 1 + random.random(2) * (CANVAS - largest - width - 2)
    wobble = random.exponential(0.4)
    return render(
        [(s - low) / size * largest + start + random.normal(0, wobble, s.shape) for s in turned], CANVAS, width
    )


def part(random: Random, kind: int) -> Stroke:
    """A piece of a scribble, about within 0 to 1, of a kind from 0 to 4: (n, 2)."""
    begin = random.random(2)
    if kind == 0:  # a line
        return np.stack([begin, random.random(2)])
    if kind == 1:  # an arc, a loop or a spiral
        angle = np.linspace(0, random.uniform(1, 9), 14)[:, None] + random.uniform(0, 2 * math.pi)
        reach = random.uniform(0.1, 0.5, 2) * np.linspace(1, random.uniform(0.5, 1.2), 14)[:, None]
        return begin + reach * np.concatenate([np.cos(angle), np.sin(angle)], axis=1)
    if kind == 2:  # a corner
        return np.repeat(random.random((3, 2)), 2, axis=0)
    if kind == 3:  # a zigzag or waves
        count = random.integers(4, 9)
        across = np.linspace(-0.5, 0.5, count)[:, None] * random.normal(0, 0.6, 2)
        aside = np.tile([-1, 1], count)[:count, None] * random.normal(0, 0.2, 2)
        return np.repeat(begin + across + aside, random.integers(1, 3), axis=0)
    return begin + np.cumsum(random.normal(0, 0.2, (random.integers(4, 10), 2)), axis=0)  # a random walk
