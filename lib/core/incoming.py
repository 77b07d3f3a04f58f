"""The one entry for files from outside: `take_in` reads all pictures, digits, comparisons and settings.

Any fault in a file becomes a FileError, whose sentence the visitor reads; no other exception gets out.
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
    RuntimeError,  # includes RecursionError: a few thousand brackets are enough for `json`
    MemoryError,
    struct.error,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
)
"""What the readers of JSON, pictures, zip files and arrays raise for malformed bytes."""

DEEPEST = 50
"""The nesting depth that a JSON file may have; a comparison has five."""
LARGEST_JSON = 5 * 2**20
"""In bytes. The server's limit (`server.maxUploadSize`), and far more than any settings or comparison need."""


class FileError(Refusal):
    """A refused file; `template` is the reason, a text of the catalogue."""

    def __init__(self, template: str, **values: object) -> None:
        self.template = template
        super().__init__(**values)


def take_in(data: bytes, read: Callable[[bytes], T], *, most: int, large: FileError, damaged: FileError) -> T:
    """Returns `read(data)`. Raises FileError.

    The error is `large` for more than `most` bytes, `read`'s own FileError if it raises one, and `damaged` otherwise.
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
    """The value of a JSON file in UTF-8, UTF-16 or UTF-32, with or without a byte order mark.

    Integers with thousands of digits stay text. Raises FileError, whose sentences call the file `name`, if the file is
    not JSON, is nested too deeply, is larger than LARGEST_JSON, or gives two values for one name.
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
    """Whether a JSON value is nested at most DEEPEST levels deep; the code that reads and shows it is recursive."""
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
    """The number; or the text, if it has more digits than Python converts (`sys.get_int_max_str_digits`)."""
    try:
        return int(digits)
    except ValueError:
        return digits
