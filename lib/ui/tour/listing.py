"""The pictures of the lesson on the notes' example."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import plotly.graph_objects as go

from lib.core.tour.listing import CURVES
from lib.core.tour.outputs import Floats, Outputs
from lib.ui.shell.language import _
from lib.ui.tour.charts import COLOURS, MARGIN
from lib.ui.tour.step import batch_figure
from lib.ui.widgets.table import as_table, chart
from lib.ui.widgets.theme import CLEAR, GUESS_COLOUR, LEGEND

LAYOUT = {"height": 300, "margin": MARGIN, "legend": LEGEND, **CLEAR}


def show_data(outputs: Outputs) -> None:
    """The first pictures, each with its label in the corner."""
    images, labels = (outputs.array("the_data", key) for key in ("images", "labels"))
    said = _("The first images; their labels, row by row: {labels}.")
    figure = batch_figure(images[..., np.newaxis], labels).update_layout(height=140)
    chart(figure, "tour_listing_data", said.format(labels=", ".join(f"{label:g}" for label in labels)))


def show_reset(outputs: Outputs) -> None:
    """The mean loss as it stands after each step, with and without a reset at the start of each epoch."""
    kept, fresh = (outputs.array("the_loop", curve) for curve in CURVES)
    epochs = len(outputs.text("the_loop").splitlines())
    said = _("Mean training loss over {count} steps. At the end {kept:.3f} without a reset, {fresh:.3f} with one.")
    words = said.format(count=len(kept), kept=kept[-1], fresh=fresh[-1])
    chart(reset_figure(kept, fresh, epochs), "tour_reset", words)
    columns = {_("step"): range(1, len(kept) + 1), _("without a reset"): kept, _("with a reset"): fresh}
    as_table("tour_reset_table", columns)


def reset_figure(kept: Floats, fresh: Floats, epochs: int) -> go.Figure:
    """Both curves over the steps, with a line where each later epoch begins."""
    steps = np.arange(1, len(kept) + 1)
    traces = [
        go.Scatter(x=steps, y=kept, name=_("without a reset"), line={"color": COLOURS[1], "width": 2}),
        go.Scatter(x=steps, y=fresh, name=_("with a reset"), line={"color": COLOURS[0], "width": 2, "dash": "dash"}),
    ]
    figure = go.Figure(traces, LAYOUT).update_xaxes(title=_("step")).update_yaxes(title=_("mean training loss"))
    for epoch in range(1, epochs):
        figure.add_vline(x=epoch * len(kept) / epochs + 0.5, line={"color": GUESS_COLOUR, "width": 1, "dash": "dot"})
    return figure


def show_losses(outputs: Outputs) -> None:
    """The loss of each image from softmax over that from logits."""
    exact, clipped = (outputs.array("softmax_or_logits", key) for key in ("from_logits=True", "tf.nn.softmax"))
    said = _("{count} losses. From logits the largest is {exact:.4g}, from tf.nn.softmax {clipped:.4g}.")
    words = said.format(count=len(exact), exact=exact.max(), clipped=clipped.max())
    chart(losses_figure(exact, clipped), "tour_logits", words)
    as_table("tour_logits_table", {"from_logits=True": exact, "tf.nn.softmax": clipped})


def losses_figure(exact: Floats, clipped: Floats) -> go.Figure:
    """Points; where both agree they lie on the diagonal."""
    ends = [0.0, float(exact.max())]
    traces = [
        go.Scatter(x=ends, y=ends, mode="lines", name=_("the same"), line={"color": GUESS_COLOUR, "dash": "dash"}),
        go.Scatter(x=exact, y=clipped, mode="markers", name=_("an image"), marker={"size": 8, "color": COLOURS[0]}),
    ]
    figure = go.Figure(traces, LAYOUT)
    return figure.update_xaxes(title=_("loss from logits")).update_yaxes(title=_("loss from tf.nn.softmax"))


def show_training(outputs: Outputs) -> None:
    """The ten probabilities of each call."""
    calls = outputs.numbers("what_training_changes")
    said = _("{call}: largest is {digit} with {probability:.3f}.")
    words = [
        said.format(call=each.key, digit=int(each.values.argmax()), probability=each.values.max()) for each in calls
    ]
    bars = [
        go.Bar(x=np.arange(10), y=each.values, name=each.key, marker={"color": colour})
        for each, colour in zip(calls, ("#1B4F8A", COLOURS[0], COLOURS[1], COLOURS[4]), strict=True)
    ]
    figure = go.Figure(bars, LAYOUT | {"barmode": "group"}).update_xaxes(title=_("digit"), dtick=1)
    chart(figure.update_yaxes(title=_("probability")), "tour_training", " ".join(words))
    as_table("tour_training_table", {_("digit"): range(10)} | {each.key: each.values for each in calls})


VIEWS: Mapping[str, Callable[[Outputs], None]] = {
    "the_data": show_data,
    "the_loop": show_reset,
    "softmax_or_logits": show_losses,
    "what_training_changes": show_training,
}
