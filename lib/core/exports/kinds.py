"""What a file from outside is: a run's archive, own digits or settings, by its content and not by its name."""

from __future__ import annotations

from typing import Literal

from lib.core.exports.archive import MANIFEST
from lib.core.i18n import mark
from lib.core.incoming import FileError, names_in_zip
from lib.core.untrusted import beginning

Kind = Literal["run", "digits", "settings"]

OF_DIGITS = {"images.npy", "labels.npy"}
BEFORE_JSON = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"
"""Byte order marks, the zeros of UTF-16 and UTF-32, and blanks: what can come before the first bracket."""


def kind_of(data: bytes, name: str) -> Kind:
    """Which kind a file claims to be; its own reader checks the rest. Raises FileError for none of them."""
    if data.startswith(b"PK"):
        names = names_in_zip(data, name)
        if MANIFEST in names:
            return "run"
        if OF_DIGITS & names:
            return "digits"
    elif data[:1000].lstrip(BEFORE_JSON).startswith((b"{", b"[")):
        return "settings"
    raise FileError(
        mark(
            "The file {name} is none that can be brought in: neither a run's archive (.zip), nor settings (.json), nor "
            "own digits (.npz)."
        ),
        name=f"“{beginning(name)}”",
    )
