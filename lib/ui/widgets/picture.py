"""Small pictures: as SVG, drawn by the server in the page's own colours, light or dark; and pixels as PNG."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from html import escape

import streamlit as st
from PIL import Image

from lib.core.data.dataset import Bytes

# `st.html` takes no SVG, and a picture in an <img> has not the page's colours.
_component = st.components.v2.component(
    "picture",
    js="""
export default function ({ data, parentElement }) {
  const node = parentElement.querySelector(".picture") ?? parentElement.appendChild(document.createElement("div"));
  node.className = "picture";
  if (node.shown !== data.svg) node.innerHTML = node.shown = data.svg;  // the same again would begin to move again
}
""",
    isolate_styles=False,
)


def show_picture(key: str, svg: str) -> None:
    """A picture as wide as its place; `assets/frame.css` has its height."""
    _component(key=key, data={"svg": svg}, height="content")


def picture(said: str, parts: Sequence[str], wide: float, high: float) -> str:
    """An SVG of these parts in a box of `wide` × `high` units, with its text alternative."""
    inside = "".join(parts)
    return f'<svg viewBox="0 0 {wide:g} {high:g}" role="img" aria-label="{escape(said)}">{inside}</svg>'


def text(x: float, y: float, words: str, anchor: str = "start", bold: bool = False) -> str:
    """A line of letters in the page's colour."""
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{weight} fill="currentColor">{escape(words)}</text>'


def png(image: Bytes) -> str:
    """The pixels, uint8 (h, w) or (h, w, 3), as an address that holds them, for `st.image`.

    Streamlit would keep the picture itself behind an address of its own, which is gone with the page's next run: a
    browser that asks a moment too late gets none.
    """
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
