"""Labelled digits as one picture, for the screen or for printing."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw, ImageFont

from lib.core.data.dataset import CLASSES, SIDE, Bytes
from lib.core.mydigits.digit_sets import Digits

COLUMNS, ENLARGED, GAP, MARGIN, LABEL = 20, 2, 4, 16, 40
"""Digits per row, enlargement of each, and in pixels: gap around each, margin of the page, width of the labels."""


def sheet(digits: Digits) -> bytes:
    """All digits as one PNG, dark on white: ordered by label, COLUMNS per row, each label beside its first row."""
    cell = ENLARGED * SIDE + GAP
    rows = [(label, row) for label in range(CLASSES) for row in _rows(digits, label)]
    page = Image.new("L", (2 * MARGIN + LABEL + COLUMNS * cell, 2 * MARGIN + len(rows) * cell), 255)
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(size=ENLARGED * SIDE // 2)
    before = None
    for number, (label, row) in enumerate(rows):
        top = MARGIN + number * cell
        if label != before:
            pen.text((MARGIN, top + cell / 2), str(label), fill=0, font=font, anchor="lm")
        before = label
        for column, image in enumerate(row):
            page.paste(_enlarged(image), (MARGIN + LABEL + column * cell, top))
    file = io.BytesIO()
    page.save(file, "PNG")
    return file.getvalue()


def _rows(digits: Digits, label: int) -> list[Bytes]:
    """The images with this label, at most COLUMNS per row."""
    images = digits.images[digits.labels == label]
    return [images[start : start + COLUMNS] for start in range(0, len(images), COLUMNS)]


def _enlarged(image: Bytes) -> Image.Image:
    """Dark on white, every pixel as a square."""
    return Image.fromarray(255 - image).resize((ENLARGED * SIDE, ENLARGED * SIDE), Image.Resampling.NEAREST)
