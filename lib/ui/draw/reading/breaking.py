"""A network that is broken on purpose: its answer changes at once, in the visitor's browser.

`assets/breaking.js` has the controls, `assets/break_network.js` the arithmetic. The server's answer stays that of the
whole network; the bars belong to the broken one until it is mended, and say so.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence

import streamlit as st

from lib.core.inference.portable import Portable
from lib.ui.draw.reading.models import Model
from lib.ui.draw.reading.reading import Reading
from lib.ui.shell.language import _
from lib.ui.shell.web_server import asset_url, offer_weights
from lib.ui.widgets.live_plot import LOADER
from lib.ui.widgets.pen import CHART

_component = st.components.v2.component("breaking", js=LOADER, isolate_styles=False)


def portables(models: Sequence[Model]) -> dict[str, Portable]:
    """The networks of the chart for the browser, by name; none if one of them cannot run there."""
    alike = [model for model in models if model.classes == models[0].classes]
    found = {model.name(): one for model in alike if (one := model.portable())}
    return found if len(found) == len(alike) else {}


def show_breaking(models: Sequence[Model], reading: Reading | None, place: int) -> None:
    """The controls that break one of `models`; without them where none runs in the browser."""
    networks = portables(models)
    if not networks:
        return
    image = base64.b64encode(reading.digits[place].image.tobytes()).decode() if reading else None
    with st.expander(_("Break the network on purpose"), icon=":material/heart_broken:", key="draw_break"):
        message = {
            "code": asset_url("breaking.js"),
            "chart": CHART,
            "networks": [
                {"name": name, "url": offer_weights(one.sha256, one.weights), "layers": one.layers}
                for name, one in networks.items()
            ],
            "classes": [_(name) for name in models[0].classes],
            "image": image,
            "words": said(),
        }
        _component(key="draw_breaking", data=message, height="content")


def said() -> Mapping[str, object]:
    """The controls' texts."""
    return {
        "network": _("Network"),
        "silence": _("A layer that gives 0"),
        "nothing": _("no layer"),
        "conv": _("{name}: {n} filters"),
        "dense": _("{name}: {n} units"),
        "filter": _("Only one filter or unit of it"),
        "whole_layer": _("the whole layer"),
        "one_of": _("number {k} of {n}"),
        "noise": _("Noise on the weights"),
        "another": _("Other noise"),
        "biases": _("Without biases"),
        "mend": _("Mend"),
        "banner": _("Broken on purpose: {what}"),
        "compare": _("Broken it says {best} with {sure}, whole {before} with {was}."),
        "parts": {
            "layer": _("{name} gives 0"),
            "filter": _("number {k} of {name} gives 0"),
            "noise": _("noise of {noise} %"),
            "biases": _("no biases"),
        },
    }
