"""The pen's strokes in the messages of the canvas, whose library Fabric writes them as paths. They are not trusted."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from lib.core.drawing.pen import PenStroke

BENDS = np.arange(1, 5)[:, None] / 4
"""Where a curve is sampled: it is a few pixels long."""
POINTS = 5_000
"""Most commands of one path: ten minutes of drawing without lifting the pen."""
MISFITS = (IndexError, KeyError, OverflowError, TypeError, ValueError)
"""Errors of a path that no canvas wrote."""


def pen_strokes(objects: Sequence[Mapping[str, Any]]) -> list[PenStroke]:
    """The strokes in pixels of the canvas; none if any of the `objects` is no stroke of the pen."""
    try:
        return [stroke_of(one) for one in objects]
    except MISFITS:
        return []


def stroke_of(drawn: Mapping[str, Any]) -> PenStroke:
    """One stroke. It was drawn where its path says, and may have been scaled, turned and moved since.

    `left` and `top` are where the middle of the path's box is now (http://fabricjs.com).
    """
    commands, factor = drawn["path"], float(drawn.get("scaleX", 1))
    width = float(drawn["strokeWidth"]) * factor
    if not 0 < len(commands) <= POINTS or not 0 < width < math.inf:
        raise ValueError("a stroke has a path and a width")
    way = [numbers_of(commands[0])[-1:]]
    for before, command in pairwise(commands):
        start, (*control, end) = numbers_of(before)[-1], numbers_of(command)
        bend = control[0] if control else (start + end) / 2
        way.append((1 - BENDS) ** 2 * start + 2 * BENDS * (1 - BENDS) * bend + BENDS**2 * end)
    local = np.concatenate(way)
    middle = (local.min(axis=0) + local.max(axis=0)) / 2
    centre = np.array([float(drawn.get(side, factor * at)) for side, at in zip(("left", "top"), middle, strict=True)])
    turn = math.radians(float(drawn.get("angle", 0)))
    turned = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    now = (local - middle) * factor @ turned + centre
    if not np.isfinite(now).all():
        raise ValueError("a stroke is somewhere")
    return PenStroke(way=now, width=width)


def numbers_of(command: Sequence[Any]) -> np.ndarray:
    """The points of one command of a path, such as ["Q", x, y, x, y]: (n, 2)."""
    points = np.array(command[1:], np.float64).reshape(-1, 2)
    if not len(points) or not np.isfinite(points).all() or np.abs(points).max() > 1e5:
        raise ValueError("a path has finite points")
    return points
