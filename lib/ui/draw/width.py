"""The width of the canvas for a row of digits: that of its column, which only the browser knows."""

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
export default function ({ parentElement, setStateValue }) {
  if (known.has(parentElement)) return;
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
  return () => { clearTimeout(timer); watcher.disconnect(); known.delete(parentElement); };
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
