"""The boxes that a person draws decide what is a digit; a digit that was found stays as it was found."""

import numpy as np

from lib.core.drawing.by_hand import read_boxes
from lib.core.drawing.preprocess import prepare
from lib.core.drawing.render import render
from lib.core.drawing.segmentation import read_row
from tests.pages.draw.drawing import FOUR, ONE, SEVEN, beside

ROW = 255 - render([np.array(stroke, float) for stroke in beside(ONE, FOUR, SEVEN)], width=12)
EVEN = np.full((100, 10), 0.1, np.float32)


def read(images: np.ndarray) -> np.ndarray:
    """A network that is as sure of everything: the shapes alone decide."""
    return EVEN[: len(images)]


FOUND = read_row(ROW, read)
ONES, FOURS, SEVENS = (digit.box for digit in FOUND)


def test_boxes_as_they_were_found_give_the_digits_that_were_found() -> None:
    digits = read_boxes(ROW, [SEVENS, ONES, FOURS], FOUND, read)
    assert all(digit is found for digit, found in zip(digits, FOUND, strict=True)), "from left to right again"
    assert read_boxes(ROW, [FOURS], FOUND, read) == [FOUND[1]], "what is left out is not read"
    assert read_boxes(ROW, [], FOUND, read) == []


def test_a_box_takes_the_ink_inside_and_nothing_else() -> None:
    left, top, right, bottom = FOURS
    wider = (left - 0.01, top - 0.02, right + 0.01, bottom + 0.02)
    (digit,) = read_boxes(ROW, [wider], FOUND, read)
    alone = np.full_like(ROW, 255)
    columns = slice(round(wider[0] * ROW.shape[1]), round(wider[2] * ROW.shape[1]))
    alone[:, columns] = ROW[:, columns]
    assert np.abs(digit.prepared.image.astype(int) - prepare(alone).image).max() <= 1
    assert digit.box == wider
    both = (ONES[0], 0.0, FOURS[2], 1.0)
    (fused,) = read_boxes(ROW, [both], FOUND, read)
    assert np.abs(fused.prepared.image.astype(int) - digit.prepared.image).max() > 100


def test_a_box_without_ink_and_a_picture_without_any_give_nothing() -> None:
    assert read_boxes(ROW, [(0.0, 0.0, 1.0, 0.01), FOURS], FOUND, read) == [FOUND[1]]
    assert read_boxes(ROW, [(0.5, 0.5, 0.5001, 0.5001)], FOUND, read) == []
    assert read_boxes(np.full_like(ROW, 255), [FOURS], [], read) == []
