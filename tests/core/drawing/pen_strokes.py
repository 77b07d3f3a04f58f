"""Digits as drawn by hand on the canvas: the path of the pen, in pixels of the 280×280."""

import numpy as np


def bow(x, y, across, down, start, end, samples=24):
    """An arc of an ellipse around (x, y), from the angle `start` to `end` in degrees: 0 is right, then downwards."""
    angle = np.radians(np.linspace(start, end, samples))
    return np.stack([x + across * np.cos(angle), y + down * np.sin(angle)], axis=1)


def line(*points):
    return np.array(points, float)


DRAWN = {
    0: [bow(140, 140, 55, 80, -90, 270)],
    1: [line((110, 95), (145, 60), (145, 220))],
    2: [np.concatenate([bow(140, 105, 50, 45, -170, 40), line((90, 215), (195, 215))])],
    3: [np.concatenate([bow(135, 100, 45, 40, -150, 90), bow(135, 180, 55, 40, -90, 150)])],
    4: [line((150, 60), (85, 160), (195, 160)), line((160, 105), (155, 225))],
    5: [np.concatenate([line((105, 65), (100, 130)), bow(135, 170, 50, 48, -130, 140)]), line((105, 65), (185, 62))],
    6: [np.concatenate([line((170, 60), (110, 130)), bow(140, 175, 45, 45, 180, 540)])],
    7: [line((85, 70), (190, 70), (125, 225))],
    8: [np.concatenate([bow(140, 100, 38, 38, 90, -270), bow(140, 182, 46, 44, -90, 270)])],
    9: [np.concatenate([bow(140, 105, 42, 42, 0, -360), line((180, 120), (160, 225))])],
}
"""The strokes of each digit."""


def moved(strokes, factor=1.0, by=(0.0, 0.0)):
    """The strokes scaled by `factor` about the canvas' centre, then moved by (x, y) pixels."""
    return [(stroke - 140) * factor + 140 + np.array(by) for stroke in strokes]
