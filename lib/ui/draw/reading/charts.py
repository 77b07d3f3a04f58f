"""The charts of the Draw page: data in, Plotly traces and layout out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lib.core.inference.litert import Floats
from lib.ui.shell.language import _
from lib.ui.widgets.theme import CLEAR, LEGEND

COLOURS = ("#2E86DE", "#E69F00", "#009E73", "#CC79A7")
PATTERNS = ("", "/", "x", ".")
"""One colour and one pattern for each model: as many as stand side by side."""


def probability_bars(named: Sequence[tuple[str, Floats]], classes: Sequence[str]) -> dict[str, Any]:
    """Each model's probabilities (10,) as horizontal bars, the first class at the top."""
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "name": name,
            "x": [round(float(p), 5) for p in probabilities],
            "y": list(range(len(classes))),
            "marker": {"color": colour, "pattern": {"shape": pattern}},
            "text": [f"{100 * float(p):.1f} %" if p >= 0.0005 else "" for p in probabilities],
            "textposition": "auto",
            "cliponaxis": False,
            "hovertemplate": "%{y}: %{x:.2%}<extra></extra>",
        }
        for (name, probabilities), colour, pattern in zip(named, COLOURS, PATTERNS, strict=False)
    ]
    ticks = {"tickmode": "array", "tickvals": list(range(len(classes))), "ticktext": list(classes)}
    layout = {
        **CLEAR,
        "height": 320 if len(named) < 3 else 420,
        "margin": {"l": 28 if max(map(len, classes)) < 3 else 96, "r": 12, "t": 28 if len(named) > 1 else 8, "b": 40},
        "barmode": "group",
        "bargap": 0.2,
        "showlegend": len(named) > 1,
        "legend": LEGEND,
        "xaxis": {"range": [0, 1], "tickformat": ".0%", "title": {"text": _("probability")}, "fixedrange": True},
        "yaxis": {"autorange": "reversed", "fixedrange": True, "showgrid": False, "zeroline": False, **ticks},
    }
    return {"traces": traces, "layout": layout}


LINES = (*COLOURS, "#D55E00")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x")
"""Colour, line and symbol of each class in a chart over steps: as many as can be told apart."""
START = 0.5
"""Position of step 0 on the logarithmic axis."""


def probabilities_over_steps(steps: Sequence[int], probabilities: Floats, classes: Sequence[str]) -> dict[str, Any]:
    """The probability of each class after each of `steps`: `probabilities` (n, 10).

    Draws only classes that were likeliest at some step, the one that is likeliest at the end first.
    """
    order = np.lexsort((-probabilities[-1], -probabilities.max(axis=0)))[: len(LINES)]
    order = order[np.argsort(-probabilities[-1, order], kind="stable")]
    traces = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": classes[digit],
            "x": [max(float(step), START) for step in steps],
            "y": [round(float(p), 5) for p in probabilities[:, digit]],
            "text": [f"{step:,}" for step in steps],
            "line": {"color": colour, "width": 2, "dash": dash},
            "marker": {"color": colour, "size": 7, "symbol": symbol},
            "cliponaxis": False,
            "hovertemplate": classes[digit] + ": %{y:.1%} · " + _("step") + " %{text}<extra></extra>",
        }
        for digit, colour, dash, symbol in zip(order, LINES, DASHES, SYMBOLS, strict=False)
    ]
    layout = {
        **CLEAR,
        "height": 360,
        "margin": {"l": 52, "r": 16, "t": 36, "b": 48},
        "legend": LEGEND,
        "showlegend": True,
        "xaxis": step_axis(max(steps)),
        "yaxis": {"range": [0, 1], "tickformat": ".0%", "title": {"text": _("probability")}, "zeroline": False},
    }
    return {"traces": traces, "layout": layout}


def step_axis(last: int) -> dict[str, Any]:
    """A logarithmic axis up to the step `last`, with a place for the step 0 at START."""
    powers = [10**k for k in range(len(str(last)))]
    return {
        "type": "log",
        "range": [np.log10(START) - 0.05, np.log10(max(last, 2)) + 0.05],
        "title": {"text": _("step (logarithmic)")},
        "zeroline": False,
        "tickvals": [START, *powers],
        "ticktext": ["0", *(f"{power:,}" for power in powers)],
    }
