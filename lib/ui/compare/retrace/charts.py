"""The chart of the retrace detective: the time of each call."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from lib.core.studies.events import Called
from lib.core.tracing.retraces import NANOSECONDS, milliseconds
from lib.ui.shell.language import _
from lib.ui.widgets.theme import ALARM_COLOUR, CLEAR, LEGEND, MODE_COLOURS

HEIGHT = 300


def call_times(calls: Sequence[Called], highest: float) -> go.Figure:
    """A bar for each call; calls that traced are hatched and have another colour. The axis ends at `highest` ms.

    Two charts side by side share the axis, so that their bars can be compared.
    """
    bars = [
        _bars([call for call in calls if call.traced], _("with tracing"), ALARM_COLOUR, "/"),
        _bars([call for call in calls if not call.traced], _("the graph was there already"), MODE_COLOURS["graph"], ""),
    ]
    layout = CLEAR | {
        "height": HEIGHT,
        "margin": {"l": 8, "r": 8, "t": 30, "b": 8},
        "legend": LEGEND | {"traceorder": "normal"},
        "showlegend": True,
        "barmode": "overlay",
        "xaxis": {"title": {"text": _("call")}, "dtick": 1, "range": [0.4, max(2, len(calls)) + 0.6]},
        "yaxis": {"title": {"text": _("milliseconds")}, "range": [0, 1.15 * highest], "zeroline": False},
    }
    return go.Figure(bars, layout)


def _bars(calls: Sequence[Called], name: str, colour: str, shape: str) -> go.Bar:
    return go.Bar(
        x=[call.number for call in calls],
        y=[call.time / NANOSECONDS for call in calls],
        text=[short(call) for call in calls],
        textposition="outside",
        textangle=0,
        cliponaxis=False,
        customdata=[[call.call, milliseconds(call.time / NANOSECONDS)] for call in calls],
        hovertemplate="%{customdata[0]}<br>%{customdata[1]}<extra></extra>",
        name=name,
        marker={"color": colour, "pattern": {"shape": shape, "solidity": 0.25}},
    )


def short(call: Called) -> str:
    """A call's time in few characters: '12' or '0.6'."""
    value = call.time / NANOSECONDS
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"
