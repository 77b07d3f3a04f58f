"""A page that begins further up, so that its result is visible on a 1280 × 800 screen."""

from __future__ import annotations

import streamlit as st

CLOSER = "<style>.stMainBlockContainer { padding-top: 3rem }</style>"


def move_up() -> None:
    """Takes the page closer to the top. The style is put into the sidebar: it would take room on the page itself."""
    st.sidebar.html(CLOSER)
