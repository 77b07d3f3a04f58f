"""The charts of the Draw page: data in, Plotly traces and layout out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lib.core.inference.litert import Floats
from lib.ui.shell.language import _
from lib.ui.widgets.theme import CLEAR, LEGEND

COLOURS = ("#2E86DE", "#E69F00", "#009E73", "#CC79A7")
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
