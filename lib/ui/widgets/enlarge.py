"""Charts for a projector: Plotly counts in pixels, so what is to be read or seen from afar is made larger here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go

from lib.ui.shell.projector import is_projected

SCALE = 1.5
"""A projected chart is this many times as high, with letters and lines as much larger."""
LETTERS = 12
"""Plotly's own size of letters, in pixels."""
SIZES: Mapping[str, tuple[str, ...]] = {
    "font": ("size",),
    "textfont": ("size",),
    "tickfont": ("size",),
    "marker": ("size",),
    "line": ("width",),
    "margin": ("l", "r", "t", "b"),
}
"""Numbers of pixels, by the object of Plotly that has them."""


def enlarged_figure(figure: go.Figure) -> go.Figure:
    """The figure as large as the visitor's mode wants it: unchanged, or for a projector."""
    return go.Figure(enlarged(figure.to_dict())) if is_projected() else figure


def enlarged(chart: Mapping[str, Any]) -> dict[str, Any]:
    """The same for a chart as Plotly's objects: its traces, and its `layout`."""
    if not is_projected():
        return dict(chart)
    larger: dict[str, Any] = {name: grown(value) for name, value in chart.items()}
    about = larger["layout"]
    about["font"] = {"size": LETTERS * SCALE} | about.get("font", {})
    if "height" in about:
        about["height"] = round(about["height"] * SCALE)
    return larger


def grown(part: Any) -> Any:
    """A part of a chart with its sizes scaled; its data are unchanged."""
    if isinstance(part, list | tuple):
        return [grown(one) for one in part]
    if not isinstance(part, Mapping):
        return part
    return {name: scaled(name, grown(value)) for name, value in part.items() if name != "template"}


def scaled(name: str, value: Any) -> Any:
    """The object `name` of Plotly, with its own sizes scaled if it is one of SIZES."""
    if name not in SIZES or not isinstance(value, dict):
        return value
    sizes = {key: value[key] * SCALE for key in SIZES[name] if isinstance(value.get(key), int | float)}
    return value | sizes
