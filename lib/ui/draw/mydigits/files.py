"""Own digits on their way out of the app and back: as arrays in a file, and as a sheet to look at."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from lib.core.data.dataset import SIDE
from lib.core.mydigits.digit_sets import LARGEST, MAX_DIGITS, Digits, from_npz, to_npz
from lib.core.mydigits.digit_sheet import sheet
from lib.runs.model.run import OwnDigit
from lib.ui.draw.mydigits.presses import bring, pressed, show_said
from lib.ui.shell.language import _
from lib.ui.shell.services import store
from lib.ui.shell.visitor import visitor

TURN = "own_import_turn"
"""How many files were given: each gets a place of its own, so that the next one finds it empty."""


def show_files(digits: Sequence[OwnDigit]) -> None:
    """Everything as a file or a sheet, and a place for a file that comes back."""
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
    """A button for a file of the digits that there are when it is pressed; only then its bytes are made."""
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
    """A place for a file of digits; what came of the last one is said there."""
    key = f"own_import_{st.session_state.get(TURN, 0)}"
    label = _("Bring digits from a file (.npz), up to {most} with those you have; what is there stays.").format(
        most=f"{MAX_DIGITS:,}"
    )
    st.file_uploader(
        label, type=["npz"], key=key, on_change=given, args=(key,), max_upload_size=max(1, LARGEST // 2**20)
    )
    show_said("files")


def given(key: str) -> None:
    """Adds the digits of the file just given, or has said why it is refused."""
    file = st.session_state[key]
    if file is None:
        return
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
    pressed("files", opened, file.getvalue())


def opened(data: bytes) -> str:
    """Keeps the digits of a file. Raises OwnDigitsError."""
    return bring(from_npz(data))


def as_digits(digits: Sequence[OwnDigit]) -> Digits:
    """All of them, in their order, as arrays."""
    if not digits:
        return Digits(images=np.zeros((0, SIDE, SIDE), np.uint8), labels=np.zeros(0, np.uint8))
    return Digits(
        images=np.stack([one.image for one in digits]), labels=np.array([one.label for one in digits], np.uint8)
    )
