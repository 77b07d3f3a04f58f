"""Parts of a page that listen to a run's event stream: a line of words with its bar, and what has the page made anew.

While the stream is alive the browser draws from it by itself, and no script runs (`assets/live_stream.js`).
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from lib.ui.shell.language import _
from lib.ui.shell.web_server import asset_url
from lib.ui.widgets.live_plot import LOADER, Stream, stream_data

_line = st.components.v2.component("live_line", js=LOADER, isolate_styles=False)
_follow = st.components.v2.component("live_follow", js=LOADER, isolate_styles=False)


def live_line(key: str, line: str, share: float | None, stream: Stream | None) -> None:
    """A line of words, the parts between backticks as code, over a bar filled by `share`; no bar if None."""
    data = {
        "code": asset_url("live_line.js"),
        "stream": stream_data(stream),
        "bar": _("Steps done"),
        "share": share,
        "line": line,
    }
    _line(key=key, data=data, height="content")


def remake(key: str, stream: Stream, drawn: Mapping[str, str | int], own: bool, poll_seconds: float) -> None:
    """Reruns the fragment around it once the stream's state differs from what it was `drawn` with.

    While the stream is cut, it reruns every `poll_seconds`. The page of who controls the run, their `own`, waits for
    nobody; those of many viewers are made one after the other. It shows nothing.
    """
    data = {
        "code": asset_url("live_follow.js"),
        "stream": stream_data(stream),
        "drawn": dict(drawn),
        "own": own,
        "poll": round(1000 * poll_seconds),
    }
    _follow(key=f"follow_{key}", data=data, on_again_change=lambda: None, height=1)  # laid out by `assets/frame.css`
