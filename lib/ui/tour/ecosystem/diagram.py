"""The notes' picture of the architecture, drawn anew: every box is a link, to a block of this lesson or to another one.

It is drawn twice, for wide and for narrow places; the stylesheet shows the one that fits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
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
HEIGHT = 62
"""Of a box, in units of the drawing."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box that opens the `block` of this lesson or, without one, the `lesson`."""

    title: str
    about: str
    block: str = ""
    lesson: str = CODE

    def link(self) -> str:
        """The address of what it opens, below the page's."""
        return "?" + urlencode({"lesson": self.lesson} | ({BLOCK: self.block} if self.block else {}))


BOXES: Mapping[str, Box] = {
    "data": Box("tf.data", mark("reads and prepares"), lesson="data"),
    "keras": Box("tf.keras", mark("layers and models"), lesson="models"),
    "devices": Box("CPU · GPU · TPU", mark("strategies"), lesson="devices"),
    "network": Box(mark("Training"), mark("a small network"), "network"),
    "tensorboard": Box("TensorBoard", mark("event files"), "tensorboard"),
    "saved_model": Box("SavedModel", mark("graph and weights"), "saved_model"),
    "serving": Box("TensorFlow Serving", mark("REST, on servers"), "serving"),
    "litert": Box("LiteRT", mark("phones and boards"), "litert"),
    "browser": Box(mark("Browser"), mark("as with TensorFlow.js"), "browser"),
    "languages": Box(mark("Other languages"), "C, Java, Go, Rust", "languages"),
}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything lies: the drawing's size, the width of a box, the places of boxes, headings and lines."""

    size: tuple[int, int]
    width: int
    places: Mapping[str, tuple[int, int]]
    headings: Mapping[str, tuple[int, int]]
    lines: tuple[tuple[int, ...], ...]


TRAINING, DEPLOYMENT = mark("Data and training"), mark("Uses")
WIDE = Layout(
    size=(960, 352),
    width=186,
    places={
        "data": (4, 64),
        "keras": (4, 158),
        "devices": (4, 252),
        "network": (246, 158),
        "tensorboard": (246, 252),
        "saved_model": (488, 158),
        "serving": (770, 32),
        "litert": (770, 112),
        "browser": (770, 192),
        "languages": (770, 272),
    },
    headings={TRAINING: (4, 22), DEPLOYMENT: (770, 22)},
    lines=(
        (190, 95, 216, 95, 216, 176, 240, 176),
        (190, 189, 240, 189),
        (190, 283, 216, 283, 216, 202, 240, 202),
        (339, 220, 339, 246),
        (432, 189, 482, 189),
        (674, 189, 720, 189, 720, 63, 764, 63),
        (720, 143, 764, 143),
        (720, 189, 720, 223, 764, 223),
        (720, 223, 720, 303, 764, 303),
    ),
)
NARROW = Layout(
    size=(350, 480),
    width=164,
    places={
        "data": (3, 30),
        "keras": (183, 30),
        "network": (3, 120),
        "devices": (183, 120),
        "tensorboard": (183, 210),
        "saved_model": (3, 210),
        "serving": (3, 334),
        "litert": (183, 334),
        "browser": (3, 414),
        "languages": (183, 414),
    },
    headings={TRAINING: (3, 20), DEPLOYMENT: (3, 324)},
    lines=(
        (85, 92, 85, 114),
        (265, 92, 265, 106, 110, 106, 110, 114),
        (183, 151, 173, 151),
        (140, 182, 140, 196, 265, 196, 265, 204),
        (85, 182, 85, 204),
        (85, 272, 85, 300, 175, 300, 175, 365),
        (175, 365, 173, 365),
        (175, 365, 178, 365),
        (175, 365, 175, 445, 173, 445),
        (175, 445, 178, 445),
    ),
)

_component = st.components.v2.component(
    "ecosystem_map",
    css=Path(__file__).with_name("map.css").read_text(encoding="utf-8"),
    js=Path(__file__).with_name("map.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def show_diagram(values: Mapping[str, Value]) -> None:
    """The picture; the box of the chosen block is marked."""
    block = str(values[BLOCK])
    drawings = [drawing(layout, name, block) for name, layout in (("wide", WIDE), ("narrow", NARROW))]
    _component(key=KEY, data={"drawings": "".join(drawings)}, on_opened_change=open_box)


def open_box() -> None:
    """Opens what the pressed box names; the browser's message is not trusted."""
    box = BOXES.get(str(getattr(st.session_state.get(KEY), "opened", None)))
    if box and box.block:
        st.session_state[form_of(CODE).key(BLOCK)] = box.block
    elif box:
        go_to(box.lesson)


def drawing(layout: Layout, name: str, chosen: str) -> str:
    """The picture as SVG, with the class `name`."""
    width, height = layout.size
    headings = "".join(
        f'<text class="heading" x="{x}" y="{y}">{escape(_(text))}</text>' for text, (x, y) in layout.headings.items()
    )
    lines = "".join(f'<polyline points="{" ".join(map(str, line))}" />' for line in layout.lines)
    boxes = "".join(link(code, layout, chosen) for code in layout.places)
    about = escape(_("The architecture: each box opens a lesson or a part of this one"))
    return (
        f'<svg class="{name}" viewBox="0 0 {width} {height}" role="group" aria-label="{about}">'
        f'<defs><marker id="ecosystem-{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        f'orient="auto"><path d="M0 0L8 4L0 8z" /></marker></defs>'
        f'<g class="lines" marker-end="url(#ecosystem-{name})">{lines}</g>{headings}{boxes}</svg>'
    )


def link(code: str, layout: Layout, chosen: str) -> str:
    """One box as a link with its two lines of text."""
    box, (x, y) = BOXES[code], layout.places[code]
    current = ' aria-current="true"' if box.block == chosen else ""
    address = escape(f"{box.link()}&{urlencode({LANGUAGE: language()})}")
    middle = x + layout.width / 2
    return (
        f'<a href="{address}" data-opens="{code}"{current}>'
        f'<rect x="{x}" y="{y}" width="{layout.width}" height="{HEIGHT}" rx="9" />'
        f'<text class="title" x="{middle:g}" y="{y + 27}">{escape(_(box.title))}</text>'
        f'<text x="{middle:g}" y="{y + 47}">{escape(_(box.about))}</text></a>'
    )
