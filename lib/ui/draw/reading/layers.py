"""The output of each layer of a network for a drawing."""

from __future__ import annotations

from typing import Any

import streamlit as st

from lib.core.data.dataset import Bytes
from lib.core.inference import explanations
from lib.core.inference.litert import Floats
from lib.ui.draw.reading.reading import Answer
from lib.ui.shell.language import _
from lib.ui.widgets.picture import png
from lib.ui.widgets.plot import steady_chart
from lib.ui.widgets.text import bold
from lib.ui.widgets.theme import CLEAR


def show_layers(answer: Answer, image: Bytes, place: int) -> None:
    """Each layer's output: feature maps as one picture, dense units as bars."""
    assert answer.prediction is not None
    st.caption(
        _("Black is the lowest number of a layer, white its highest. The last layer is the probabilities above.")
    )
    for name, values in list(answer.prediction.layers.items())[:-1]:
        layer = values[place]
        if layer.ndim == 3:
            said = _("{layer}: {count} maps of {height} × {width}").format(
                layer=name, count=layer.shape[2], height=layer.shape[0], width=layer.shape[1]
            )
            st.markdown(bold(said))
            grid = explanations.feature_grid(layer)
            factor = max(1, 800 // grid.shape[1])
            st.image(png(grid.repeat(factor, 0).repeat(factor, 1)), alt=said)
        elif name != "flatten":
            said = _("{layer}: {count} units, {active} of them above 0").format(
                layer=name, count=len(layer), active=int((layer > 0).sum())
            )
            st.markdown(bold(said))
            steady_chart(f"draw_layer_{name}", unit_bars(layer), said, f"{answer.model.code}/{name}")


def unit_bars(layer: Floats) -> dict[str, Any]:
    """The outputs of a dense layer (n,) as bars."""
    bars = {
        "type": "bar",
        "x": list(range(1, len(layer) + 1)),
        "y": [round(float(value), 4) for value in layer],
        "marker": {"color": "#2E86DE", "line": {"width": 0}},
        "hovertemplate": "%{x}: %{y:.3f}<extra></extra>",
    }
    layout = {
        **CLEAR,
        "height": 180,
        "bargap": 0,
        "margin": {"l": 40, "r": 8, "t": 8, "b": 40},
        "xaxis": {"title": {"text": _("unit")}, "showgrid": False},
        "yaxis": {"zeroline": True, "nticks": 4},
    }
    return {"traces": [bars], "layout": layout}
