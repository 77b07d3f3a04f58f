"""Charts of a network's inside: data in, figure out. Colour-blind people can tell the colours apart."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from lib.core.training.events import Evaluated, Floats
from lib.ui.shell.language import _
from lib.ui.widgets.theme import CLEAR, GUESS_COLOUR, LEGEND, MODE_COLOURS, TEST_COLOUR, VALIDATION_COLOUR

Histogram = NDArray[np.float64]

SIGNED = ((0.0, "#2166AC"), (0.5, "#F7F7F7"), (1.0, "#B2182B"))
"""From negative through 0 to positive: the ends of ColorBrewer's RdBu, which colour-blind people can tell apart."""
LAYERS = ("#2E86DE", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9")
SYMBOLS = ("circle", "square", "diamond", "cross", "triangle-up", "star")

ACROSS = 8
"""Patterns in a row."""


def patterns(first_layer: Floats, full: float) -> go.Figure:
    """The patterns (n, h, w) side by side, eight in a row; the value `full` gets the full colour."""
    tiles = mosaic(first_layer)
    rows, columns = tiles.shape
    none = {"visible": False, "fixedrange": True}
    layout = CLEAR | {
        "height": 60 + round(380 * min(1.0, rows / max(columns, 1))),
        "margin": {"l": 4, "r": 4, "t": 4, "b": 4},
        "xaxis": none | {"constrain": "domain"},
        "yaxis": none | {"autorange": "reversed", "scaleanchor": "x", "constrain": "domain"},
    }
    bar = {"orientation": "h", "thickness": 8, "len": 0.6, "y": 0, "yanchor": "top", "tickformat": ".2g", "nticks": 5}
    hover = {"hovertemplate": "%{z:.3f}<extra></extra>", "hoverongaps": False}
    picture = go.Heatmap(z=tiles, zmin=-full, zmax=full, colorscale=SIGNED, colorbar=bar, **hover)
    return go.Figure(picture, layout)


def reach(first_layer: Floats) -> float:
    """The largest absolute value, ignoring values that are not finite."""
    known = np.abs(first_layer[np.isfinite(first_layer)])
    return float(max(known.max(initial=0.0), np.finfo(np.float32).tiny))


def mosaic(first_layer: Floats) -> Floats:
    """The patterns (n, h, w) in rows of ACROSS, with a gap of NaN between them: float32 (rows, columns)."""
    count, height, width = first_layer.shape
    across = max(1, min(ACROSS, count))
    down = math.ceil(count / across)
    tiles = np.full((down * across, height + 1, width + 1), np.nan, np.float32)
    tiles[:count, :height, :width] = first_layer
    whole = tiles.reshape(down, across, height + 1, width + 1).transpose(0, 2, 1, 3)
    return whole.reshape(down * (height + 1), across * (width + 1))[:-1, :-1]


def histograms(spreads: Mapping[str, Histogram | None], execution: str, title: str) -> go.Figure:
    """The distributions of one layer's values at two epochs, by name: first (grey, dotted) and last. Each is (2, bins),
    or None if unknown.

    Each has its own bins, so both are shown as shares of all values, and their widths can be compared.
    """
    styles: tuple[dict[str, Any], ...] = (
        {"line": {"color": GUESS_COLOUR, "dash": "dot", "width": 2}},
        {"line": {"color": MODE_COLOURS[execution], "width": 2}, "fill": "tozeroy"},
    )
    lines = [_spread(name, spread, **style) for (name, spread), style in zip(spreads.items(), styles, strict=False)]
    layout = CLEAR | {
        "height": 300,
        "margin": {"l": 8, "r": 8, "t": 30, "b": 8},
        "legend": LEGEND,
        "showlegend": True,
        "xaxis": {"title": {"text": title}, "zeroline": False, "nticks": 7},
        "yaxis": {"title": {"text": _("share")}, "tickformat": ".0%", "rangemode": "tozero", "zeroline": False},
    }
    return go.Figure(lines, layout)


def _spread(name: str, histogram: Histogram | None, line: dict[str, Any], **about: Any) -> go.Scatter:
    centres, counts = (np.empty(0), np.empty(0)) if histogram is None else histogram
    total = counts.sum() if len(counts) else 0.0
    shares = counts / total if total > 0 else counts
    about |= {"line": line | {"shape": "hvh"}, "hovertemplate": "%{x:.3g}: %{y:.1%}"}
    return go.Scatter(x=centres, y=shares, name=name, mode="lines", **about)


def dead_units(shares: Mapping[str, Mapping[int, float]]) -> go.Figure:
    """The share of dead units over the epochs, a line for each layer with ReLU. `shares`: layer → epoch → share."""
    lines = [
        go.Scatter(
            x=list(over),
            y=[_finite(share) for share in over.values()],
            name=layer,
            mode="lines+markers",
            line={"color": LAYERS[i % len(LAYERS)], "width": 2},
            marker={"symbol": SYMBOLS[i % len(SYMBOLS)], "size": 8},
            hovertemplate="%{y:.1%}",
            cliponaxis=False,
        )
        for i, (layer, over) in enumerate(shares.items())
    ]
    known = [share for over in shares.values() for share in over.values() if math.isfinite(share)]
    top = max(0.1, min(1.0, 1.1 * max(known, default=0.0)))
    layout = _over_epochs(_("dead units"), max((len(over) for over in shares.values()), default=1))
    layout["yaxis"] |= {"tickformat": ".0%", "range": [0, top]}
    return go.Figure(lines, layout | {"showlegend": True})


def losses(epochs: Sequence[Evaluated], turned: Evaluated | None, execution: str) -> go.Figure:
    """Train (solid), test (dashed) and validation loss by epoch, with a line where the test loss turned, if it did."""
    styles = (
        ("train_loss", _("train"), {"color": MODE_COLOURS[execution], "width": 2.5}, "circle"),
        ("test_loss", _("test"), {"color": TEST_COLOUR, "width": 2, "dash": "dash"}, "circle"),
        ("validation_loss", _("validation"), {"color": VALIDATION_COLOUR, "width": 2, "dash": "dashdot"}, "diamond"),
    )
    lines = [
        go.Scatter(
            x=[epoch.epoch for epoch in epochs],
            y=[_finite(getattr(epoch, field)) for epoch in epochs],
            name=name,
            mode="lines+markers",
            line=line,
            marker={"symbol": symbol, "size": 7},
            hovertemplate="%{y:.4f}",
            cliponaxis=False,
        )
        for field, name, line, symbol in styles
        if any(getattr(epoch, field) is not None for epoch in epochs)
    ]
    figure = go.Figure(lines, _over_epochs(_("loss"), len(epochs)) | {"showlegend": True})
    figure.update_yaxes(rangemode="tozero")
    if turned:
        words = _("test loss turns")
        figure.add_vline(turned.epoch, line={"color": GUESS_COLOUR, "width": 1.5, "dash": "dot"}, annotation_text=words)
    return figure


def _over_epochs(title: str, count: int) -> dict[str, Any]:
    """The layout of a chart over `count` epochs."""
    ticks = {"dtick": 1} if count <= 12 else {"nticks": 10, "tickformat": "d"}
    return CLEAR | {
        "height": 340,
        "margin": {"l": 8, "r": 8, "t": 30, "b": 8},
        "legend": LEGEND,
        "hovermode": "x unified",
        "xaxis": {"title": {"text": _("epoch")}, "zeroline": False, **ticks},
        "yaxis": {"title": {"text": title}, "zeroline": False},
    }


def _finite(value: float | None) -> float | None:
    """None, which a chart draws as a gap, instead of a value that is not finite."""
    return value if value is not None and math.isfinite(value) else None
