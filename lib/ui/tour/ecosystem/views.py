"""The pictures of the lesson on the ecosystem."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import plotly.graph_objects as go

from lib.core.tour.outputs import Outputs
from lib.ui.shell.language import _
from lib.ui.tour.charts import COLOURS, MARGIN
from lib.ui.tour.ecosystem.reader import FUNCTION, show_reader
from lib.ui.tour.step import batch_figure
from lib.ui.widgets.table import as_table, chart
from lib.ui.widgets.theme import CLEAR

LEARNED = (50, 100, 200, 400, 800)
"""Digits learned from at each value of the event file, as in `lib/ml/tour/ecosystem.py`."""


def show_read(outputs: Outputs) -> None:
    """The first digits, each with what was read in the corner."""
    images, labels, read = (outputs.array("how_well_it_reads", key) for key in ("images", "labels", "read"))
    said = _("What was read: {read}. What they are: {labels}.")
    each = {"read": ", ".join(f"{one:g}" for one in read), "labels": ", ".join(f"{one:g}" for one in labels)}
    chart(batch_figure(images, read).update_layout(height=110), "tour_read", said.format(**each))


def show_events(outputs: Outputs) -> None:
    """The curve of the event file, as TensorBoard draws it."""
    accuracy = outputs.array("event_file", "accuracy")
    said = _("Accuracy from {first:.1%} after {few} digits to {last:.1%} after {many}.")
    words = said.format(first=accuracy[0], last=accuracy[-1], few=LEARNED[0], many=LEARNED[-1])
    line = go.Scatter(x=LEARNED, y=accuracy, mode="lines+markers", line={"color": COLOURS[1], "width": 2})
    figure = go.Figure(line, {"height": 260, "margin": MARGIN, **CLEAR})
    figure.update_xaxes(title=_("digits learned from")).update_yaxes(title=_("accuracy"), tickformat=".0%")
    chart(figure, "tour_events", words)
    as_table("tour_events_table", {_("digits learned from"): LEARNED, _("accuracy"): accuracy})


VIEWS: Mapping[str, Callable[[Outputs], None]] = {
    "how_well_it_reads": show_read,
    "event_file": show_events,
    FUNCTION: show_reader,
}
