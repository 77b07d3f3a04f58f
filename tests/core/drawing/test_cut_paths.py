"""The path that crosses the least ink, checked by trying every path."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lib.core.drawing.cut_paths import APART, BEND, least, seams

small = st.tuples(st.integers(1, 5), st.integers(3, 6)).flatmap(lambda shape: arrays(bool, shape))


def cost(mask, columns):
    """The crossed ink and the cost of the bends."""
    ink = sum(bool(mask[row, column]) for row, column in enumerate(columns))
    return ink + BEND * np.abs(np.diff(columns)).sum()


@settings(max_examples=100)
@given(small)
def test_no_path_within_the_band_costs_less(mask):
    height, width = mask.shape
    band = np.arange(width)
    (columns,), (crossed,) = least(mask, band[None])
    paths = (path for path in product(band, repeat=height) if all(np.abs(np.diff(path)) <= 1))
    cheapest = min(cost(mask, path) for path in paths)
    assert np.all(np.abs(np.diff(columns)) <= 1), "it never leaps"
    assert crossed == pytest.approx(cheapest, abs=1e-4)
    assert cost(mask, columns) == pytest.approx(cheapest, abs=1e-4)


@given(st.integers(20, 60), st.integers(20, 120), st.integers(0, 2**32 - 1))
def test_cuts_lie_apart_and_in_order(height, width, seed):
    mask = np.random.default_rng(seed).random((height, width)) < 0.3
    found = seams(mask)
    means = [seam.columns.mean() for seam in found]
    assert means == sorted(means)
    for k, seam in enumerate(found):
        assert seam.columns.shape == (height,)
        assert all(np.abs(seam.columns - other.columns).mean() >= APART * height for other in found[:k])


def test_two_bars_that_touch_are_cut_between_them():
    mask = np.zeros((40, 60), bool)
    mask[:, 10:16] = mask[:, 40:46] = True
    mask[20, 16:40] = True  # a thin bridge
    between = [seam for seam in seams(mask) if np.all((seam.columns >= 16) & (seam.columns <= 40))]
    assert between
    assert min(seam.ink for seam in between) == pytest.approx(1, abs=BEND), "one pixel of the bridge"
