"""Code that cannot be upgraded: what is wrong with it, as a sentence."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Mapping

from lib.core.i18n import mark
from lib.core.incoming import FileError, take_in
from lib.core.untrusted import beginning

MOST_BYTES = 64 * 2**10
"""Of code in UTF-8. The tool's time grows with the square of the length."""
SECONDS = 5
"""Processor time for one upgrade."""
MEGABYTES = 512
"""Memory for one upgrade; 30 are usual."""

SENTENCES: Mapping[str, str] = {
    "empty": mark("There is no code yet: paste some, or choose an example."),
    "long": mark("The code has {kilobytes} KB, and at most {most} KB are taken. Give a part of it."),
    "no_text": mark(
        "Line {line} has a character that no text has ({near}). Save the code as UTF-8 and paste it again."
    ),
    "no_text_file": mark("The file {name} is no text in UTF-8 or UTF-16. Save the code as UTF-8 and choose it again."),
    "python_2": mark(
        "Line {line} is Python 2: “{near}”. The tool reads Python 3: rewrite it first, such as print(x) for print x."
    ),
    "indent": mark("Line {line} is not indented as Python wants it: “{near}”. Check its blanks and tabs."),
    "no_python": mark("Line {line} cannot be read as Python: “{near}”."),
    "deep": mark(
        "The code is nested too deeply, or has a sum of very many terms or a very long chain of calls. Split it up."
    ),
    "new_syntax": mark(
        "TensorFlow's tool is older than the syntax in line {line} and cannot read it: “{near}”. Write it as in "
        "Python 3.7, without :=, match and brackets after with."
    ),
    "tool": mark("TensorFlow's own tool broke off with an error of its own. Give a shorter part of the code."),
    "slow": mark("The tool took more than {seconds} seconds for this code and was ended. Give a part of it."),
    "memory": mark("The tool needed more than {megabytes} MB for this code and was ended. Give a part of it."),
    "busy": mark("Other code is being upgraded right now. Try again in a moment."),
}


class UpgradeError(FileError):
    """Refused code; `code` is one of SENTENCES."""

    def __init__(self, code: str, *, line: int = 0, near: str = "", size: int = 0, name: str = "") -> None:
        self.code = code
        super().__init__(
            SENTENCES[code],
            line=line,
            near=beginning(near),
            name=f"“{beginning(name)}”",
            kilobytes=f"{size / 2**10:,.0f}",
            most=MOST_BYTES // 2**10,
            seconds=SECONDS,
            megabytes=MEGABYTES,
        )


def checked(text: str) -> str:
    """The text as the tool may have it: without a byte order mark, with plain ends of lines. Raises UpgradeError."""
    code = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not code.strip():
        raise UpgradeError("empty")
    for number, line in enumerate(code.split("\n"), start=1):
        if odd := next((letter for letter in line if letter == "\0" or "\ud800" <= letter <= "\udfff"), None):
            raise UpgradeError("no_text", line=number, near=f"U+{ord(odd):04X}")
    size = len(code.encode("utf-8"))
    if size > MOST_BYTES:
        raise UpgradeError("long", size=size)
    return code


def read_file(data: bytes, name: str) -> str:
    """The text of a Python file in UTF-8, in UTF-16 with its mark, or in the encoding that its first lines name.

    Raises UpgradeError.
    """

    def read(data: bytes) -> str:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16")
        encoding, _lines = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding)

    large = UpgradeError("long", size=len(data))
    return take_in(data, read, most=4 * MOST_BYTES, large=large, damaged=UpgradeError("no_text_file", name=name))
