"""The projector mode of every page: large type and charts, one thing below another, arrow keys from part to part.

`?projector=1` opens it, and so does a press beside the language; it stays while one walks between the pages, until
another press or Escape.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from lib.ui.shell.language import KEY as LANGUAGE
from lib.ui.shell.language import _
from lib.ui.shell.room import HIDDEN, LOCKED

KEY = "projector"
OF_THE_FRAME = frozenset({LANGUAGE, KEY, LOCKED, HIDDEN})
"""Parameters of a link that mean the same on every page."""
CODE = Path(__file__).parents[1] / "assets" / "projector.js"

_keys = st.components.v2.component("projector_keys", js=CODE.read_text(encoding="utf-8"), isolate_styles=False)


def is_projected() -> bool:
    """Whether the visitor's pages are meant for a projector: by the link, or by their press."""
    if KEY not in st.session_state:
        st.session_state[KEY] = st.query_params.get(KEY, "0") != "0"
    return bool(st.session_state[KEY])


def switch_projector() -> None:
    """Turns the mode on or off."""
    st.session_state[KEY] = not is_projected()


def offer_projector() -> None:
    """The switch; while the mode is on, its keys as well, by which `assets/frame.css` knows it."""
    on = is_projected()
    st.button(
        _("End · Esc") if on else _("Projector"),
        key="projector_switch",
        icon=":material/present_to_all:",
        type="primary" if on else "secondary",
        on_click=switch_projector,
    )
    if on:
        st.query_params[KEY] = "1"
        _keys(key="projector_keys", height=1)
    else:
        st.query_params.pop(KEY, None)
