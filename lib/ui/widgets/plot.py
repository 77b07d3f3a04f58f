"""A Plotly chart that is redrawn in place: no flicker, and a viewer's zoom stays.

`st.plotly_chart` replaces its DOM node whenever its data change. This component keeps the node and gives Plotly the
whole chart each time, which suits a few hundred points; for thousands use `GrowingChart`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from lib.ui.shell.web_server import asset_url
from lib.ui.widgets.enlarge import enlarged
from lib.ui.widgets.live_plot import LOADER

_component = st.components.v2.component("steady_chart", js=LOADER, isolate_styles=False)


def steady_chart(key: str, spec: Mapping[str, Any], alt: str, drawing: str, news: str = "") -> None:
    """Draws `spec`, Plotly's `traces` and `layout`; the layout's `height` in pixels is reserved from the start.

    `drawing` identifies the chart's subject: while it stays the same, the viewer's zoom stays. `alt` is the text
    alternative, `news` the text that screen readers announce when it changes.
    """
    spec = enlarged(spec)
    height = spec["layout"]["height"]
    message = {
        "code": asset_url("live_chart.js"),
        "plotly": asset_url("plotly.js"),
        "run": drawing,
        "points": [],
        "spec": spec,
        "alt": alt,
        "news": news,
        "height": height,
    }
    _component(key=key, data=message, on_need_full_change=lambda: None, height=height)
