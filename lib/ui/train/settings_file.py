"""Export and import of settings: as a file, and as a command for the terminal."""

from __future__ import annotations

import streamlit as st

from lib.core.errors import Refusal
from lib.core.incoming import LARGEST_JSON
from lib.core.training.config import TrainConfig, settings_file, settings_in
from lib.ui.shell.language import _
from lib.ui.train.settings_form import FORM

UPLOAD = "settings_upload"


def command(config: TrainConfig) -> str:
    """The terminal command for the same run."""
    options = "".join(f" --{name} {value}" for name, value in config.changes().items())
    return f"python -m lib.train{options}"


def show_settings_file(config: TrainConfig | None) -> None:
    """A folded section to download and upload settings."""
    with st.expander(_("As a file or a command"), key="settings_file"):
        if config:
            st.code(command(config), language="bash", wrap_lines=True)
            st.download_button(
                _("Download the settings"),
                settings_file(config),
                file_name="tf2lab-settings.json",
                mime="application/json",
                key="settings_download",
                on_click="ignore",
            )
        st.file_uploader(
            _("Open a settings file"), type=["json"], key=UPLOAD, on_change=open_file,
            max_upload_size=LARGEST_JSON // 2**20,
        )  # fmt: skip
        FORM.show_refusals(in_file=True)


def open_file() -> None:
    """Adopts the settings of the uploaded file; its errors appear below it."""
    file = st.session_state[UPLOAD]
    if file is None:
        return
    try:
        FORM.adopt_given(settings_in(file.getvalue(), file.name), in_file=True)
    except Refusal as error:
        FORM.store_refusals((error,), in_file=True)
