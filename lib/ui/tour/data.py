"""The picture of the lesson on tf.data."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import plotly.graph_objects as go

from lib.core.tour.outputs import Floats, Outputs
from lib.ui.shell.language import _
from lib.ui.tour.charts import COLOURS, MARGIN
from lib.ui.widgets.table import as_table, chart
from lib.ui.widgets.theme import CLEAR, LEGEND


def show_mixing(outputs: Outputs) -> None:
    """Where each element came from, over where it comes out."""
    order = outputs.array("what_a_buffer_mixes", "order")
    ahead = int((order - np.arange(len(order))).max())
    said = _("{count} elements in the order in which they come out. None is more than {ahead} places early.")
    chart(mixing_figure(order, ahead), "tour_mixing", said.format(count=len(order), ahead=ahead))
    as_table("tour_mixing_table", {_("place after shuffling"): range(len(order)), _("place before"): order})


def mixing_figure(order: Floats, ahead: int) -> go.Figure:
    """Points; sorted data would lie on a diagonal, and no point lies above the other one."""
    places = np.arange(len(order))
    traces = [
        go.Scatter(x=places, y=order, name=_("element"), mode="markers", marker={"size": 4, "color": COLOURS[0]}),
        go.Scatter(
            x=places[: len(order) - ahead],
            y=places[: len(order) - ahead] + ahead,
            name=_("the farthest jump ahead"),
            line={"color": COLOURS[4], "dash": "dash", "width": 2},
        ),
    ]
    layout = {"height": 340, "margin": MARGIN, "legend": LEGEND, **CLEAR}
    figure = go.Figure(traces, layout)
    return figure.update_xaxes(title=_("place after shuffling")).update_yaxes(title=_("place before"))


VIEWS: Mapping[str, Callable[[Outputs], None]] = {"what_a_buffer_mixes": show_mixing}
