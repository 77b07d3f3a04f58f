"""The strokes of the pen tell touching digits apart, and only if it is they that are drawn."""

import functools

import numpy as np
import pytest

from lib.core.drawing.pen import PenStroke, covers, rendered, with_finer_pen
from lib.core.drawing.segmentation import read_row
from lib.core.inference.litert import shipped
from tests.core.drawing.pen_strokes import DRAWN, line, moved

CANVAS = (280, 640)


@pytest.fixture(scope="module")
def read():
    network, weights = shipped()
    return functools.partial(network.probabilities, weights)


def strokes(*digits, apart, factor=0.6, width=14.0):
    """The digits side by side, their middles `apart` pixels from each other."""
    ways = [way for k, digit in enumerate(digits) for way in moved(DRAWN[digit], factor, (apart * k, 0))]
    return [PenStroke(way=way.astype(float), width=width) for way in ways]


def labels(found):
    return [int(digit.probabilities.argmax()) for digit in found]


@pytest.mark.parametrize(("digits", "apart"), [((4, 5), 66), ((3, 3), 55), ((6, 1, 8), 48), ((4, 4), 60)])
def test_digits_that_touch_are_cut_by_the_strokes(digits, apart, read):
    drawn = strokes(*digits, apart=apart)
    assert labels(read_row(rendered(drawn, CANVAS), read, drawn)) == list(digits)


@pytest.mark.parametrize("digit", DRAWN)
def test_all_strokes_of_one_digit_stay_together(digit, read):
    drawn = strokes(digit, apart=0, factor=1)
    (alone,) = read_row(rendered(drawn, CANVAS), read)
    (known,) = read_row(rendered(drawn, CANVAS), read, drawn)
    assert np.array_equal(alone.prepared.image, known.prepared.image)


def test_a_zero_with_a_stroke_through_it_is_one_digit(read):
    slashed = [*strokes(0, apart=0), PenStroke(way=line((115, 185), (165, 95)), width=14)]
    assert labels(read_row(rendered(slashed, CANVAS), read, slashed)) == [0]


def test_strokes_of_another_drawing_are_left_out(read):
    drawn, other = strokes(3, 8, apart=90), strokes(5, apart=200)
    picture = rendered(drawn, CANVAS)
    assert covers(other, CANVAS, picture < 128) == []
    assert labels(read_row(picture, read, other)) == [3, 8]


def test_only_a_pen_too_wide_for_the_drawing_is_replaced():
    small, large = strokes(8, apart=0, factor=0.25, width=18.0), strokes(8, apart=0, width=18.0)
    dot = [PenStroke(way=line((140, 140), (140, 143)), width=18.0)]
    assert with_finer_pen(small)[0].width == pytest.approx(0.1 * np.ptp(small[0].way[:, 1]))
    assert [with_finer_pen(drawn)[0] is drawn[0] for drawn in (large, dot)] == [True, True]
