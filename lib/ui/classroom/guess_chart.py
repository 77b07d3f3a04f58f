"""All guesses of a class as one histogram, with what came of it, in a chart, in words and as a table."""

from __future__ import annotations

import math
import statistics
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from lib.core.classroom.histogram import Bins, of_factors, of_shares
from lib.runs.model.classwork import Guesses
from lib.runs.model.run import Job, Run
from lib.ui.shell.language import _
from lib.ui.widgets.table import as_table, chart
from lib.ui.widgets.text import percent
from lib.ui.widgets.theme import CLEAR, GUESS_COLOUR, TEST_COLOUR

HEIGHT = 320


def show_histogram(job: Job, guesses: Guesses, truth: float | None) -> None:
    """The histogram of guesses that are no longer hidden; `truth` is what came of it, None if nothing did."""
    if not guesses.values:
        return
    shares = isinstance(job, Run)
    bins = of_shares(guesses.values, truth) if shares else of_factors(guesses.values, truth)
    said = words(guesses, truth, shares)
    chart(histogram(bins, truth, guesses.mine, shares), "class_histogram", said)
    st.caption(said)
    columns = {
        _("At least"): [shown(edge, shares) for edge in bins.edges[:-1]],
        _("Below"): [shown(edge, shares) for edge in bins.edges[1:]],
        _("Guesses"): list(bins.counts),
    }
    as_table("class_histogram_table", columns)


def words(guesses: Guesses, truth: float | None, shares: bool) -> str:
    """The histogram as text: the spread of the guesses, their median, and what came of it."""
    values = guesses.values or ()
    said = _("{count} guesses, from {low} to {high}; the middle one is {median}.").format(
        count=len(values),
        low=shown(values[0], shares),
        high=shown(values[-1], shares),
        median=shown(statistics.median(values), shares),
    )
    if truth is None:
        return f"{said} " + _("It ended without a result.")
    came = _("What came of it: {truth}.").format(truth=shown(truth, shares))
    low, high = sum(value < truth for value in values), sum(value > truth for value in values)
    return f"{said} {came} " + _("Too low: {low}. Too high: {high}.").format(low=low, high=high)


def shown(value: float, shares: bool) -> str:
    """A guess or result as text."""
    return percent(value) if shares else _("{factor} times").format(factor=f"{value:.3g}")


def histogram(bins: Bins, truth: float | None, mine: float | None, shares: bool) -> go.Figure:
    """A bar for each bin, a line at the truth, and a mark at the reader's own guess."""
    scale = 100.0 if shares else 1.0

    def place(value: float) -> float:
        return value * scale if shares else math.log2(value)

    left, right = [place(edge) for edge in bins.edges[:-1]], [place(edge) for edge in bins.edges[1:]]
    bars = go.Bar(
        x=[(low + high) / 2 for low, high in zip(left, right, strict=True)],
        y=list(bins.counts),
        width=[(high - low) * 0.94 for low, high in zip(left, right, strict=True)],
        marker={"color": GUESS_COLOUR},
        customdata=[
            f"{shown(low, shares)} – {shown(high, shares)}"
            for low, high in zip(bins.edges[:-1], bins.edges[1:], strict=True)
        ],
        hovertemplate="%{customdata}: %{y}<extra></extra>",
    )
    figure = go.Figure(bars)
    if truth is not None and (shares or truth > 0):
        figure.add_vline(place(truth), line={"color": TEST_COLOUR, "width": 3})
        about = {"text": _("came of it"), "showarrow": False, "yref": "paper", "y": 1.0, "yanchor": "bottom"}
        figure.add_annotation(x=place(truth), font={"color": TEST_COLOUR}, **about)
    if mine is not None:
        at_bottom = {"yref": "paper", "y": 0.0, "yanchor": "bottom", "ay": -36, "ax": 0, "arrowhead": 2}
        figure.add_annotation(x=place(mine), text=_("yours"), **at_bottom)
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 44, "r": 12, "t": 28, "b": 48},
        showlegend=False,
        xaxis=_axis(bins, shares),
        yaxis={"title": {"text": _("number of guesses")}, "rangemode": "tozero", "dtick": _tick(max(bins.counts))},
        **CLEAR,
    )
    return figure


def _tick(most: int) -> int:
    """The distance of ticks for counts up to `most`: whole numbers, and few of them."""
    return next(step for step in (1, 2, 5, 10, 20, 50, 100) if most / step <= 6)


def _axis(bins: Bins, shares: bool) -> dict[str, Any]:
    """The axis of guesses: percent, or factors with a place for each doubling."""
    if shares:
        return {"title": {"text": _("guess, in %")}, "zeroline": False}
    powers = range(math.floor(math.log2(bins.edges[0])), math.ceil(math.log2(bins.edges[-1])) + 1)
    ticks = {"tickvals": list(powers), "ticktext": [f"{2.0**power:g}" for power in powers]}
    return {"title": {"text": _("guess, times as fast")}, "zeroline": False, **ticks}
