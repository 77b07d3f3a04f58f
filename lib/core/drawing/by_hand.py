"""Digits in boxes that a person drew around them: whatever ink is in a box is one digit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lib.core.data.dataset import Bytes
from lib.core.drawing.preprocess import Drawn, look, prepare, with_fringe
from lib.core.drawing.segmentation import Box, Digit, Read

SAME = 1e-3
"""Boxes whose edges differ by less, in shares of the picture, are the same."""


def read_boxes(picture: Bytes, boxes: Sequence[Box], found: Sequence[Digit], read: Read) -> list[Digit]:
    """The digits in `boxes`, from left to right, without those that hold no ink.

    A box of one of the digits that were `found` gives that digit, whose ink need not fill the box alone.
    """
    drawn = look(picture)
    digits = [digit for box in boxes if drawn and (digit := same(box, found) or in_box(drawn, box, read))]
    return sorted(digits, key=lambda digit: digit.box[0] + digit.box[2])


def same(box: Box, found: Sequence[Digit]) -> Digit | None:
    """The digit that was found in this box, if one was."""
    return next((digit for digit in found if np.abs(np.subtract(digit.box, box)).max() < SAME), None)


def in_box(drawn: Drawn, box: Box, read: Read) -> Digit | None:
    """The ink in a box as one digit; None without any."""
    height, width = drawn.kept.shape
    left, top, right, bottom = (round(share * size) for share, size in zip(box, 2 * (width, height), strict=True))
    kept = np.zeros_like(drawn.kept)
    kept[top:bottom, left:right] = drawn.kept[top:bottom, left:right]
    if not kept.any():
        return None
    ink = with_fringe(drawn.ink, kept)
    picture = np.pad(ink, max(ink.shape) // 8 + 3)
    if (prepared := prepare(picture)) is None:
        return None
    return Digit(picture=picture, box=box, prepared=prepared, probabilities=read(prepared.image[None])[0])
