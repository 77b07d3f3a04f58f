"""The one door for files from outside: pictures, digits, comparisons and settings all come in through `take_in`.

Whatever is wrong with a file is refused with a FileError, whose sentence its visitor reads; nothing else comes out.
"""

from __future__ import annotations

import json
import lzma
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from lib.core.errors import Refusal
from lib.core.i18n import mark
from lib.core.untrusted import beginning

T = TypeVar("T")

UNREADABLE = (
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    SyntaxError,
    EOFError,
    RuntimeError,  # RecursionError too: a few thousand brackets are enough for `json`
    MemoryError,
    struct.error,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
)
"""What the readers of JSON, pictures, zip and arrays say to bytes that nobody wrote."""

DEEPEST = 50
"""Lists within lists and objects that a JSON file may have; a comparison has five."""
LARGEST_JSON = 5 * 2**20
"""Bytes: as many as the server takes (`server.maxUploadSize`), and far more than any settings or comparison need."""


class FileError(Refusal):
    """A file that is refused, for the reason that `template` says in words of the catalogue."""

    def __init__(self, template: str, **values: object) -> None:
        self.template = template
        super().__init__(**values)


def take_in(data: bytes, read: Callable[[bytes], T], *, most: int, large: FileError, damaged: FileError) -> T:
    """What `read` makes of a file's bytes. Raises FileError.

    That is `large` where they are more than `most`, what `read` itself refuses them with, and otherwise `damaged`.
    """
    if len(data) > most:
        raise large
    try:
        return read(data)
    except FileError:
        raise
    except UNREADABLE:
        raise damaged from None


def take_in_json(data: bytes, name: str) -> Any:
    """The value that a JSON file says, in UTF-8, UTF-16 or UTF-32, with a byte order mark or without.

    A whole number of thousands of digits stays text. Raises FileError, whose sentences call the file `name`: where it
    is no JSON, nested more deeply than can be read, larger than LARGEST_JSON, or gives two values for one name.
    """
    about = {"name": f"“{beginning(name)}”"}

    def once(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [key for key, _value in pairs]
            twice = next(key for key in names if names.count(key) > 1)
            raise FileError(mark("The file {name} gives {key} twice."), key=f"“{beginning(twice)}”", **about)
        return found

    def read(data: bytes) -> Any:
        deep = FileError(mark("The file {name} is nested too deeply to be read."), **about)
        try:
            value = json.loads(data, object_pairs_hook=once, parse_int=whole)
        except RecursionError:
            raise deep from None
        if not is_shallow(value):
            raise deep
        return value

    large = FileError(mark("The file {name} is larger than {megabytes} MB."), megabytes=LARGEST_JSON // 2**20, **about)
    damaged = FileError(mark("The file {name} is not JSON text."), **about)
    return take_in(data, read, most=LARGEST_JSON, large=large, damaged=damaged)


def is_shallow(value: object) -> bool:
    """Whether a value of JSON is nested no more than DEEPEST times: what reads and shows it goes down by itself."""
    level = [value]
    for _deeper in range(DEEPEST):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return True
    return False


def whole(digits: str) -> int | str:
    """The number; text where it has more digits than Python reckons with (`sys.get_int_max_str_digits`)."""
    try:
        return int(digits)
    except ValueError:
        return digits
