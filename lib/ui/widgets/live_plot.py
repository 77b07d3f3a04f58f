"""A Plotly chart that follows growing data without flicker, keeping the viewer's zoom.

`st.plotly_chart` replaces its DOM node whenever its data change; this component sends only new points, and the browser
appends them (`assets/live_chart.js`). Streamlit may drop a message in favour of a newer one, so every message repeats
the points of the one before, and a chart that still lacks some requests them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from lib.core.training.curve import Line
from lib.ui.shell.web_server import asset_url
from lib.ui.widgets.enlarge import enlarged

# Sent inside every message, so it only loads the real code, which the browser caches. Components with the same script
# share it, so it may hold several codes.
LOADER = """
const codes = {};
export default function (chart) {
  const url = new URL(chart.data.code, document.baseURI).href;
  const code = codes[url] ??= import(url);
  code.then((loaded) => loaded.update(chart));
  return () => code.then((loaded) => loaded.remove(chart.parentElement));
}
"""

_component = st.components.v2.component("growing_chart", js=LOADER, isolate_styles=False)


@dataclass(frozen=True, slots=True)
class Stream:
    """A run's event stream: its URL, relative to the app; the place `after` which the page lacks the rest; and on which
    `drawing` the page has the curves.
    """

    url: str
    after: str
    drawing: str


def stream_data(stream: Stream | None) -> dict[str, str] | None:
    """The stream as its components' code reads it (`assets/live_stream.js`)."""
    return asdict(stream) if stream else None


class GrowingChart:
    """One visitor's chart named `key`: the session remembers which points this browser was sent."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.sent: dict[str, Any] = st.session_state.setdefault(f"{key}_sent", {})

    def forget(self) -> None:
        """Makes the next message hold everything, for a page that is redrawn."""
        self.sent.clear()

    def draw(
        self,
        drawing: str,
        lines: Mapping[str, Line],
        spec: Callable[[], Mapping[str, Any]],
        alt: str,
        height: int | None = None,
        news: str = "",
        stream: Stream | None = None,
    ) -> None:
        """Draws `lines`, one per trace of the spec and in the same order; sends only points that the browser lacks.

        `drawing` identifies the chart's subject (a run); when it changes, the chart starts over. `spec` returns
        Plotly's `traces` (without points) and `layout` and is called only then; `alt` is the text alternative, `news`
        the text that screen readers announce when it changes; `height` is in pixels, and without it the chart is as
        high as `assets/frame.css` says. `stream` is a run's event stream that brings further points
        (`lib.ui.widgets.live`).
        """
        whole = self.sent.get("drawing") != drawing
        before: Mapping[str, int] = {} if whole else self.sent["before"]
        points = [
            {"from": before.get(name, 0), "x": line.x[before.get(name, 0) :], "y": line.y[before.get(name, 0) :]}
            for name, line in lines.items()
        ]
        message: dict[str, Any] = {
            "code": asset_url("live_chart.js"),
            "plotly": asset_url("plotly.js"),
            "run": drawing,
            "points": points,
            "alt": alt,
            "news": news,
            "height": height,
            "stream": stream_data(stream),
        }
        if whole:
            message["spec"] = enlarged(spec())
        _component(key=self.key, data=message, on_need_full_change=self.forget, height=height or "content")
        # A message repeats the points of the one before, so a dropped message loses nothing.
        counts = {name: len(line.x) for name, line in lines.items()}
        self.sent.update(drawing=drawing, before=counts if whole else self.sent["now"], now=counts)
