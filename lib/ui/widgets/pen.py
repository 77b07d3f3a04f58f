"""Reads a canvas in the visitor's browser while the pen moves; the server is not asked.

`assets/follow_pen.js` reads the pixels about 20 times a second, `prepare_drawing.js` prepares them as
`lib.core.drawing` does, and `run_network.js` predicts. The probabilities go into the chart that also shows the server's
answer, so nothing jumps when that answer comes.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lib.core.inference.portable import Portable
from lib.ui.shell.language import _
from lib.ui.shell.web_server import asset_url, offer_weights
from lib.ui.widgets.live_plot import LOADER

CANVAS, CHART = ".st-key-canvas", ".st-key-draw_chart .bar-chart"
HEIGHT = 24
"""Pixels: one line."""

_component = st.components.v2.component("follow_pen", js=LOADER, isolate_styles=False)


def follow_pen(
    key: str,
    networks: Sequence[Portable],
    classes: Sequence[str],
    *,
    drawn: bool,
    steps: Sequence[str],
    row: bool,
    place: int,
) -> None:
    """A line that says what `networks` read under the pen, the first one in words, and all of them in the chart.

    `classes` names the ten classes. `drawn`: whether the server has seen a drawing. `steps` of the preparation are
    done. Of a `row` the chart shows the digit at `place`; the line names whichever is under the pen.
    Without networks nothing is read here.
    """
    offered = [{"url": offer_weights(one.sha256, one.weights), "layers": one.layers} for one in networks]
    words = {
        "idle": _("While you write, your browser reads along; nothing is sent.") if networks else "",
        "seen": _("Under the pen: {best} with {percent} · {ms} ms, in this browser"),
    }
    message = {
        "code": asset_url("follow_pen.js"),
        "canvas": CANVAS,
        "chart": CHART,
        "networks": offered,
        "classes": list(classes),
        "words": words,
        "drawn": drawn,
        "steps": list(steps),
        "row": row,
        "place": place,
    }
    _component(key=key, data=message, height=HEIGHT)
