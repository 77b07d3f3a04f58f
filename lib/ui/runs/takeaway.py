"""Files of a run to take away, made when their button is pressed."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from lib.core.exports.code.script import COLAB, notebook_of
from lib.core.exports.steps import to_csv, to_parquet
from lib.core.training.config import settings_file
from lib.runs.documents import code_of, report_of, table_of
from lib.runs.model.run import Run
from lib.ui.jobs.run_feed import run_feed
from lib.ui.shell.language import _, language
from lib.ui.shell.services import store


def offer_files(run: Run) -> None:
    """Downloads: the report, the code as script and notebook, all steps as CSV and as Parquet, and the settings."""
    seen, spoken = run_feed(run.id).look(), language()
    with st.container(horizontal=True, vertical_alignment="center", key="runs_files"):
        st.markdown(_("Take away:"), width="content")
        download(run, _("Report (HTML)"), "report", "text/html", lambda: report_of(seen, spoken))
        download(run, _("Script (Python)"), "script", "text/x-python", lambda: code_of(seen, spoken).encode())
        download(
            run, _("Notebook"), "notebook", "application/x-ipynb+json", lambda: notebook_of(code_of(seen, spoken))
        )  # fmt: skip
        st.link_button(_("Open Colab"), COLAB, icon=":material/open_in_new:")
        download(run, _("All steps (CSV)"), "csv", "text/csv", lambda: to_csv(table_of(store(), run.id)))
        download(
            run, _("All steps (Parquet)"), "parquet", "application/vnd.apache.parquet",
            lambda: to_parquet(table_of(store(), run.id)),
        )  # fmt: skip
        download(run, _("Settings (JSON)"), "settings", "application/json", lambda: settings_of(run))
    st.caption(_("Colab asks for a file: give it the notebook that you have downloaded."))


SUFFIXES = {"report": "html", "script": "py", "notebook": "ipynb", "settings": "json"}
"""By the format's code, where the file's name ends otherwise."""
WITHOUT_STEPS = ("settings", "script", "notebook")
"""What there is of a run that has not begun."""


def download(run: Run, label: str, code: str, mime: str, make: Callable[[], bytes]) -> None:
    """One download button; a run without steps has no table yet."""
    with st.container(key=f"export_{code}", width="content"):
        st.download_button(
            label,
            make,
            file_name=f"tf2lab-{run.id}.{SUFFIXES.get(code, code)}",
            mime=mime,
            key=f"download_{code}",
            icon=":material/download:",
            on_click="ignore",
            disabled=code not in WITHOUT_STEPS and not run.step,
        )


def settings_of(run: Run) -> bytes:
    """The run's settings as a file that Train opens."""
    return settings_file(run.config).encode()
