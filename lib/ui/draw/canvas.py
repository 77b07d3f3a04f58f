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
from lib.core.drawing.pen import PenStroke
from lib.core.drawing.render import SIDE, WIDTH
from lib.core.errors import Refusal
from lib.ui.draw.fabric import pen_strokes
from lib.ui.draw.strokes import Change, inside
from lib.ui.draw.width import WIDEST, room_for_canvas
from lib.ui.shell.language import _

KEY = "canvas"
BEGIN, OBJECTS, STALE, NOW = "draw_begin", "draw_objects", "draw_stale", "draw_now"
"""Session-state keys: the drawing last sent to the canvas, its strokes, the picture made obsolete by it, and the
picture last received. They outlive the canvas, which loses all when its page or way is left."""
HOME, FACTOR = "draw_home", "draw_factor"
"""Session-state keys: the width of the canvas in which the drawing has its full size, and its present share of that."""
CANVAS_WIDTH, NO_ROOM = "draw_canvas_width", "draw_no_room"
"""Session-state keys: the canvas' width in pixels, and whether the last change was left out for lack of room."""
THINNEST, THICKEST = 6, 40
"""Widths of the pen in pixels of the canvas."""
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

    if KEY not in st.session_state and (left := st.session_state.get(OBJECTS)):
        begin(left)
    room = room_for_canvas()
    wide = room if row else SIDE
    st.session_state[CANVAS_WIDTH] = wide
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
        objects = strokes_in(result.json_data)
        # A canvas that has just been given a drawing has not sent its picture yet: it is the last one.
        data = result.image_bytes or (st.session_state.get(NOW, b"") if objects else b"")
    except MISFITS:
        data = b""
    if waits := st.session_state.get(STALE) == data:
        objects = st.session_state[OBJECTS]
    note_size(objects, wide)
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


def strokes_drawn() -> list[PenStroke]:
    """The pen's strokes on the canvas."""
    return pen_strokes(st.session_state.get(OBJECTS) or [])


def show_buttons() -> None:
    """Undo and Clear, below the canvas."""
    drawn = bool(st.session_state.get(OBJECTS))
    st.button(_("Undo"), key="draw_undo", icon=":material/undo:", disabled=not drawn, on_click=undo)
    st.button(_("Clear"), key="draw_clear", icon=":material/delete:", disabled=not drawn, on_click=clear)


def choose_pen() -> None:
    """The width of the pen."""
    st.slider(_("Width of the pen"), THINNEST, THICKEST, WIDTH, key="draw_width", persist_state="session")


def fit_in(wide: int) -> None:
    """Shrinks the drawing in a canvas that is too narrow, so that nothing is lost; where there is room again, it has
    its size again.
    """
    before, now = st.session_state.get(FACTOR, 1.0), min(1.0, wide / st.session_state.get(HOME, wide))
    st.session_state[FACTOR] = now
    if now != before and (objects := st.session_state.get(OBJECTS)):
        begin([scaled(one, now / before) for one in objects])


def note_size(objects: list[dict[str, Any]], wide: int) -> None:
    """Remembers how wide a canvas these strokes need: as wide as the one in which the last of them was drawn."""
    if not objects:
        st.session_state.update({HOME: wide, FACTOR: 1.0})
    elif len(objects) > len(st.session_state.get(OBJECTS) or []):
        st.session_state[HOME] = max(st.session_state.get(HOME, wide), round(wide / st.session_state[FACTOR]))


def scaled(stroke: dict[str, Any], factor: float) -> dict[str, Any]:
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


def change(how: Change) -> None:
    """Changes all strokes; not if the canvas then could not hold them, since what is beyond its edge is not read."""
    changed = inside(how(st.session_state.get(OBJECTS) or []), (st.session_state.get(CANVAS_WIDTH, SIDE), SIDE))
    st.session_state[NO_ROOM] = changed is None
    if changed is not None:
        begin(changed)


def begin(objects: list[dict[str, Any]]) -> None:
    """Shows these strokes on the canvas; its last picture is ignored until it answers.

    The canvas only redraws for a message that differs from the last one, hence the number.
    """
    message = {"objects": objects, "number": next(_numbers)}
    st.session_state.update({BEGIN: message, OBJECTS: objects, STALE: st.session_state.get(NOW)})
