"""Charts of what a lesson's functions return: numbers by their shape, times by their quartiles."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import quantiles

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from lib.core.tour.outputs import Floats, Numbers, Timed
from lib.ui.shell.language import _
from lib.ui.widgets.table import as_table, chart
from lib.ui.widgets.theme import CLEAR, GUESS_COLOUR, LEGEND

COLOURS = ("#2E86DE", "#E69F00", "#009E73", "#CC79A7", "#CC2A14", "#7D40FF", "#99B262")
MARGIN = {"l": 8, "r": 12, "t": 30, "b": 36}
ROW = 38
"""Pixels of a row of times."""
FAR_APART = 8
"""If the slowest takes more than this many times as long as the fastest, the axis is logarithmic."""


def show_numbers(name: str, numbers: Sequence[Numbers]) -> None:
    """Series as lines in one chart, grids as pictures, single numbers in words."""
    single = [each for each in numbers if each.values.size == 1]
    lines = [each for each in numbers if each.values.ndim == 1 and each.values.size > 1]
    grids = [each for each in numbers if each.values.ndim == 2 and each.values.size > 1]
    if single:
        st.markdown(" · ".join(f"{each.key}: **{each.values.item():.6g}**" for each in single))
    if lines:
        chart(lines_figure(lines), f"tour_lines_{name}", " ".join(map(range_words, lines)))
        longest = max(each.values.size for each in lines)
        as_table(f"tour_lines_table_{name}", {each.key: padded(each.values, longest) for each in lines})
    for grid in grids:
        chart(grid_figure(grid), f"tour_grid_{name}_{grid.key}", range_words(grid))


def range_words(each: Numbers) -> str:
    """The numbers in a sentence, for those who cannot see them."""
    said = _("{key}: {count} numbers from {low} to {high}.")
    finite = each.values[np.isfinite(each.values)]
    low, high = (f"{value:.4g}" for value in (finite.min(), finite.max())) if finite.size else ("NaN", "NaN")
    return said.format(key=each.key, count=each.values.size, low=low, high=high)


def padded(values: Floats, length: int) -> list[float | None]:
    """The numbers, with empty places up to this length."""
    return [*map(float, values), *[None] * (length - len(values))]


def lines_figure(lines: Sequence[Numbers]) -> go.Figure:
    """Each series over its index."""
    mode = "lines+markers" if max(each.values.size for each in lines) <= 40 else "lines"
    traces = [
        go.Scatter(y=each.values, name=each.key, mode=mode, line={"color": colour, "width": 2})
        for each, colour in zip(lines, COLOURS * len(lines), strict=False)
    ]
    layout = {"height": 260, "margin": MARGIN, "legend": LEGEND, "showlegend": True, **CLEAR}
    return go.Figure(traces, layout)


def grid_figure(grid: Numbers) -> go.Figure:
    """A matrix as a picture, its first row on top."""
    picture = go.Heatmap(z=grid.values, colorscale="Viridis", showscale=True)
    layout = {"height": 260, "margin": MARGIN, "title": {"text": grid.key, "font": {"size": 13}}, **CLEAR}
    return go.Figure(picture, layout).update_yaxes(autorange="reversed")


def show_times(name: str, timed: Sequence[Timed]) -> None:
    """The median time of a call of each way, with its quartiles."""
    if not timed:
        return
    each = {one.key: quartiles(one.times) for one in timed}
    said = _("{way}: {median} ms a call, half of the calls between {low} and {high} ms.")
    words = [
        said.format(way=way, median=f"{m:.3g}", low=f"{a:.3g}", high=f"{b:.3g}") for way, (a, m, b) in each.items()
    ]
    chart(times_figure(each), f"tour_times_{name}", " ".join(words))
    columns = {_("way"): list(each), _("median (ms)"): [m for _a, m, _b in each.values()]}
    quarters = {
        _("lower quartile (ms)"): [a for a, _m, _b in each.values()],
        _("upper quartile (ms)"): [b for *_am, b in each.values()],
    }
    as_table(f"tour_times_table_{name}", columns | quarters)


def quartiles(times: Sequence[int]) -> tuple[float, float, float]:
    """The lower quartile, the median and the upper one, in milliseconds."""
    low, median, high = quantiles((time / 1e6 for time in times), n=4)
    return low, median, high


def times_figure(each: dict[str, tuple[float, float, float]]) -> go.Figure:
    """A row for each way, first on top: the median as a dot, from quartile to quartile a line."""
    medians = [median for _low, median, _high in each.values()]
    dots = go.Scatter(
        x=medians,
        y=list(each),
        mode="markers+text",
        text=[f"{median:.3g} ms" for median in medians],
        textposition="top center",
        cliponaxis=False,
        marker={"size": 10, "color": [COLOURS[place % len(COLOURS)] for place in range(len(each))]},
        error_x={
            "type": "data",
            "symmetric": False,
            "color": GUESS_COLOUR,
            "array": [high - median for _low, median, high in each.values()],
            "arrayminus": [median - low for low, median, _high in each.values()],
        },
    )
    apart = max(medians) / min(medians)
    far = apart > FAR_APART
    axis = {"type": "log", "dtick": 1 if apart > 300 else "D2", "tickformat": "~r"} if far else {"rangemode": "tozero"}
    title = _("milliseconds a call (logarithmic)") if far else _("milliseconds a call")
    layout = {"height": 90 + ROW * len(each), "margin": MARGIN, **CLEAR, "xaxis": {"title": {"text": title}, **axis}}
    # The first row on top, with room above it for its label.
    return go.Figure(dots, layout).update_yaxes(range=[len(each) - 0.5, -0.8], type="category", automargin=True)
