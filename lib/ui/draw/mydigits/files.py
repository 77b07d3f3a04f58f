"""Export and import of own digits: as arrays in a file, and as a sheet to look at."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from lib.core.data.dataset import SIDE
from lib.core.mydigits.digit_sets import LARGEST, MAX_DIGITS, Digits, to_npz
from lib.core.mydigits.digit_sheet import sheet
from lib.runs.model.run import OwnDigit
from lib.ui.draw.mydigits.presses import pressed, show_said
from lib.ui.jobs.own_digits import bring_file
from lib.ui.shell.language import _
from lib.ui.shell.services import store
from lib.ui.shell.visitor import visitor

TURN = "own_import_turn"
"""Number of files uploaded so far: each upload gets a new widget, so the next one starts empty."""


def show_files(digits: Sequence[OwnDigit]) -> None:
    """Downloads of all digits as a file or a sheet, and an upload."""
    st.markdown(
        _(
            "To share your digits or to have them elsewhere, take the file along: whoever has it can open it here, "
            "or with NumPy (arrays `images` and `labels`)."
        )
    )
    with st.container(horizontal=True):
        download(_("Download as a file (.npz)"), "npz", "application/zip", to_npz, bool(digits))
        download(_("Download as a sheet (PNG)"), "png", "image/png", sheet, bool(digits))
    if not digits:
        st.caption(_("There is nothing to download yet."))
    show_import()


def download(label: str, kind: str, mime: str, make: Callable[[Digits], bytes], there: bool) -> None:
    """A download button. The file's bytes are made only when it is pressed, from the digits kept at that time."""
    me = visitor()
    st.download_button(
        label,
        lambda: make(as_digits(store().own_digits(me))),
        file_name=f"tf2lab-own-digits.{kind}",
        mime=mime,
        key=f"own_{kind}",
        icon=":material/download:",
        on_click="ignore",
        disabled=not there,
    )


def show_import() -> None:
    """An upload for a file of digits, with the result of the last upload."""
    key = f"own_import_{st.session_state.get(TURN, 0)}"
    label = _("Bring digits from a file (.npz), up to {most} with those you have; what is there stays.").format(
        most=f"{MAX_DIGITS:,}"
    )
    st.file_uploader(
        label, type=["npz"], key=key, on_change=given, args=(key,), max_upload_size=max(1, LARGEST // 2**20)
    )
    show_said("files")


def given(key: str) -> None:
    """Adds the digits of the uploaded file, or stores why it is refused."""
    file = st.session_state[key]
    if file is None:
        return
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
    pressed("files", bring_file, file.getvalue())


def as_digits(digits: Sequence[OwnDigit]) -> Digits:
    """All digits as arrays, in order."""
    if not digits:
        return Digits(images=np.zeros((0, SIDE, SIDE), np.uint8), labels=np.zeros(0, np.uint8))
    return Digits(
        images=np.stack([one.image for one in digits]), labels=np.array([one.label for one in digits], np.uint8)
    )
