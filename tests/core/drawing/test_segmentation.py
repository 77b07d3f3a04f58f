"""Rows of digits: the right number in the right order; a single digit stays unchanged; never an error."""

import functools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lib.core.data.dataset import load_images
from lib.core.drawing.preprocess import prepare
from lib.core.drawing.render import render
from lib.core.drawing.segmentation import read_one, read_row, split
from lib.core.inference.litert import shipped
from tests.core.drawing.pen_strokes import DRAWN
from tests.core.drawing.written_rows import row


@pytest.fixture(scope="module")
def read():
    network, weights = shipped()
    return functools.partial(network.probabilities, weights)


@pytest.fixture(scope="module")
def mnist():
    return load_images("mnist")


def beside(digits):
    """Drawings side by side, each with its own canvas."""
    return np.concatenate([render(DRAWN[digit]) for digit in digits], axis=1)


def labels(found):
    return [int(digit.probabilities.argmax()) for digit in found]


@pytest.mark.parametrize("digits", [[7], [9, 4, 7], [5, 0, 5], [8, 6, 4, 2, 0]])
def test_digits_that_stand_apart_are_read_in_their_order(digits, read):
    assert len(split(beside(digits))) == len(digits)
    assert labels(read_row(beside(digits), read)) == digits


@pytest.mark.parametrize("digit", DRAWN)
def test_a_digit_alone_is_prepared_as_it_lies(digit, read):
    picture = render(DRAWN[digit])
    (alone,) = read_row(picture, read)
    (one,) = read_one(picture, read)
    assert np.array_equal(alone.prepared.image, prepare(picture).image)
    assert np.array_equal(alone.prepared.tiles[0].image, prepare(picture).tiles[0].image)
    assert np.array_equal(alone.probabilities, one.probabilities)


@pytest.mark.parametrize("digits", [[7], [3, 5, 8]])
def test_each_box_lies_around_its_own_ink(digits, read):
    inks = [np.argwhere(render(DRAWN[digit]) > 127) + np.array([0, 280 * k]) for k, digit in enumerate(digits)]
    for ink, found in zip(inks, read_row(beside(digits), read), strict=True):
        (top, left), (bottom, right) = ink.min(axis=0), ink.max(axis=0) + 1
        wanted = left / len(digits), top, right / len(digits), bottom
        assert np.array(found.box) * 280 == pytest.approx(wanted, abs=4), "in pixels"


def test_a_digit_of_a_row_looks_as_it_does_alone(read):
    for digit, found in zip((3, 5, 8), read_row(beside((3, 5, 8)), read), strict=True):
        difference = np.abs(found.prepared.image.astype(float) - prepare(render(DRAWN[digit])).image)
        assert difference.mean() < 6, "levels of 255; two digits differ by 20 and more"
        assert np.array_equal(prepare(found.picture).image, found.prepared.image)
        assert np.array_equal(read(found.prepared.image[None])[0].round(3), found.probabilities.round(3))


@pytest.mark.parametrize(("way", "least"), [("apart", 0.9), ("over", 0.85), ("touching", 0.3)])
def test_rows_are_read_as_well_as_measured(way, least, read, mnist):
    """`python -m tests.benchmarks.rows`, 150 rows each: 97, 95 and 40 %."""
    random = np.random.default_rng(3)
    rows = [row(mnist, random, way, int(random.integers(2, 5))) for _ in range(40)]
    assert np.mean([labels(read_row(picture, read)) == digits for picture, digits in rows]) >= least


def test_reading_finds_touching_digits_that_shapes_do_not(read, mnist):
    random = np.random.default_rng(4)
    rows = [row(mnist, random, "touching", 3) for _ in range(40)]
    shapes = sum(len(split(picture)) == 3 for picture, _ in rows)
    reading = sum(len(read_row(picture, read)) == 3 for picture, _ in rows)
    assert reading > shapes


def test_paper_has_no_digits(read):
    for paper in (np.zeros((0, 0), np.uint8), np.zeros((90, 300), np.uint8), np.full((9, 9, 3), 255, np.uint8)):
        assert split(paper) == []
        assert read_row(paper, read) == []
        assert read_one(paper, read) == []


PICTURES = arrays(
    np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 80)), elements=st.sampled_from([0, 1, 200, 255])
)


@settings(max_examples=20, deadline=None)
@given(picture=PICTURES)
def test_whatever_is_given_is_read_somehow(picture, read):
    for one in read_row(picture, read):
        assert one.prepared.image.shape == (28, 28)
        assert one.probabilities.sum() == pytest.approx(1, abs=1e-3)
