"""What only the browser knows of the canvas and can do to it: its column's width, and its bar taken away.

The bar shows under a pointer, speaks English alone, and its pencil means that strokes are moved: who pressed it could
no longer draw, without a word. Undo and Clear stand below the canvas, for a finger too.
"""

from __future__ import annotations

import streamlit as st

from lib.core.drawing.render import SIDE

WIDEST = 1120
"""Most pixels: four digits' squares. The browser's message is not trusted."""

ROOM = "draw_room_width"

_component = st.components.v2.component(
    "room_for_canvas",
    js="""
const known = new WeakSet();
const bare = new CSSStyleSheet();
bare.replaceSync(".dc-toolbar { display: none !important }");
// The canvas lives in a shadow root of its own, which comes after its place.
const withoutBar = () => {
  const places = document.querySelectorAll(".st-key-canvas *");
  const root = [...places].map((place) => place.shadowRoot).find(Boolean);
  if (root && !root.adoptedStyleSheets.includes(bare)) root.adoptedStyleSheets.push(bare);
  return Boolean(root);
};
export default function ({ parentElement, setStateValue }) {
  let frame;
  const look = () => { if (!withoutBar()) frame = requestAnimationFrame(look); };
  look();
  if (known.has(parentElement)) return () => cancelAnimationFrame(frame);
  known.add(parentElement);
  let said = 0, timer;
  const say = () => {
    // In steps: what is drawn is not made smaller for a few pixels.
    const width = Math.floor(parentElement.clientWidth / 10) * 10;
    if (width > 0 && width !== said) setStateValue("width", said = width);
  };
  const watcher = new ResizeObserver(() => { clearTimeout(timer); timer = setTimeout(say, 200); });
  say();
  watcher.observe(parentElement);
  return () => { cancelAnimationFrame(frame); clearTimeout(timer); watcher.disconnect(); known.delete(parentElement); };
}
""",
    isolate_styles=False,
)


def room_for_canvas() -> int:
    """The column's width in pixels: SIDE until the browser has sent it, then the last value received."""
    told = getattr(_component(key="draw_room", on_width_change=lambda: None, height=1), "width", None)
    if type(told) is int:
        st.session_state[ROOM] = min(max(told, SIDE), WIDEST)
    return int(st.session_state.get(ROOM, SIDE))
