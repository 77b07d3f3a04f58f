"""The pictures of the lesson on one step."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import plotly.graph_objects as go

from lib.core.tour.outputs import Floats, Outputs
from lib.ui.shell.language import _
from lib.ui.tour.charts import COLOURS, MARGIN
from lib.ui.widgets.table import as_table, chart
from lib.ui.widgets.theme import CLEAR

IN_A_ROW = 8
"""Pictures side by side."""


def show_batch(outputs: Outputs) -> None:
    """The pictures in rows of eight, each with its class in the corner."""
    images, labels = (outputs.array("batch_of_32", key) for key in ("images", "labels"))
    classes = ", ".join(f"{label:g}" for label in labels)
    chart(
        batch_figure(images, labels),
        "tour_batch",
        _("The pictures' classes, row by row: {classes}.").format(classes=classes),
    )


def batch_figure(images: Floats, labels: Floats) -> go.Figure:
    """(n, side, side, 1) as one picture, n a multiple of IN_A_ROW."""
    side = images.shape[1]
    rows = images[..., 0].reshape(-1, IN_A_ROW, side, side)
    together = rows.transpose(0, 2, 1, 3).reshape(-1, IN_A_ROW * side)
    places = np.arange(len(labels))
    names = go.Scatter(
        x=places % IN_A_ROW * side + 3,
        y=places // IN_A_ROW * side + 3,
        mode="text",
        text=[f"<b>{label:g}</b>" for label in labels],
        textfont={"color": COLOURS[1], "size": 13},
        hoverinfo="skip",
    )
    pictures = go.Heatmap(z=together, colorscale="Gray", showscale=False, hoverinfo="skip")
    figure = go.Figure([pictures, names], {"height": 260, "margin": {"l": 0, "r": 0, "t": 4, "b": 4}, **CLEAR})
    figure.update_yaxes(visible=False, range=[len(together) - 0.5, -0.5], fixedrange=True)
    return figure.update_xaxes(visible=False, fixedrange=True)


def show_gradients(outputs: Outputs) -> None:
    """The size of the gradient of each variable, in the network's order."""
    numbers = outputs.numbers("gradients_of_each_layer")
    sizes = {one.key.partition("/")[2]: one.values.item() for one in numbers}
    said = " ".join(f"{name}: {size:.3g}." for name, size in sizes.items())
    bars = go.Bar(
        x=list(sizes.values()),
        y=list(sizes),
        orientation="h",
        text=[f"{size:.3g}" for size in sizes.values()],
        marker={"color": COLOURS[0]},
    )
    figure = go.Figure(bars, {"height": 60 + 34 * len(sizes), "margin": MARGIN, **CLEAR})
    figure.update_yaxes(autorange="reversed", type="category").update_xaxes(title=_("size of the gradient"))
    chart(figure, "tour_gradients", said)
    as_table("tour_gradients_table", {_("weights"): list(sizes), _("size of the gradient"): list(sizes.values())})


VIEWS: Mapping[str, Callable[[Outputs], None]] = {
    "batch_of_32": show_batch,
    "gradients_of_each_layer": show_gradients,
}
