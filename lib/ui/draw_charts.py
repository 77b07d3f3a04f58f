"""The charts of the Draw page: data in, Plotly's traces and layout out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lib.core.lite import Floats
from lib.ui.charts import CLEAR, LEGEND
from lib.ui.language import _

COLOURS = ("#2E86DE", "#E69F00", "#009E73", "#CC79A7")
PATTERNS = ("", "/", "x", ".")
"""One colour and one pattern for each model: as many as stand side by side."""


def probability_bars(named: Sequence[tuple[str, Floats]], classes: Sequence[str]) -> dict[str, Any]:
    """The probabilities (10,) of each model as horizontal bars, the first class at the top."""
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
