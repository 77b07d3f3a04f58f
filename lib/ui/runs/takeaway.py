"""Files of a run to take away, made when their button is pressed."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import streamlit as st

from lib.core.exports.code.script import COLAB, notebook_of, script_of
from lib.core.exports.report import Reported, report_page
from lib.core.exports.steps import steps_table, to_csv, to_parquet
from lib.core.i18n import translator
from lib.core.training.config import settings_file
from lib.core.training.events import Evaluated, Stopped
from lib.runs.model.run import Run
from lib.ui.jobs.run_feed import RunView, run_feed
from lib.ui.shell.language import _, language
from lib.ui.shell.services import store


def offer_files(run: Run) -> None:
    """Downloads: the report, the code as script and notebook, all steps as CSV and as Parquet, and the settings."""
    seen, spoken = run_feed(run.id).look(), language()
    with st.container(horizontal=True, vertical_alignment="center", key="runs_files"):
        st.markdown(_("Take away:"), width="content")
        download(run, _("Report (HTML)"), "html", "text/html", lambda: report_page(reported(seen, spoken), spoken))
        download(run, _("Script (Python)"), "py", "text/x-python", lambda: code_of(seen, spoken).encode())
        download(
            run, _("Notebook"), "ipynb", "application/x-ipynb+json", lambda: notebook_of(code_of(seen, spoken))
        )  # fmt: skip
        st.link_button(_("Open Colab"), COLAB, icon=":material/open_in_new:")
        download(run, _("All steps (CSV)"), "csv", "text/csv", lambda: to_csv(table_of(run.id)))
        download(
            run, _("All steps (Parquet)"), "parquet", "application/vnd.apache.parquet",
            lambda: to_parquet(table_of(run.id)),
        )  # fmt: skip
        download(run, _("Settings (JSON)"), "json", "application/json", lambda: settings_of(run))
    st.caption(_("Colab asks for a file: give it the notebook that you have downloaded."))


WITHOUT_STEPS = ("json", "py", "ipynb")
"""What there is of a run that has not begun."""


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
        disabled=kind not in WITHOUT_STEPS and not run.step,
    )


def code_of(seen: RunView, spoken: str) -> str:
    """The run's script, its comments in this language."""
    return script_of(
        seen.run.config,
        translator(spoken),
        name=seen.run.called,
        rate_changes=seen.rate_changes,
        is_tuned=bool(seen.run.base),
        scheme=seen.run.scheme,
        stopped_after=seen.end.step if isinstance(seen.end, Stopped) else None,
        unread=seen.run.unread,
    )


def reported(seen: RunView, spoken: str) -> Reported:
    """What the report tells of the run."""
    return Reported(
        config=seen.run.config,
        name=seen.run.called,
        epochs=seen.epochs,
        end=seen.end,
        started=seen.started,
        compiled=seen.compiled,
        lines=seen.lines or {},
        rate_changes=seen.rate_changes,
        guess=seen.run.guess,
        is_tuned=bool(seen.run.base),
        code=code_of(seen, spoken),
    )


def table_of(run_id: str) -> pa.Table:
    """The run's steps as the store has them now."""
    events = [event for _number, event in store().events(run_id) if isinstance(event, Evaluated)]
    return steps_table(store().progress(run_id), events)


def settings_of(run: Run) -> bytes:
    """The run's settings as a file that Train opens."""
    return settings_file(run.config).encode()
