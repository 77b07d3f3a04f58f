"""The pictures of the lesson on accelerators."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import plotly.graph_objects as go

from lib.core.tour.outputs import Floats, Outputs, Timed
from lib.ui.shell.language import _
from lib.ui.tour.charts import COLOURS, MARGIN, show_times
from lib.ui.widgets.table import as_table, chart
from lib.ui.widgets.theme import CLEAR, LEGEND

FUNCTION = "mirrored_in_its_own_process"


def show_mirrored(outputs: Outputs) -> None:
    """The losses with and without the strategy, one line upon the other, and how long a step took."""
    ways = {"alone": _("one device"), "mirrored": _("MirroredStrategy")}
    losses = {name: outputs.array(FUNCTION, f"losses_{way}") for way, name in ways.items()}
    said = _("{way}: loss {first:.4f} at the first step, {last:.4f} at the last.")
    words = [said.format(way=name, first=line[0], last=line[-1]) for name, line in losses.items()]
    chart(losses_figure(losses), "tour_mirrored", " ".join(words))
    as_table("tour_mirrored_table", {_("step"): range(1, 1 + len(next(iter(losses.values()))))} | losses)
    show_times(FUNCTION, [timed(name, outputs.array(FUNCTION, f"ms_{way}")) for way, name in ways.items()])


def timed(name: str, milliseconds: Floats) -> Timed:
    """The times of single steps."""
    return Timed(name=FUNCTION, key=name, times=tuple(round(1e6 * float(each)) for each in milliseconds))


def losses_figure(losses: Mapping[str, Floats]) -> go.Figure:
    """The first line wide, the second dashed upon it, so that both are seen."""
    (first, wide), (second, dashed) = losses.items()
    steps = list(range(1, 1 + len(wide)))
    traces = [
        go.Scatter(x=steps, y=wide, name=first, mode="lines", line={"color": COLOURS[0], "width": 7}, opacity=0.5),
        go.Scatter(
            x=steps, y=dashed, name=second, mode="lines", line={"color": COLOURS[4], "width": 2, "dash": "dash"}
        ),
    ]
    figure = go.Figure(traces, {"height": 260, "margin": MARGIN, "legend": LEGEND, **CLEAR})
    return figure.update_xaxes(title=_("step")).update_yaxes(title=_("loss"))


VIEWS: Mapping[str, Callable[[Outputs], None]] = {FUNCTION: show_mirrored}
