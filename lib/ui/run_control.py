"""Which run this visitor looks at, and the buttons that start and stop it."""

from __future__ import annotations

import time

import streamlit as st

from lib.core.config import SettingError, TrainConfig
from lib.runs.run import Run, UnknownRun
from lib.ui import controls
from lib.ui.language import _
from lib.ui.server import engine, store

LINK = "run"
STOP_SECONDS = 0.4
"""How long a visitor who pressed Stop is kept waiting at most; a run that takes longer is followed as before."""


def shown_run() -> Run | None:
    """The run that the link names, else the one this visitor looked at before; says so where there is none such."""
    run_id = st.query_params.get(LINK) or st.session_state.get(LINK)
    if run_id is None:
        return None
    try:
        run = store().run(run_id)
    except UnknownRun:
        st.warning(_("There is no run “{run}” here; perhaps the link was cut short.").format(run=run_id))
        st.session_state.pop(LINK, None)
        return None
    show(run.id)
    return run


def show(run_id: str) -> None:
    """Makes this the run that the visitor looks at: on this page, when they come back to it, and in the link."""
    st.session_state[LINK] = run_id
    st.query_params[LINK] = run_id


def run_buttons(config: TrainConfig | None, run: Run | None) -> None:
    """Start and Stop. Start needs settings that are all right; Stop needs a run that is going on."""
    going_on = run is not None and run.is_open
    with st.container(horizontal=True):
        st.button(
            _("Start"),
            key="train_start",
            type="primary",
            icon=":material/play_arrow:",
            disabled=config is None or going_on,
            on_click=start,
        )
        st.button(
            _("Stop"),
            key="train_stop",
            icon=":material/stop:",
            disabled=not going_on,
            on_click=stop,
            args=(run.id if run else "",),
        )


def start() -> None:
    """Asks for a run with the settings as they are at the click; it is the one shown from now on.

    A number may be typed and Start pressed in one go, so what the page was drawn with can be old, or wrong by now:
    then nothing starts and the page says why.
    """
    try:
        config = controls.chosen()
    except SettingError:
        return
    run = store().create_run(config)
    engine().submit(run.id)
    show(run.id)


def stop(run_id: str) -> None:
    """Asks the run to stop, and waits a moment for it, so that the page drawn next already shows it stopped."""
    store().set_wish(run_id, "stop")
    deadline = time.monotonic() + STOP_SECONDS
    while store().run(run_id).is_open and time.monotonic() < deadline:
        time.sleep(0.02)
