"""What is alive on the first page: a canvas, a curve and a race, side by side; one below the other on a phone."""

from __future__ import annotations

import streamlit as st

COLUMNS = (0.28, 0.39, 0.33)
"""Shares of the page's width: the canvas has its own 280 pixels, also on a screen of 1280."""


def show_front() -> None:
    """The three parts, the canvas first."""
    # Imported here: the first page of a fresh server shows its title and ways in before this has been read.
    from lib.ui.home.canvas import write_and_read
    from lib.ui.home.curve import show_curve
    from lib.ui.home.race import show_race

    canvas, curve, race = st.columns(COLUMNS, gap="medium")
    with canvas:
        write_and_read()
    with curve:
        show_curve()
    with race:
        show_race()
