"""Drawings on the canvas: rows whose digits touch or overlap, tiny ones, and what is no digit."""

from __future__ import annotations

import numpy as np

from lib.core.data.dataset import CLASSES
from lib.core.drawing.render import SIDE
from tests.core.drawing.kinds.case import Case
from tests.core.drawing.kinds.hand import Random, Stroke, Strokes, centred, cover, digit, moved, varied, width
from tests.core.drawing.pen_strokes import bow, line

WIDE = 640
"""Width of the canvas for a row of digits."""


def drawn(strokes: Strokes, right: str, pen: float, wide: int = SIDE, or_refused: bool = False) -> Case:
    """The strokes on the canvas, which shows dark ink on white."""
    picture = np.round(255 * (1 - cover((wide, SIDE), strokes, pen))).astype(np.uint8)
    return Case(picture=picture, right=right, strokes=strokes, pen=pen, or_refused=or_refused)


def anywhere(strokes: Strokes, random: Random, pen: float, wide: int = SIDE) -> Strokes:
    """The strokes, whose box begins at (0, 0), somewhere on the canvas."""
    free = np.array([wide, SIDE]) - np.ptp(np.concatenate(strokes), axis=0) - 2 * pen
    return moved(strokes, pen + random.random(2) * np.maximum(free, 0))


def single(random: Random) -> Case:
    """One digit of any size with any pen."""
    label, pen = int(random.integers(CLASSES)), random.uniform(8, 26)
    high = random.uniform(max(70, 4 * pen), 210)
    return drawn(anywhere(digit(label, random, high), random, pen), str(label), pen)


def tiny(random: Random) -> Case:
    """A digit of about 22 × 40 pixels with a pen of 18."""
    label, pen = int(random.integers(CLASSES)), 18
    return drawn(anywhere(digit(label, random, random.uniform(36, 46)), random, pen), str(label), pen)


def row(random: Random, nearer: tuple[float, float]) -> Case:
    """Two to four digits, each moved to the left until it meets the one before, and then `nearer` by so many pens."""
    labels, pen, high = (
        random.integers(0, CLASSES, random.integers(2, 5)),
        random.uniform(10, 16),
        random.uniform(120, 170),
    )
    strokes = Strokes()
    for label in labels:
        one = digit(int(label), random, high)
        if strokes:
            one = moved(one, (meeting(strokes, one, pen) - pen * random.uniform(*nearer), 0))
        strokes += one
    strokes = moved(strokes, -np.concatenate(strokes).min(axis=0))
    factor = min(1.0, (WIDE - 3 * pen) / width(strokes))
    return drawn(
        anywhere([stroke * factor for stroke in strokes], random, pen, WIDE), "".join(map(str, labels)), pen, WIDE
    )


def meeting(strokes: Strokes, one: Strokes, pen: float) -> float:
    """How far right `one` may stand to just touch the `strokes` with this pen."""
    before, after = np.concatenate(strokes), np.concatenate(one)
    start = before[:, 0].max() + pen
    for left in np.arange(start, start - 400, -2):
        apart = np.hypot(*(before[:, None] - (after + np.array([left, 0]))[None]).transpose(2, 0, 1)).min()
        if apart <= pen:
            return float(left)
    return float(start)


def touching(random: Random) -> Case:
    """A row whose digits touch."""
    return row(random, (0.1, 0.8))


def overlapping(random: Random) -> Case:
    """A row whose digits overlap."""
    return row(random, (1.2, 3.0))


def polygon(*corners: tuple[float, float]) -> Stroke:
    """Straight lines with sharp corners: the pen rests at each of them."""
    return np.repeat(line(*corners), 2, axis=0)


ROUND_W = np.concatenate([bow(40, 0, 40, 100, 180, 0)[:, :], bow(120, 0, 40, 100, 180, 0)])
NO_DIGITS: dict[str, list[Strokes]] = {
    "minus": [[line((0, 0), (100, 0))], [line((0, 5), (60, 0))]],
    "wavy line": [
        [np.stack([np.linspace(0, 200, 40), k * np.sin(np.linspace(0, 3 * np.pi, 40))], 1)] for k in (12, 25)
    ],
    "square": [
        [polygon((0, 0), (100, 0), (100, 100), (0, 100), (0, 0))],
        [polygon((0, 0), (115, 0), (115, 90), (0, 90), (0, 0))],
    ],
    "smiley": [
        [
            bow(0, 0, 100, 100, -90, 270),
            bow(-35, -30, 6, 6, 0, 360),
            bow(35, -30, 6, 6, 0, 360),
            bow(0, 15, 50, 40, 10, 170),
        ],
        [
            bow(0, 0, 90, 100, -90, 270),
            line((-30, -40), (-30, -15)),
            line((30, -40), (30, -15)),
            bow(0, 10, 45, 45, 20, 160),
        ],
    ],
    "round W": [[ROUND_W]],
    "letter": [
        [line((0, 100), (50, 0), (100, 100)), line((20, 65), (80, 65))],
        [line((90, 0), (0, 0), (0, 100), (90, 100)), line((0, 50), (70, 50))],
        [line((0, 0), (0, 100)), line((80, 0), (80, 100)), line((0, 50), (80, 50))],
        [line((0, 0), (0, 100)), line((80, 0), (0, 55), (80, 100))],
        [line((0, 100), (0, 0), (50, 60), (100, 0), (100, 100))],
        [line((0, 100), (0, 0), (80, 100), (80, 0))],
        [line((0, 0), (90, 0)), line((45, 0), (45, 100))],
        [bow(50, 20, 40, 80, 180, 0)[:, :] * (1, 1)],
        [line((0, 0), (50, 100), (100, 0))],
        [line((0, 0), (100, 100)), line((100, 0), (0, 100))],
        [line((0, 0), (45, 50), (90, 0)), line((45, 50), (45, 100))],
        [np.concatenate([line((0, 100), (0, 0)), bow(0, 25, 70, 25, -90, 90)]), line((30, 50), (80, 100))],
        [bow(50, 50, 45, 50, -45, -315)],
        [
            line((0, 0), (0, 100)),
            np.concatenate(
                [
                    line(
                        (0, 60),
                    ),
                    bow(35, 60, 35, 30, 180, 360),
                    line(
                        (70, 100),
                    ),
                ]
            ),
        ],
        [
            line((0, 30), (0, 100)),
            bow(30, 60, 30, 30, 180, 360),
            bow(90, 60, 30, 30, 180, 360),
            line((60, 60), (60, 100)),
            line((120, 60), (120, 100)),
        ],
    ],
}


