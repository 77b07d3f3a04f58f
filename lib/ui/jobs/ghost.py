"""A run whose curves lie in grey behind those of whichever run Train shows: one chooses it on the Runs page."""

from __future__ import annotations

import streamlit as st

from lib.runs.model.run import UnknownRun
from lib.runs.model.view import RunView
from lib.ui.jobs.run_feed import run_feed
from lib.ui.shell.language import _
from lib.ui.shell.plain import as_text

GHOST = "ghost"
"""Session-state key: the id of that run."""
LOOK_SECONDS = 60.0
"""The chart in front of it is polled more often than the store is asked for the ghost."""


def ghost_behind(run_id: str) -> RunView | None:
    """The ghost's curves; None if none is chosen, if it is the run itself, or if it is gone."""
    ghost = st.session_state.get(GHOST)
    if not ghost or ghost == run_id:
        return None
    try:
        return run_feed(ghost).look(within=LOOK_SECONDS)
    except UnknownRun:
        forget_ghost()
        return None


def choose_ghost(run_id: str) -> None:
    """Makes this run the ghost."""
    st.session_state[GHOST] = run_id


def forget_ghost() -> None:
    """From now on there is no ghost."""
    st.session_state.pop(GHOST, None)


def say_ghost(seen: RunView | None) -> None:
    """Which run lies behind the curves, with a press that takes it away."""
    if seen is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="ghost"):
        said = _("Grey, behind the curves: {name}.").format(name=seen.run.called)
        st.caption(as_text(said), width="content")
        st.button(_("Take it away"), key="ghost_away", on_click=forget_ghost, type="tertiary")
