"""Reading along while the pen moves, for the models and the chart of the Draw page."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st

from lib.ui.draw.reading.breaking import portables
from lib.ui.draw.reading.models import Model
from lib.ui.draw.reading.reading import Reading
from lib.ui.draw.reading.views import WHICH
from lib.ui.shell.language import _
from lib.ui.widgets.pen import follow_pen


def read_along(models: Sequence[Model], reading: Reading | None, steps: Collection[str], row: bool) -> None:
    """Lets the browser read the canvas with the same models, into the same bars as the server's answer."""
    follow_pen(
        "draw_pen",
        list(portables(models).values()),
        [_(name) for name in models[0].classes],
        drawn=reading is not None,
        steps=sorted(steps),
        row=row,
        place=st.session_state.get(WHICH, 0),
    )
