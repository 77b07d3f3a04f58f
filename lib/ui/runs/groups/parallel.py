"""Parallel coordinates: an upright axis for each setting and one for the accuracy, a line for each run.

They are an ordinary line chart. Plotly's own parallel coordinates need WebGL, which not every phone has, and cut their
labels off on a narrow screen. The method: A. Inselberg, "The plane with parallel coordinates", The Visual Computer 1
(1985).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
import streamlit as st
from plotly.colors import sample_colorscale

from lib.core.i18n import mark
from lib.core.training.config import SETTINGS
from lib.runs.model.run import Run
from lib.ui.jobs.settings_text import value_words
from lib.ui.shell.language import _
from lib.ui.shell.plain import as_chart_text
from lib.ui.widgets.table import as_table, chart
from lib.ui.widgets.text import percent
from lib.ui.widgets.theme import CLEAR, GUESS_COLOUR

RESULT = mark("Test accuracy")
SCALE = [[0, "#2E86DE"], [0.5, "#8A8F98"], [1, "#E69F00"]]
"""From the lowest accuracy to the highest: told apart by eyes of every kind, and visible on both themes."""
MOST_LABELS = 6
"""An axis with more values names its ends only."""
WIDE = 20
"""Numbers further apart than this factor have a logarithmic axis."""
LETTERS = 12
"""Longer labels are cut: the table below has them in full."""


def show_parallel(runs: Sequence[Run]) -> None:
    """The chart with its words and its table, once two runs that differ were tested."""
    tested = [run for run in runs if run.accuracy is not None]
    names = differing(tested)
    if not names:
        st.caption(_("The settings are drawn against the accuracy once two of the runs were tested."))
        return
    chart(parallel(tested, names), "runs_parallel", said(tested))
    st.caption(_("A line for each run, from its settings to its accuracy: the more orange, the higher."))
    by_accuracy = sorted(tested, key=accuracy, reverse=True)
    columns: dict[str, Any] = {_("Name"): [run.called for run in by_accuracy]}
    columns |= {
        _(SETTINGS[name].label): [value_words(name, getattr(run.config, name)) for run in by_accuracy] for name in names
    }
    as_table("runs_parallel_table", columns | {_(RESULT): [percent(accuracy(run)) for run in by_accuracy]})


def differing(runs: Sequence[Run]) -> list[str]:
    """The settings in which the runs differ; the seed only if nothing else does."""
    names = [name for name in SETTINGS if len({getattr(run.config, name) for run in runs}) > 1]
    return [name for name in names if name != "seed"] or names


def accuracy(run: Run) -> float:
    """The accuracy of a tested run."""
    return run.accuracy or 0.0


def said(runs: Sequence[Run]) -> str:
    """The chart as text."""
    best, worst = max(runs, key=accuracy), min(runs, key=accuracy)
    return _("{count} runs: the best is {best} with {most}, the worst {worst} with {least}.").format(
        count=len(runs), best=best.called, most=percent(accuracy(best)), worst=worst.called,
        least=percent(accuracy(worst)),
    )  # fmt: skip


def heights(values: Sequence[Any]) -> list[float]:
    """Where each value lies on its axis, from 0 at the bottom to 1: numbers by size, others in their order."""
    if all(isinstance(value, int | float) for value in values):
        low, high = min(values), max(values)
        scale = math.log if low > 0 and high > WIDE * low else float
        return [(scale(value) - scale(low)) / (scale(high) - scale(low)) if high > low else 0.5 for value in values]
    order = list(dict.fromkeys(values))
    return [order.index(value) / max(1, len(order) - 1) for value in values]


def parallel(runs: Sequence[Run], names: Sequence[str]) -> go.Figure:
    """The chart of tested runs over these settings."""
    values = [[getattr(run.config, name) for run in runs] for name in names] + [[accuracy(run) for run in runs]]
    words = [[value_words(name, value) for value in column] for name, column in zip(names, values, strict=False)]
    words.append([percent(value) for value in values[-1]])
    places = [heights(column) for column in values]
    colours = sample_colorscale(SCALE, places[-1])
    lines = [
        go.Scatter(
            x=list(range(len(values))),
            y=[column[number] for column in places],
            mode="lines+markers",
            line={"color": colours[number], "width": 2},
            marker={"color": colours[number], "size": 7},
            text=[as_chart_text(f"{run.called}: {column[number]}") for column in words],
            hovertemplate="%{text}<extra></extra>",
            showlegend=False,
        )
        for number, run in enumerate(runs)
    ]
    titles = [*(_(SETTINGS[name].label) for name in names), _(RESULT)]
    figure = go.Figure(lines)
    figure.update_layout(
        height=340,
        margin={"l": 12, "r": 12, "t": 12, "b": 56},
        xaxis=axis_of_titles(titles),
        yaxis={"visible": False, "range": [-0.08, 1.08], "fixedrange": True},
        annotations=[
            label
            for place, (column, texts) in enumerate(zip(places, words, strict=True))
            for label in labels(place, dict(zip(texts, column, strict=True)), place == len(places) - 1)
        ],
        **CLEAR,
    )
    return figure


def axis_of_titles(titles: Sequence[str]) -> dict[str, Any]:
    """The upright axes as lines of a grid, with their names below; long names are broken into lines."""
    return {
        "tickvals": list(range(len(titles))),
        "ticktext": [title.replace(" ", "<br>", 1) for title in titles],
        "range": [-0.25, len(titles) - 0.75],
        "showgrid": True,
        "gridcolor": GUESS_COLOUR,
        "zeroline": False,
        "fixedrange": True,
        "tickangle": 0,
    }


def labels(place: int, at: Mapping[str, float], last: bool) -> list[dict[str, Any]]:
    """The values of the axis at `place` beside it, by their height; only its ends if there are many."""
    ends = {min(at.values()), max(at.values())}
    shown = {text: height for text, height in at.items() if len(at) <= MOST_LABELS or height in ends}
    return [
        {
            "x": place,
            "y": height,
            "text": as_chart_text(text if len(text) <= LETTERS else f"{text[: LETTERS - 1]}…"),
            "showarrow": False,
            "xanchor": "right" if last else "left",
            "xshift": -6 if last else 6,
            "yshift": 9,
            "font": {"size": 11},
        }
        for text, height in shown.items()
    ]
