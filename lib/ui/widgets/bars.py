"""A few networks' probabilities as bars, which the browser can draw anew at every move of a pen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from lib.core.inference.litert import Floats
from lib.ui.shell.web_server import asset_url
from lib.ui.widgets.live_plot import LOADER

MOST = 4
"""Networks side by side: as many colours and patterns as `assets/frame.css` has."""

_component = st.components.v2.component("probability_bars", js=LOADER, isolate_styles=False)


def probability_bars(key: str, classes: Sequence[str], named: Mapping[str, Floats], alt: str, news: str = "") -> None:
    """Each of the `named` networks' probabilities (10,) of the `classes`, the first class at the top.

    The chart is as high as `assets/frame.css` says. `alt` is the text alternative, `news` the text that screen readers
    announce when it changes.
    """
    models = [
        {"name": name, "probabilities": [round(float(p), 5) for p in probabilities]}
        for name, probabilities in list(named.items())[:MOST]
    ]
    data = {"code": asset_url("bars.js"), "classes": list(classes), "models": models, "alt": alt, "news": news}
    _component(key=key, data=data, height="content")
