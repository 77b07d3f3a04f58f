"""The notes' picture of the architecture, drawn anew: every box is a link, to a block of this lesson or to another one.

Here is what the boxes say and open; `map.js` draws them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from lib.core.i18n import mark
from lib.core.tour.lesson import BLOCK, Value
from lib.ui.shell.language import KEY as LANGUAGE
from lib.ui.shell.language import _, language
from lib.ui.tour.course import go_to
from lib.ui.tour.values import form_of

CODE, KEY = "ecosystem", "tour_ecosystem_map"


@dataclass(frozen=True, slots=True)
class Box:
    """A box that opens the `block` of this lesson or, without one, the `lesson`."""

    title: str
    about: str
    block: str = ""
    lesson: str = CODE

    def address(self) -> str:
        """The address of what it opens, below the page's."""
        block = {BLOCK: self.block} if self.block else {}
        return "?" + urlencode({"lesson": self.lesson} | block | {LANGUAGE: language()})


BOXES: Mapping[str, Box] = {
    "data": Box("tf.data", mark("reads and prepares"), lesson="data"),
    "keras": Box("tf.keras", mark("layers and models"), lesson="keras"),
    "devices": Box("CPU · GPU · TPU", mark("strategies"), lesson="devices"),
    "network": Box(mark("Training"), mark("a small network"), "network"),
    "tensorboard": Box("TensorBoard", mark("event files"), "tensorboard"),
    "saved_model": Box("SavedModel", mark("graph and weights"), "saved_model"),
    "serving": Box("TensorFlow Serving", mark("REST, on servers"), "serving"),
    "litert": Box("LiteRT", mark("phones and boards"), "litert"),
    "browser": Box(mark("Browser"), mark("as with TensorFlow.js"), "browser"),
    "languages": Box(mark("Other languages"), "C, Java, Go, Rust", "languages"),
}

_component = st.components.v2.component(
    "ecosystem_map",
    css=Path(__file__).with_name("map.css").read_text(encoding="utf-8"),
    js=Path(__file__).with_name("map.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def show_diagram(values: Mapping[str, Value]) -> None:
    """The picture; the box of the chosen block is marked."""
    data = {
        "about": _("The architecture: each box opens a lesson or a part of this one"),
        "headings": [_("Data and training"), _("Uses")],
        "boxes": {
            code: {"title": _(box.title), "about": _(box.about), "address": box.address()}
            for code, box in BOXES.items()
        },
        "chosen": values[BLOCK],
    }
    _component(key=KEY, data=data, on_opened_change=open_box)


def open_box() -> None:
    """Opens what the pressed box names; the browser's message is not trusted."""
    box = BOXES.get(str(getattr(st.session_state.get(KEY), "opened", None)))
    if box and box.block:
        st.session_state[form_of(CODE).key(BLOCK)] = box.block
    elif box:
        go_to(box.lesson)
