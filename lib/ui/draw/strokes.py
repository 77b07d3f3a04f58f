"""The strokes on the canvas, turned, moved and made thicker: in Fabric's format, each as large as it was drawn.

A stroke's `left` and `top` are its centre (http://fabricjs.com), so turning it is rigid: its centre goes around the
middle of all, and its own `angle` grows as much. Nothing is scaled, and the way back gives the drawing back.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Stroke = dict[str, Any]
Strokes = list[Stroke]
Change = Callable[[Sequence[Stroke]], Strokes]
Size = tuple[float, float]
"""Width and height of the canvas in pixels."""

TURN = 15
"""Degrees of one press: six of them are a quarter turn."""
STEP = 14
"""Pixels of one press: a twentieth of the canvas' height."""
THICKER = 1.25
"""Factor of one press on the width of every stroke."""
FINEST, BOLDEST = 3.0, 80.0
"""Widths of a stroke in pixels that a press may lead to."""


def turned(strokes: Sequence[Stroke], degrees: float) -> Strokes:
    """The strokes turned clockwise around the middle of their centres."""
    if not strokes:
        return []
    x, y = (sum(number(one, side) for one in strokes) / len(strokes) for side in ("left", "top"))
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))

    def one(stroke: Stroke) -> Stroke:
        right, down = number(stroke, "left") - x, number(stroke, "top") - y
        return stroke | {
            "left": x + right * cos - down * sin,
            "top": y + right * sin + down * cos,
            "angle": (number(stroke, "angle") + degrees) % 360,
        }

    return [one(stroke) for stroke in strokes]


def moved(strokes: Sequence[Stroke], right: float, down: float) -> Strokes:
    """The strokes moved by so many pixels."""
    return [one | {"left": number(one, "left") + right, "top": number(one, "top") + down} for one in strokes]


def thickened(strokes: Sequence[Stroke], factor: float) -> Strokes:
    """The strokes with pens as many times as wide, FINEST to BOLDEST; their ways stay."""
    widths = [number(one, "strokeWidth", 1.0) * factor for one in strokes]
    return [one | {"strokeWidth": min(max(width, FINEST), BOLDEST)} for one, width in zip(strokes, widths, strict=True)]


def inside(strokes: Sequence[Stroke], size: Size) -> Strokes | None:
    """The strokes moved just as far as needed for the canvas of this `size` to hold them; None if it cannot."""
    if not strokes:
        return []
    boxes = [box(one) for one in strokes]
    left, top = (min(one[k] for one in boxes) for k in (0, 1))
    right, bottom = (max(one[k] for one in boxes) for k in (2, 3))
    wide, high = size
    if right - left > wide or bottom - top > high:
        return None
    return moved(strokes, max(0.0, -left) - max(0.0, right - wide), max(0.0, -top) - max(0.0, bottom - high))


def box(stroke: Stroke) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the turned frame around a stroke: its ink never reaches over it."""
    angle = math.radians(number(stroke, "angle"))
    pen = number(stroke, "strokeWidth", 1.0)
    wide = (number(stroke, "width") + pen) * number(stroke, "scaleX", 1.0) / 2
    high = (number(stroke, "height") + pen) * number(stroke, "scaleY", 1.0) / 2
    across = wide * abs(math.cos(angle)) + high * abs(math.sin(angle))
    down = wide * abs(math.sin(angle)) + high * abs(math.cos(angle))
    x, y = number(stroke, "left"), number(stroke, "top")
    return x - across, y - down, x + across, y + down


def number(stroke: Mapping[str, Any], name: str, otherwise: float = 0.0) -> float:
    """A number of a stroke, whose message is not trusted."""
    value = stroke.get(name)
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else otherwise
