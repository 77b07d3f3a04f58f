"""The training machine and whether it is ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lib.core.jobs.lanes import Lane
from lib.ui.shell.language import _
from lib.ui.shell.plain import as_text
from lib.ui.shell.services import engine_state

if TYPE_CHECKING:
    from lib.runs.model.state import Phase

ENGINE_POLL_SECONDS = 1.0
"""Seconds between polls while TensorFlow is still loading."""


def show_machine() -> None:
    """The worker's state, polled until it is ready."""
    state = engine_state()
    ready = state is not None and state.takes_work
    st.fragment(_show, run_every=None if ready else ENGINE_POLL_SECONDS)(ready)


def _show(was_ready: bool) -> None:
    state = engine_state()
    phase: Phase = state.phase if state else "starting"
    with st.container(key="machine", border=True):
        st.markdown("##### " + _("The machine that trains"))
        match phase:
            case "ready":
                st.markdown(":green[:material/check_circle:] " + _("Ready: TensorFlow is loaded."))
            case "resting":
                st.markdown(
                    ":blue[:material/bedtime:] "
                    + _(
                        "It rests while nobody needs it, to save memory: the next run wakes it, and TensorFlow is "
                        "loaded in about 10 seconds."
                    )
                )
            case "unreachable":
                st.markdown(":red[:material/error:] " + _("The machine that trains does not answer."))
            case "starting" | "loading":
                st.markdown(
                    ":orange[:material/hourglass_top:] "
                    + _("TensorFlow is being loaded, which takes about 10 seconds. You can go on meanwhile.")
                )
        for worker in state.workers_of(Lane.LONG) if state else ():
            lines = [f"{name} {version}" for name, version in worker.versions.items()]
            lines += worker.devices
            if worker.threads:
                lines.append(_("{count} threads").format(count=worker.threads))
            st.caption(as_text(" · ".join(lines)))
    if state and state.takes_work and not was_ready:
        st.rerun()
