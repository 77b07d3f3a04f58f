"""The network in the visitor's browser: it gets the weights and computes; beside it stands what Python says."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import streamlit as st

from lib.core.tour.outputs import Floats, Outputs
from lib.ui.shell.language import _

FUNCTION = "weights_for_a_browser"

_component = st.components.v2.component(
    "digit_reader",
    css=Path(__file__).with_name("reader.css").read_text(encoding="utf-8"),
    js=Path(__file__).with_name("reader.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def show_reader(outputs: Outputs) -> None:
    """Pictures to choose, one to draw on, and the probabilities of both sides."""
    arrays = {one.key: packed(one.values) for one in outputs.numbers(FUNCTION)}
    words = {
        "picture": _("picture"),
        "canvas": _("The picture that is read; draw on it"),
        "clear": _("Clear"),
        "digit": _("digit"),
        "browser": _("your browser"),
        "python": "Python",
        "said": _("Your browser reads {digit}, with {share} %."),
        "drawn": _("Python has not seen this one."),
        "apart": _("Largest difference between your browser and Python over all pictures: {apart}"),
    }
    data = {"images": arrays.pop("images"), "probabilities": arrays.pop("probabilities")}
    _component(key="tour_digit_reader", data=data | {"network": arrays, "words": words})


def packed(values: Floats) -> dict[str, Any]:
    """The array for JavaScript: its shape, and its float32 numbers in base64."""
    return {"shape": list(values.shape), "bytes": base64.b64encode(values.astype("<f4").tobytes()).decode()}
