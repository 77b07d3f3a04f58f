"""The pictures of the lesson on GradientTape."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from lib.core.tour.lessons import LESSONS
from lib.core.tour.outputs import Floats, Outputs
from lib.core.tour.tape import OPTIMIZERS, height
from lib.ui.shell.language import _
from lib.ui.tour.charts import COLOURS, MARGIN
from lib.ui.tour.values import start_with
from lib.ui.widgets.table import as_table, chart
from lib.ui.widgets.theme import CLEAR, LEGEND

SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x")
ALONG, ACROSS = (-3.5, 3.5), (-3.5, 3.5)
"""What the picture of the valley shows of it; a path that leaves it goes on outside."""


def show_tangent(outputs: Outputs) -> None:
    """The function, and the line that touches it where the slope was taken."""
    x, f, tangent, at = (outputs.array("gradient_and_tangent", key) for key in ("x", "f", "tangent", "at"))
    said = _("The function from {low:g} to {high:g}, and its tangent at ({x:.3g}, {y:.3g}).")
    chart(tangent_figure(x, f, tangent, at), "tour_tangent", said.format(low=x[0], high=x[-1], x=at[0], y=at[1]))
    as_table("tour_tangent_table", {"x": x, "f(x)": f, _("tangent"): tangent})


def tangent_figure(x: Floats, f: Floats, tangent: Floats, at: Floats) -> go.Figure:
    """The axis fits the function: a steep tangent leaves the picture."""
    space = 0.1 * float(np.ptp(f)) or 1.0
    traces = [
        go.Scatter(x=x, y=f, name="f(x)", line={"color": COLOURS[0], "width": 3}),
        go.Scatter(x=x, y=tangent, name=_("tangent"), line={"color": COLOURS[1], "width": 2, "dash": "dash"}),
        go.Scatter(x=at[:1], y=at[1:], mode="markers", marker={"size": 11, "color": COLOURS[4]}, showlegend=False),
    ]
    layout = {"height": 300, "margin": MARGIN, "legend": LEGEND, **CLEAR}
    return go.Figure(traces, layout).update_yaxes(range=[float(f.min()) - space, float(f.max()) + space])


def show_descent(outputs: Outputs) -> None:
    """The valley from above, with the path of each optimizer."""
    paths = {name: outputs.array("descent", name) for name in OPTIMIZERS}
    ends = "; ".join(f"{name} ({path[-1, 0]:.2f}, {path[-1, 1]:.2f})" for name, path in paths.items())
    said = _("The valley from above, lowest at (0, 0). Where each path ends: {ends}.")
    st.caption(":material/touch_app: " + _("Press anywhere in the picture: there the five start anew."))
    chart(descent_figure(paths), "tour_descent", said.format(ends=ends), on_press=start_at_press)
    heights = {name: [height((float(x), float(y))) for x, y in path] for name, path in paths.items()}
    as_table("tour_descent_table", {_("step"): list(range(len(paths[OPTIMIZERS[0]])))} | heights)


def start_at_press() -> None:
    """Lets all five start where the visitor pressed the picture."""
    for point in st.session_state["tour_descent"].selection.points[:1]:
        bounds = {name: LESSONS["tape"].varied[name].setting for name in ("start_x", "start_y")}
        x, y = (
            float(np.clip(value, bound.low, bound.high))
            for value, bound in zip((point["x"], point["y"]), bounds.values(), strict=True)
        )
        start_with(LESSONS["tape"], start_x=x, start_y=y)


def descent_figure(paths: Mapping[str, Floats]) -> go.Figure:
    """Lines of equal height, closer together further down, and the paths over them."""
    x, y = np.linspace(*ALONG, 71), np.linspace(*ACROSS, 71)
    z = np.log10(0.1 + height((x[None, :], y[:, None])))
    valley = go.Contour(x=x, y=y, z=z, showscale=False, colorscale="Greys", opacity=0.5, hoverinfo="skip")
    walks = [
        go.Scatter(
            x=path[:, 0],
            y=path[:, 1],
            name=name,
            mode="lines+markers",
            line={"color": colour, "width": 2},
            marker={"size": 6, "symbol": symbol},
        )
        for (name, path), colour, symbol in zip(paths.items(), COLOURS, SYMBOLS, strict=False)
    ]
    layout = {"height": 420, "margin": MARGIN, "legend": LEGEND, "clickmode": "event+select", **CLEAR}
    return go.Figure([valley, places(), *walks], layout).update_xaxes(range=ALONG).update_yaxes(range=ACROSS)


def places() -> go.Scatter:
    """What a press can hit: unseen points, as far apart as the fields of the start step."""
    x, y = (grid.ravel() for grid in np.meshgrid(np.arange(-3, 3.01, 0.25), np.arange(-2, 2.01, 0.25)))
    unseen = {"size": 12, "opacity": 0}
    return go.Scatter(x=x, y=y, mode="markers", marker=unseen, hoverinfo="none", showlegend=False)


VIEWS: Mapping[str, Callable[[Outputs], None]] = {"gradient_and_tangent": show_tangent, "descent": show_descent}
