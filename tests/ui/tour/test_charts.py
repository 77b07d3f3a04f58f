"""The charts of a lesson's numbers and times say what came out."""

import numpy as np
import pytest

from lib.core.tour.outputs import Numbers
from lib.ui.tour import charts

TIMES = (4_000_000, 1_000_000, 3_000_000, 2_000_000, 5_000_000)


def test_quartiles_are_those_of_the_calls_in_milliseconds() -> None:
    assert charts.quartiles(TIMES) == pytest.approx((1.5, 3.0, 4.5))


def test_each_way_has_a_row_with_its_median_between_its_quartiles() -> None:
    figure = charts.times_figure({"eager": (1.5, 3.0, 4.5), "graph": (1.0, 2.0, 2.5)})
    (dots,) = figure.data
    assert (list(dots.y), list(dots.x)) == (["eager", "graph"], [3.0, 2.0])
    assert (list(dots.error_x.array), list(dots.error_x.arrayminus)) == ([1.5, 0.5], [1.5, 1.0])
    assert figure.layout.xaxis.type != "log"


def test_times_far_apart_are_logarithmic_and_say_so() -> None:
    figure = charts.times_figure({"eager": (90.0, 100.0, 110.0), "graph": (1.0, 2.0, 2.5)})
    assert figure.layout.xaxis.type == "log"
    assert "logarithmic" in figure.layout.xaxis.title.text


def test_series_share_a_chart_and_keep_their_numbers() -> None:
    series = [Numbers(name="f", key=key, values=np.arange(n, dtype=np.float32)) for key, n in (("a", 3), ("b", 5))]
    figure = charts.lines_figure(series)
    assert [(line.name, list(line.y)) for line in figure.data] == [("a", [0, 1, 2]), ("b", [0, 1, 2, 3, 4])]
    assert charts.padded(series[0].values, 5) == [0, 1, 2, None, None]
    assert charts.range_words(series[1]) == "b: 5 numbers from 0 to 4."
    diverged = Numbers(name="f", key="loss", values=np.float32([1, 8, np.inf, np.nan]))
    assert charts.range_words(diverged) == "loss: 4 numbers from 1 to 8."
    lost = Numbers(name="f", key="loss", values=np.float32([np.nan, np.nan]))
    assert charts.range_words(lost) == "loss: 2 numbers from NaN to NaN."


def test_a_grid_has_its_first_row_on_top() -> None:
    grid = Numbers(name="f", key="g", values=np.arange(6, dtype=np.float32).reshape(2, 3))
    figure = charts.grid_figure(grid)
    assert np.array_equal(figure.data[0].z, grid.values)
    assert figure.layout.yaxis.autorange == "reversed"
