"""The canvas, and buttons for it that a finger can hit.

The canvas lives in the browser and sends the whole drawing 200 ms after a stroke. Its messages are not trusted: a
drawing that cannot be read counts as empty.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from lib.core.data.dataset import Bytes
from lib.core.data.uploads import read_picture
from lib.core.drawing.render import SIDE, WIDTH
from lib.core.errors import Refusal
from lib.ui.draw.width import WIDEST, room_for_canvas
from lib.ui.shell.language import _

KEY = "canvas"
SESSION = BEGIN, OBJECTS, STALE, NOW, WIDE = "draw_begin", "draw_objects", "draw_stale", "draw_now", "draw_wide"
"""Session-state keys: the drawing last sent to the canvas, its strokes, the picture made obsolete by it, the picture
last received, and the canvas' width."""
THINNEST, THICKEST = 6, 40
"""Widths of the pen in pixels of the canvas."""
PEN = 120
"""Pixels of the field for it: on a phone it stands beside the buttons, so that the answer is on the first screen."""
MANY = 1_000
"""At most this many strokes are put back: nobody draws as many."""
MISFITS = (AttributeError, IndexError, KeyError, TypeError, ValueError)
"""Errors of the canvas' own Python side and of Pillow on a message that no canvas wrote."""

_numbers = itertools.count(1)


def show_canvas(row: bool) -> Bytes | None:
    """The canvas, as wide as its column for a `row` of digits, square for one.

    Returns the picture, uint8 (h, w); None if it is empty.
    """
    # Imported here: it registers a component, which needs a running server.
    from streamlit_drawable_canvas import st_canvas

    if KEY not in st.session_state:
        for name in SESSION:
            st.session_state.pop(name, None)
    wide = room_for_canvas() if row else SIDE
    fit_in(wide)
    data, objects = b"", []
    try:
        result = st_canvas(
            key=KEY,
            width=wide,
            height=SIDE,
            stroke_width=st.session_state.get("draw_width", WIDTH),
            stroke_color="#000000",
            # White paper, on a dark page too: the picture has dark ink on it, as from a pen.
            background_color="#FFFFFF",
            initial_drawing=st.session_state.get(BEGIN),
            return_image_data=True,
        )
        data = result.image_bytes or b""
        objects = strokes_in(result.json_data)
    except MISFITS:
        data = b""
    if waits := st.session_state.get(STALE) == data:
        objects = st.session_state[OBJECTS]
    st.session_state.update({NOW: data, OBJECTS: objects, STALE: data if waits else None})
    return picture_in(data) if objects or not waits else None


def picture_in(data: bytes) -> Bytes | None:
    """The picture from the canvas, uint8 (h, w); None if it cannot be one."""
    if not data:
        return None
    try:
        picture = read_picture(data, most_pixels=WIDEST * SIDE)
    except Refusal:
        return None
    # Opaque black on white: one colour channel is enough.
    return np.ascontiguousarray(picture[..., 0]) if picture.ndim == 3 else picture


def strokes_in(drawing: Any) -> list[dict[str, Any]]:
    """The strokes in a message of the canvas; none if the message is malformed."""
    objects = drawing.get("objects") if isinstance(drawing, Mapping) else None
    if not isinstance(objects, list) or len(objects) > MANY or not all(isinstance(one, Mapping) for one in objects):
        return []
    return [dict(one) for one in objects]


def show_buttons() -> None:
    """Undo, Clear and the width of the pen, below the canvas."""
    drawn = bool(st.session_state.get(OBJECTS))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(_("Undo"), key="draw_undo", icon=":material/undo:", disabled=not drawn, on_click=undo)
        st.button(_("Clear"), key="draw_clear", icon=":material/delete:", disabled=not drawn, on_click=clear)
        st.slider(
            _("Width of the pen"), THINNEST, THICKEST, WIDTH, key="draw_width", width=PEN, persist_state="session"
        )


def fit_in(wide: int) -> None:
    """Shrinks the drawing when the canvas becomes narrower, so that nothing is lost."""
    before = st.session_state.get(WIDE, wide)
    st.session_state[WIDE] = wide
    if wide < before and (objects := st.session_state.get(OBJECTS)):
        begin([shrunk(one, wide / before) for one in objects])


def shrunk(stroke: dict[str, Any], factor: float) -> dict[str, Any]:
    """A stroke in Fabric's format, scaled by `factor` from the upper left corner."""
    scales: dict[str, Any] = {"scaleX": 1, "scaleY": 1, **stroke}
    places = {name: scales.get(name) for name in ("left", "top", "scaleX", "scaleY")}
    return stroke | {name: value * factor for name, value in places.items() if isinstance(value, int | float)}


def undo() -> None:
    """Removes the last stroke."""
    begin(st.session_state.get(OBJECTS, [])[:-1])


def clear() -> None:
    """Empties the canvas."""
    begin([])


def begin(objects: list[dict[str, Any]]) -> None:
    """Shows these strokes on the canvas; its last picture is ignored until it answers.

    The canvas only redraws for a message that differs from the last one, hence the number.
    """
    message = {"objects": objects, "number": next(_numbers)}
    st.session_state.update({BEGIN: message, OBJECTS: objects, STALE: st.session_state.get(NOW)})
