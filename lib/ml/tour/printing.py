"""Collects what a lesson prints, and keeps the server's folders and log out of it."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
FRAME = re.compile(r'^ *File "(?P<path>[^"\n]+)", line \d+.*\n(?:^ {4,}.*\n)*\n?', re.MULTILINE)
"""A line of a trace, with the lines of code that may follow it, and the empty line that TensorFlow puts after each."""
LOGGED = re.compile(
    r"^(?:[IWEF]\d{4} |\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|WARNING: All log messages before absl|WARNING:tensorflow:|INFO: )"
)
"""The start of a line that a logger wrote: TensorFlow's C++ side, LiteRT's, or Python's."""

CARETS = re.compile(r"\n[ ~^]*\^[ ~^]*$", re.MULTILINE)
"""The line below a line of code that marks a part of it: there or not, as the code was compiled."""

OF_TENSORFLOW = re.compile(r"site-packages.(?:tensorflow|keras)|__autograph_generated_file")


@contextmanager
def printed() -> Iterator[list[str]]:
    """Collects what is printed within, as one text in the list at the end. Not for several threads at a time.

    TensorFlow's own operations, such as `tf.print`, write to the file descriptor and not to `sys.stderr`. What loggers
    write meanwhile goes where it would have gone.
    """
    texts: list[str] = []
    with tempfile.TemporaryFile() as file, os.fdopen(os.dup(file.fileno()), "w", encoding="utf-8") as out:
        out.reconfigure(line_buffering=True)
        try:
            with descriptors(file.fileno()), contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
                yield texts
                out.flush()
        finally:
            file.seek(0)
            lines = file.read().decode("utf-8", "replace").splitlines(keepends=True)
            sys.stderr.write("".join(line for line in lines if LOGGED.match(line)))
            texts.append("".join(line for line in lines if not LOGGED.match(line)))


@contextmanager
def descriptors(target: int) -> Iterator[None]:
    """Standard output and standard error are this file while the context lasts."""
    flush(sys.stdout, sys.stderr)
    kept = os.dup(1), os.dup(2)
    os.dup2(target, 1)
    os.dup2(target, 2)
    try:
        yield
    finally:
        for descriptor, number in zip(kept, (1, 2), strict=True):
            os.dup2(descriptor, number)
            os.close(descriptor)


def flush(*streams: Any) -> None:
    """Writes out what the streams hold back."""
    for stream in streams:
        stream.flush()


def without_folders(text: str, lesson: str) -> str:
    """`text` as it may leave the server: files by their path in the project or in their package.

    `lesson` is the file with the lesson's functions, relative to the project. Of a trace, only its lines stay, and
    those of TensorFlow: the others are of the process that happens to call it.
    """
    short = FRAME.sub(lambda frame: "" if is_callers(frame["path"], lesson) else frame[0], CARETS.sub("", text))
    for folder in folders():
        short = short.replace(f"{folder}{os.sep}", "")
    return short


def is_callers(path: str, lesson: str) -> bool:
    """Whether a line of a trace is neither the lesson's nor one of TensorFlow or Keras."""
    return Path(path) != ROOT / lesson and not OF_TENSORFLOW.search(path)


def folders() -> list[str]:
    """Every folder that Python's files may lie in, longest first."""
    home = str(Path.home())
    known = {str(ROOT), tempfile.gettempdir(), sys.prefix, sys.base_prefix, *(path for path in sys.path if path)}
    known |= {os.path.realpath(path) for path in known}
    return sorted((known | {home}) - {os.sep, ""}, key=len, reverse=True)
