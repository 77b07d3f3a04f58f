"""Files of a run to take away, made when their button is pressed."""

from __future__ import annotations

import streamlit as st

from lib.core.exports.code.script import COLAB
from lib.runs.documents import DOCUMENTS
from lib.runs.model.run import Run
from lib.ui.shell.language import _, language
from lib.ui.shell.services import store


def offer_files(run: Run) -> None:
    """Downloads: the report, the code as script and notebook, all steps as CSV and as Parquet, and the settings."""
    with st.container(horizontal=True, vertical_alignment="center", key="runs_files"):
        st.markdown(_("Take away:"), width="content")
        for code in ("report", "script", "notebook"):
            download(run, code)
        st.link_button(_("Open Colab"), COLAB, icon=":material/open_in_new:")
        for code in ("csv", "parquet", "settings"):
            download(run, code)
    st.caption(_("Colab asks for a file: give it the notebook that you have downloaded."))


def download(run: Run, code: str) -> None:
    """The download button of one of DOCUMENTS."""
    wanted, spoken = DOCUMENTS[code], language()
    with st.container(key=f"export_{code}", width="content"):
        st.download_button(
            _(wanted.label),
            lambda: wanted.content(store(), run.id, spoken),
            file_name=f"tf2lab-{run.id}{wanted.suffix}",
            mime=wanted.mime,
            key=f"download_{code}",
            icon=":material/download:",
            on_click="ignore",
            disabled=not (wanted.without_steps or run.step),
        )
