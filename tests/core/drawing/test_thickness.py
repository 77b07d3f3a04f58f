"""Widths, outlines and distances, checked by geometry and by counting."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from lib.core.data.dataset import load_images
from lib.core.drawing.preprocess import FINE, PEN, resized
from lib.core.drawing.render import render
from lib.core.drawing.thickness import distance, grown, perimeter, stroke_width
from tests.core.drawing.pen_strokes import DRAWN, bow

masks = arrays(bool, array_shapes(min_dims=2, max_dims=2, max_side=12))


def disc(radius, side=120):
    away = np.hypot(*np.mgrid[:side, :side] - (side - 1) / 2)
    return away <= radius


@given(st.floats(10, 50))
def test_the_outline_of_a_disc(radius):
    assert perimeter(disc(radius)) == pytest.approx(2 * np.pi * radius, rel=0.06)


@given(width=st.floats(5, 30), across=st.floats(60, 110), down=st.floats(60, 110))
def test_the_width_of_a_ring_is_that_of_the_pen(width, across, down):
    ring = render([bow(140, 140, across, down, 0, 360, 80)], width=width)
    assert stroke_width(ring >= 128) == pytest.approx(width, rel=0.07)


@pytest.mark.parametrize("digit", DRAWN)
@pytest.mark.parametrize("width", [8, 18, 26])
def test_the_width_of_a_digit_is_nearly_that_of_the_pen(digit, width):
    assert stroke_width(render(DRAWN[digit], width=width) >= 128) == pytest.approx(width, rel=0.12)


def test_nothing_has_no_width():
    assert stroke_width(np.zeros((9, 9), bool)) == 0


@given(masks, st.integers(1, 6))
def test_distances_are_those_to_the_nearest_pixel(mask, reach):
    there = np.argwhere(mask)
    found = distance(mask, reach)
    for pixel in np.ndindex(mask.shape):
        nearest = np.hypot(*(there - pixel).T).min() if len(there) else np.inf
        if nearest <= reach:
            assert found[pixel] == pytest.approx(nearest, abs=1e-5)
        else:
            assert found[pixel] > reach


@given(st.floats(-12, 12))
def test_a_disc_grows_and_shrinks_to_a_disc(by):
    area = grown(disc(30), by).sum() / 255
    assert area == pytest.approx(np.pi * (30 + by) ** 2, rel=0.06)


@given(masks)
def test_growing_keeps_all_ink_and_shrinking_adds_none(mask):
    assert (grown(mask, 1.5)[mask] == 255).all()
    assert (grown(mask, -1.5)[~mask] == 0).all()


def test_the_width_of_mnist_is_as_stated():
    images = load_images("mnist").x_train[:3000]
    widths = [stroke_width(resized(image, 28 * FINE) >= 128) / FINE for image in images]
    assert np.mean(widths) == pytest.approx(2.54, abs=0.04)
    assert np.median(widths) == pytest.approx(2.41, abs=0.04)
    assert np.quantile(widths, 0.4) < PEN < np.quantile(widths, 0.7)
