"""Small pictures as SVG, drawn by the server in the page's own colours, light or dark."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

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