def no_digit(random: Random) -> Case:
    """A sign, one of those above, a dot or a single click."""
    name = str(random.choice([*NO_DIGITS, "dot", "click"]))
    pen = random.uniform(8, 24)
    if name in ("dot", "click"):
        reach = 0.0 if name == "click" else random.uniform(0.1, 0.5) * pen
        return drawn(anywhere([dot(reach)], random, pen), "?", pen)
    shapes = NO_DIGITS[name]
    strokes = varied(shapes[int(random.integers(len(shapes)))], random)
    size = random.uniform(max(80, 5 * pen), 200)
    largest = np.ptp(np.concatenate(strokes), axis=0).max()
    return drawn(anywhere([stroke * size / largest for stroke in strokes], random, pen), "?", pen)


def dot(reach: float) -> Stroke:
    """A small circle of the pen, or one point."""
    return bow(reach, reach, reach, reach, 0, 360) if reach else line((0, 0), (0.1, 0.1))


def minus_before(random: Random) -> Case:
    """A digit with a minus before it."""
    label, pen, high = int(random.integers(CLASSES)), random.uniform(12, 18), random.uniform(120, 180)
    bar = [line((0, high / 2), (high * random.uniform(0.35, 0.5), high / 2 + random.uniform(-5, 5)))]
    strokes = bar + moved(digit(label, random, high), (width(bar) + high * random.uniform(0.3, 0.45), 0))
    return drawn(anywhere(strokes, random, pen, WIDE), f"?{label}", pen, WIDE, or_refused=True)


def decimal_point(random: Random) -> Case:
    """Two digits with a point between them."""
    one, other = (int(label) for label in random.integers(0, CLASSES, 2))
    pen, high = random.uniform(12, 18), random.uniform(120, 180)
    strokes = digit(one, random, high)
    at = width(strokes) + high * random.uniform(0.15, 0.25)
    strokes = strokes + moved([dot(3.0)], (at, high - 3))
    strokes += moved(digit(other, random, high), (at + high * random.uniform(0.15, 0.25), 0))
    return drawn(anywhere(strokes, random, pen, WIDE), f"{one}?{other}", pen, WIDE, or_refused=True)


def underlined(random: Random) -> Case:
    """Two digits with a line below them."""
    labels, pen, high = random.integers(0, CLASSES, 2), random.uniform(10, 15), random.uniform(110, 150)
    one = digit(int(labels[0]), random, high)
    strokes = one + moved(digit(int(labels[1]), random, high), (width(one) + high * random.uniform(0.3, 0.5), 0))
    below = high + pen * random.uniform(1.5, 4)
    strokes.append(line((-10, below), (width(strokes) + 10, below + random.uniform(-4, 4))))
    strokes = moved(strokes, -np.concatenate(strokes).min(axis=0))
    return drawn(anywhere(strokes, random, pen, WIDE), "".join(map(str, labels)), pen, WIDE, or_refused=True)


def several_rows(random: Random) -> Case:
    """Two or three rows of two or three digits on a sheet."""
    from tests.core.drawing.kinds import hand

    size, pen, high = (1200, 1000), random.uniform(12, 18), random.uniform(150, 210)
    strokes, said, top = Strokes(), [], 0.0
    for _ in range(random.integers(2, 4)):
        labels = [int(label) for label in random.integers(0, CLASSES, random.integers(2, 4))]
        strokes += moved(hand.row(labels, random, high), (random.uniform(0, 80), top))
        said.append("".join(map(str, labels)))
        top += high * random.uniform(1.35, 1.8)
    levels = 250 - 215 * centred(size, moved(strokes, -np.concatenate(strokes).min(axis=0)), pen)
    noisy = levels + random.normal(0, 1.5, levels.shape)
    return Case(picture=np.clip(noisy, 0, 255).astype(np.uint8), right=" ".join(said))
