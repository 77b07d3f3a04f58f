"""Signs, blots and lines of a page, told by size and place."""

import numpy as np
import pytest

from lib.core.drawing.render import render
from lib.core.drawing.segments import Part, part
from lib.core.drawing.signs import is_blot, is_line_below, is_sign, lines_of
from tests.core.drawing.pen_strokes import DRAWN, bow, line, moved

TALL = 120


def box(left: int, top: int, right: int, bottom: int) -> Part:
    mask = np.zeros((200, 400), bool)
    mask[top:bottom, left:right] = True
    return part(mask)


DIGITS = [box(100, 10, 170, 130), box(200, 12, 270, 130)]


def test_a_minus_and_a_point_beside_the_digits_are_signs_and_the_bar_of_a_5_is_none() -> None:
    minus, point, bar, accent = (
        box(20, 60, 80, 75),
        box(180, 115, 192, 130),
        box(110, 5, 165, 20),
        box(180, 10, 190, 20),
    )
    assert [is_sign(one, [one, *DIGITS], TALL) for one in (minus, point, bar, accent)] == [True, True, False, False]
    assert not any(is_sign(one, DIGITS, TALL) for one in DIGITS)


def test_a_line_is_below_only_if_it_is_below_all_that_it_passes() -> None:
    below, through, foot = box(90, 140, 280, 150), box(90, 65, 280, 75), box(105, 128, 165, 138)
    assert [is_line_below(one, [one, *DIGITS], TALL) for one in (below, through, foot)] == [True, False, False]


@pytest.mark.parametrize("strokes", [[line((140, 140))], [bow(140, 140, 5, 5, 0, 360)], [line((60, 140), (220, 145))]])
def test_a_click_a_dot_and_a_bar_are_blots(strokes: list[np.ndarray]) -> None:
    assert is_blot(render(strokes) >= 128)


@pytest.mark.parametrize("digit", DRAWN)
def test_the_smallest_digit_of_a_wide_pen_is_no_blot(digit: int) -> None:
    assert not is_blot(render(moved(DRAWN[digit], 0.25)) >= 128)


def test_bands_of_ink_are_lines_unless_one_is_too_low_or_too_near() -> None:
    page = np.zeros((400, 100), bool)
    page[10:110], page[150:250], page[290:390] = True, True, True
    assert lines_of(page) == [slice(10, 110), slice(150, 250), slice(290, 390)]
    page[114:150] = True
    assert lines_of(page) == [slice(10, 250), slice(290, 390)]
    low = np.zeros((400, 100), bool)
    low[10:30], low[60:200] = True, True
    assert lines_of(low) == [slice(10, 200)]
