"""Files of a run to take away, made when their button is pressed."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import streamlit as st

from lib.core.exports.steps import steps_table, to_csv, to_parquet
from lib.core.training.config import settings_file
from lib.core.training.events import Evaluated
from lib.runs.model.run import Run
from lib.ui.shell.language import _
from lib.ui.shell.services import store


def offer_files(run: Run) -> None:
    """A row of downloads: all steps as CSV and as Parquet, and the settings."""
    with st.container(horizontal=True, vertical_alignment="center", key="runs_files"):
        st.markdown(_("Take away:"), width="content")
        download(run, _("All steps (CSV)"), "csv", "text/csv", lambda: to_csv(table_of(run.id)))
        download(
            run, _("All steps (Parquet)"), "parquet", "application/vnd.apache.parquet",
            lambda: to_parquet(table_of(run.id)),
        )  # fmt: skip
        download(run, _("Settings (JSON)"), "json", "application/json", lambda: settings_of(run))


def download(run: Run, label: str, kind: str, mime: str, make: Callable[[], bytes]) -> None:
    """One download button; a run without steps has no table yet."""
    st.download_button(
        label,
        make,
        file_name=f"tf2lab-{run.id}.{kind}",
        mime=mime,
        key=f"runs_{kind}",
        icon=":material/download:",
        on_click="ignore",
        disabled=kind != "json" and not run.step,
    )


def table_of(run_id: str) -> pa.Table:
    """The run's steps as the store has them now."""
    events = [event for _number, event in store().events(run_id) if isinstance(event, Evaluated)]
    return steps_table(store().progress(run_id), events)


def settings_of(run: Run) -> bytes:
    """The run's settings as a file that Train opens."""
    return settings_file(run.config).encode()
