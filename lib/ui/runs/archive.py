"""A run's archive to take away: made and read back at a press, then offered with what was found."""

from __future__ import annotations

import time
from dataclasses import dataclass

import streamlit as st

from lib.core.errors import Refusal, WeightsError
from lib.core.exports.archive import LARGEST, weights_fit, write_archive
from lib.core.exports.archive_reading import read_archive
from lib.runs.model.run import Run
from lib.ui.jobs.actions import NOT_DONE, press
from lib.ui.shell.language import _
from lib.ui.shell.services import store

MADE = "archive_made"
"""Session-state key: the last archive that was made."""


@dataclass(frozen=True, slots=True)
class Made:
    """An archive of the run after `step`: its size in bytes, and how long it took to make it and to read it back."""

    run_id: str
    step: int
    size: int
    seconds: float
    has_weights: bool


def offer_archive(run: Run) -> None:
    """A button that makes the run's archive; once it is made, its download and what is in it."""
    with st.container(horizontal=True, vertical_alignment="center", key="runs_archive"):
        if not weights_fit(run.config):
            said = _("There is no archive of this run: with its weights it would take more than {most} MB.")
            st.caption(said.format(most=LARGEST // 2**20))
            return
        st.button(
            _("Archive of everything"), key="export_archive", icon=":material/archive:", on_click=press,
            args=(make, run.id),
        )  # fmt: skip
        made: Made | None = st.session_state.get(MADE)
        if made and (made.run_id, made.step) == (run.id, run.step):
            offer_made(made)


def offer_made(made: Made) -> None:
    """The download, and what its check has found."""
    st.download_button(
        _("Download the archive (.zip)"),
        lambda: archive(made.run_id),
        file_name=f"tf2lab-run-{made.run_id}.zip",
        mime="application/zip",
        key="download_archive",
        icon=":material/download:",
        on_click="ignore",
    )
    said = _("Read back, and the same to the last bit: {megabytes} MB, {milliseconds} ms.")
    if not made.has_weights:
        said += " " + _("The weights of this run are not kept any more: it holds everything else.")
    st.caption(said.format(megabytes=f"{made.size / 2**20:.2f}", milliseconds=f"{1000 * made.seconds:,.0f}"))


def make(run_id: str) -> None:
    """Makes the archive and reads it back; if one of them fails, the next rerun says why."""
    began = time.perf_counter()
    try:
        data = archive(run_id)
        back = read_archive(data, f"{run_id}.zip")
    except (Refusal, WeightsError) as error:
        st.session_state[NOT_DONE] = error.sentence(_)
        return
    if write_archive(back) != data:
        st.session_state[NOT_DONE] = _("The archive is not the same when it is read back. Please press again.")
        return
    seconds = time.perf_counter() - began
    st.session_state[MADE] = Made(run_id, store().run(run_id).step, len(data), seconds, back.weights is not None)


def archive(run_id: str) -> bytes:
    """The archive of the run as it is now. Raises ArchiveError or WeightsError."""
    return write_archive(store().archive(run_id))
