"""Drawings that a lesson's function has written in the language of Mermaid."""

from __future__ import annotations

import streamlit as st

from lib.core.tour.outputs import Outputs
from lib.ui.shell.language import _


def show_drawn(name: str, outputs: Outputs) -> None:
    """The drawing that the function `name` printed, perhaps after other lines; nothing if an error came before it."""
    _before, begins, rest = outputs.text(name).partition("flowchart")
    if not begins:
        return
    text = begins + rest
    boxes, arrows = (sum(sign in line for line in text.splitlines()) for sign in ('["', " -->"))
    said = _("A drawing of {boxes} boxes and {arrows} arrows between them; the text above names them all.")
    st.mermaid_chart(text, alt=said.format(boxes=boxes, arrows=arrows))
