"""Strokes on the canvas: the amount of ink follows from geometry; ends are round; curves are those of Fabric."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.drawing.render import curve, render
from tests.core.drawing.pen_strokes import DRAWN


def ink(strokes, **kwargs):
    """The number of fully inked pixels."""
    return render(strokes, **kwargs).sum() / 255


@given(x=st.floats(80, 220), y=st.floats(80, 220), angle=st.floats(0, 7), width=st.floats(6, 40))
def test_a_straight_stroke_has_the_area_of_a_band_with_round_ends(x, y, angle, width):
    end = np.array([x, y]) + 50 * np.array([np.cos(angle), np.sin(angle)])
    # Half a pixel of the canvas is two of the finer grid that Pillow draws on.
    narrow, broad = (50 * pen + np.pi * pen**2 / 4 for pen in (width - 0.5, width + 0.5))
    assert narrow < ink([np.array([[x, y], end])], side=300, width=width) < broad


def test_a_single_point_is_a_dot_around_it():
    canvas = render([np.array([[100.0, 60.0]])], width=20)
    rows, columns = np.nonzero(canvas)
    assert canvas.sum() / 255 == pytest.approx(np.pi * 100, rel=0.02)
    assert (columns.mean() + 0.5, rows.mean() + 0.5) == pytest.approx((100, 60), abs=0.1)


def test_edges_are_anti_aliased_and_the_middle_is_full():
    canvas = render(DRAWN[0])
    assert canvas.max() == 255
    assert canvas.min() == 0
    assert len(np.unique(canvas)) > 10


def test_crossing_strokes_do_not_add_up():
    one = [np.array([[50.0, 140], [230, 140]])]
    assert np.array_equal(render(one * 2), render(one))


def test_what_leaves_the_canvas_is_cut_off():
    inside, outside = np.array([[140.0, 140], [140, 400]]), np.array([[-100.0, -100], [-50, -60]])
    assert render([inside])[-1].max() == 255
    assert not render([outside]).any()


def test_no_strokes_are_an_empty_canvas():
    assert render([]).shape == (280, 280)
    assert not render([np.zeros((0, 2))], side=50).any()


def test_samples_are_joined_by_quadratic_curves_from_middle_to_middle():
    way = curve(np.array([[0.0, 0], [10, 0], [10, 10]]))
    assert way[0].tolist() == [0, 0]
    assert way[-1].tolist() == [10, 10]
    # From (5, 0) to (10, 5) with (10, 0) as the control point: at half the way a quarter, a half and a quarter of them.
    assert [8.75, 1.25] in way.tolist()
    assert [10.0, 0.0] not in way.tolist()


@pytest.mark.parametrize("wrong", [np.zeros(4), np.zeros((3, 3)), np.full((2, 2), np.nan), np.full((2, 2), np.inf)])
def test_what_is_no_stroke_is_refused(wrong):
    with pytest.raises(ValueError, match="a stroke must be"):
        render([wrong])
