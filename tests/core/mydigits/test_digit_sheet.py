"""The sheet of labelled digits shows each digit once, beside its label."""

import io

import numpy as np
from hypothesis import given
from PIL import Image

from lib.core.mydigits.digit_sets import Digits
from lib.core.mydigits.digit_sheet import COLUMNS, ENLARGED, GAP, LABEL, MARGIN, sheet
from tests.core.drawing.labelled import digits


def cells(page: np.ndarray) -> list[np.ndarray]:
    """Every digit's cell on the sheet, row by row, converted back to a network's input."""
    side, step = ENLARGED * 28, ENLARGED * 28 + GAP
    tops = range(MARGIN, len(page) - MARGIN, step)
    lefts = [MARGIN + LABEL + column * step for column in range(COLUMNS)]
    return [255 - page[top : top + side : ENLARGED, left : left + side : ENLARGED] for top in tops for left in lefts]


@given(digits())
def test_a_sheet_has_every_digit_once_in_the_order_of_its_label(kept: Digits) -> None:
    page = np.asarray(Image.open(io.BytesIO(sheet(kept))))
    found = [cell.tobytes() for cell in cells(page) if cell.any()]
    order = np.argsort(kept.labels, kind="stable")
    assert found == [image.tobytes() for image in kept.images[order] if image.any()]


def test_many_of_a_label_go_on_in_the_next_row_and_each_label_is_said_once() -> None:
    labels = np.repeat([2, 7], [COLUMNS + 1, 3]).astype(np.uint8)
    kept = Digits(images=np.full((len(labels), 28, 28), 9, np.uint8), labels=labels)
    page = np.asarray(Image.open(io.BytesIO(sheet(kept))))
    drawn = np.array([cell.any() for cell in cells(page)]).reshape(3, COLUMNS)
    assert drawn.sum(axis=1).tolist() == [COLUMNS, 1, 3]
    step = ENLARGED * 28 + GAP
    said = [page[MARGIN + row * step : MARGIN + (row + 1) * step, : MARGIN + LABEL].min() < 128 for row in range(3)]
    assert said == [True, False, True]


def test_a_sheet_without_digits_is_a_picture_too() -> None:
    empty = Digits(images=np.zeros((0, 28, 28), np.uint8), labels=np.zeros(0, np.uint8))
    assert np.asarray(Image.open(io.BytesIO(sheet(empty)))).min() == 255
