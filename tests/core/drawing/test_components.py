"""Connected components of ink, checked against a flood fill."""

import numpy as np
from hypothesis import given
from hypothesis.extra.numpy import array_shapes, arrays

from lib.core.drawing.components import pieces, without_specks
from lib.core.drawing.render import render
from tests.core.drawing.pen_strokes import DRAWN


def filled(mask):
    """Each pixel's component by flood fill: 0 for paper, else from 1 in reading order."""
    number = np.zeros(mask.shape, int)
    for start in map(tuple, np.argwhere(mask)):
        if number[start]:
            continue
        new, wet = number.max() + 1, [start]
        while wet:
            row, column = wet.pop()
            if (
                0 <= row < mask.shape[0]
                and 0 <= column < mask.shape[1]
                and mask[row, column]
                and not number[row, column]
            ):
                number[row, column] = new
                wet += [(row + down, column + right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    return number


@given(arrays(bool, array_shapes(min_dims=2, max_dims=2, max_side=14)))
def test_pieces_are_what_flooding_finds(mask):
    assert np.array_equal(pieces(mask), filled(mask))


def test_a_spiral_is_one_piece():
    turn = np.linspace(0, 12 * np.pi, 400)
    spiral = np.stack([140 + 3 * turn * np.cos(turn), 140 + 3 * turn * np.sin(turn)], axis=1)
    assert pieces(render([spiral], width=6) >= 128).max() == 1


def test_specks_go_and_a_dot_of_the_pen_stays():
    dot = [*DRAWN[1], np.array([[220.0, 215.0]])]
    clean = render(dot) >= 128
    dirty = clean.copy()
    dirty[[10, 11, 200], [20, 20, 40]] = True
    assert pieces(dirty).max() == 4
    assert np.array_equal(without_specks(dirty)[0], clean)


def test_the_only_ink_is_no_speck():
    mask = np.zeros((20, 20), bool)
    mask[5, 5] = True
    assert np.array_equal(without_specks(mask)[0], mask)


@given(arrays(bool, array_shapes(min_dims=2, max_dims=2, max_side=14)))
def test_something_always_stays(mask):
    kept, _ = without_specks(mask)
    assert kept.any() == mask.any()
    assert not (kept & ~mask).any()
