"""A Plotly chart that follows growing data without flicker, keeping the viewer's zoom.

`st.plotly_chart` replaces its DOM node whenever its data change; this component sends only the points that are new and
lets the browser append them (`assets/live_chart.js`). Streamlit may drop a message for a newer one, so every message
repeats the points of the one before, and a chart that still misses some asks for all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from lib.core.training.curve import Line
from lib.ui.shell.web_server import asset_url

# Shipped inside every message, so it only fetches the real code, which the browser keeps.
LOADER = """
let code;
export default function (chart) {
  code ??= import(new URL(chart.data.code, document.baseURI).href);
  code.then((loaded) => loaded.update(chart));
  return () => code.then((loaded) => loaded.remove(chart.parentElement));
}
"""

_component = st.components.v2.component("growing_chart", js=LOADER, isolate_styles=False)


class GrowingChart:
    """One visitor's view of a chart named `key`: remembers in the session what this visitor's browser was sent."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.sent: dict[str, Any] = st.session_state.setdefault(f"{key}_sent", {})

    def forget(self) -> None:
        """The next message will hold everything: for a page that is drawn anew."""
        self.sent.clear()

    def draw(
        self,
        drawing: str,
        lines: Mapping[str, Line],
        spec: Callable[[], Mapping[str, Any]],
        alt: str,
        height: int,
        news: str = "",
    ) -> None:
        """Draws `lines`, one for each of the spec's traces and in their order, as far as the browser lacks them.

        `drawing` names what is drawn (a run): with another name the chart begins anew. `spec` makes Plotly's `traces`
        (without points) and `layout`, and is asked only then; `alt` is the text alternative, `news` what screen readers
        say when it changes; `height` in pixels.
        """
        whole = self.sent.get("drawing") != drawing
        before: Mapping[str, int] = {} if whole else self.sent["before"]
        points = [
            {"from": before.get(name, 0), "x": line.x[before.get(name, 0) :], "y": line.y[before.get(name, 0) :]}
            for name, line in lines.items()
        ]
        message = {
            "code": asset_url("live_chart.js"),
            "plotly": asset_url("plotly.js"),
            "run": drawing,
            "points": points,
            "alt": alt,
            "news": news,
            "height": height,
        }
        if whole:
            message["spec"] = spec()
        _component(key=self.key, data=message, on_need_full_change=self.forget, height=height)
        # A message repeats what the one before it brought, so one that is dropped for a newer one is no loss.
        counts = {name: len(line.x) for name, line in lines.items()}
        self.sent.update(drawing=drawing, before=counts if whole else self.sent["now"], now=counts)
