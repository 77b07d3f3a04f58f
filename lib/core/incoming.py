"""The one entry for files from outside: `take_in` reads all pictures, digits, comparisons, settings and archives.

`take_in_json` and `take_in_zip` do it for formats that several kinds of files have. Any fault in a file becomes a
FileError, whose sentence the visitor reads; no other exception gets out.
"""

from __future__ import annotations

import io
import json
import lzma
import re
import stat
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
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
"""In bytes; far more than any settings or comparison need."""

END_OF_ZIP = struct.Struct("<4s4H2LH")
"""The end of central directory record (APPNOTE.TXT 4.3.16): signature, numbers of this disk and of the directory's,
entries on this disk and in all, size and offset of the directory, length of a comment."""
PER_ENTRY = 46 + 1000
"""Bytes of a zip file's directory for one entry: its fixed part, and room for its name and its extra fields."""
MOST_TIMES = 200
"""A member may unpack to this many times its size. Deflate reaches 1,032, with nothing but zeros."""
MOST_NAMED = 1000
"""Most members of a file whose names are looked at."""
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
PLAIN_PATH = re.compile(r"(?!.*(?:^|/)\.{1,2}(?:/|$))[\w.-]+(?:/[\w.-]+)*", re.ASCII)
"""A member's name: a relative path without “.” and “..”, in letters that mean nothing to any system."""


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


def take_in_zip(data: bytes, name: str, *, most_members: int, most_bytes: int) -> dict[str, bytes]:
    """The members of a zip file by their names. Nothing is written to a disk.

    Raises FileError, whose sentences call the file `name`. What the file says of itself is checked before anything is
    unpacked: its size and that of all members together (`most_bytes` each), their number, how many times its size each
    unpacks to, names that leave a folder or come twice, links, passwords. What a member unpacks to beyond the size it
    states is never unpacked.
    """
    about = {"name": f"“{beginning(name)}”"}
    large = FileError(mark("The file {name} is larger than {megabytes} MB."), megabytes=most_bytes // 2**20, **about)
    damaged = FileError(mark("The file {name} is no zip file, or it is damaged."), **about)

    def read(data: bytes) -> dict[str, bytes]:
        check_directory(data, most_members, damaged, about)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check_members(archive.infolist(), most_members, most_bytes, about)
            return {member.filename: unpacked(archive, member) for member in archive.infolist()}

    return take_in(data, read, most=most_bytes, large=large, damaged=damaged)


def names_in_zip(data: bytes, name: str) -> set[str]:
    """The names of a zip file's members, to see what it is; nothing is unpacked, nothing else is checked.

    Raises FileError, whose sentences call the file `name`.
    """
    about = {"name": f"“{beginning(name)}”"}
    damaged = FileError(mark("The file {name} is no zip file, or it is damaged."), **about)

    def read(data: bytes) -> set[str]:
        check_directory(data, MOST_NAMED, damaged, about)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return set(archive.namelist())

    return take_in(data, read, most=len(data), large=damaged, damaged=damaged)


def check_directory(data: bytes, most_members: int, damaged: FileError, about: Mapping[str, str]) -> None:
    """Raises FileError unless the file is a whole zip file with a small directory: `zipfile` reads one of any size."""
    if not data.startswith(b"PK\x03\x04") or len(data) < END_OF_ZIP.size:
        raise damaged
    sign, *numbers = END_OF_ZIP.unpack(data[-END_OF_ZIP.size :])
    disk, of_directory, here, total, size, offset, comment = numbers
    if sign != b"PK\x05\x06" or any((disk, of_directory, comment)) or here != total:
        raise damaged
    if data[-END_OF_ZIP.size - 20 :].startswith(b"PK\x06\x07") or total == 0xFFFF or 0xFFFFFFFF in (size, offset):
        template = mark(
            "The file {name} is a zip file with 64-bit sizes, which is not read here: pack it without them."
        )
        raise FileError(template, **about)
    if total > most_members or size > most_members * PER_ENTRY:
        raise too_many(total, most_members, about)
    if offset + size + END_OF_ZIP.size != len(data):
        raise damaged


def too_many(count: int, most: int, about: Mapping[str, str]) -> FileError:
    """The refusal of a zip file with too many members."""
    template = mark("The file {name} holds {count} files, or a list of them that is too long: at most {most} are read.")
    return FileError(template, count=count, most=most, **about)


def check_members(
    members: Sequence[zipfile.ZipInfo], most_members: int, most_bytes: int, about: Mapping[str, str]
) -> None:
    """Raises FileError for what no harmless zip file holds, or for more than `most_bytes` in all."""
    if len(members) > most_members:
        raise too_many(len(members), most_members, about)
    seen: set[str] = set()
    for member in members:
        if (template := wrong_with(member)) or member.filename in seen:
            template = template or mark("The file {name} holds {member} twice.")
            times = member.file_size // max(1, member.compress_size)
            values = {
                "member": f"“{beginning(member.filename)}”",
                "method": member.compress_type,
                "times": f"{times:,}",
            }
            raise FileError(template, most=MOST_TIMES, **values, **about)
        seen.add(member.filename)
    if (total := sum(member.file_size for member in members)) > most_bytes:
        template = mark("Unpacked, the file {name} would take {megabytes} MB: at most {most} MB are read.")
        raise FileError(template, megabytes=f"{-(-total // 2**20):,}", most=most_bytes // 2**20, **about)


def wrong_with(member: zipfile.ZipInfo) -> str | None:
    """Why a member is not read, a text of the catalogue; None if nothing is wrong with it."""
    if member.filename.endswith("/") or stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG):
        return mark("{member} in the file {name} is a link or a folder: only plain files are read.")
    if not PLAIN_PATH.fullmatch(member.filename):
        return mark(
            "{member} in the file {name} is no name that is read here: letters, digits and . _ - / are, “..” not."
        )
    if member.flag_bits & 0x2041:  # encrypted, strongly encrypted, or with an encrypted directory
        return mark("{member} in the file {name} is encrypted: pack it without a password.")
    if member.compress_type not in METHODS:
        return mark("{member} in the file {name} is packed by method {method}: 0 (stored) and 8 (deflate) are read.")
    if member.file_size > MOST_TIMES * max(member.compress_size, 1000):
        return mark("{member} in the file {name} unpacks to {times} times its size: at most {most} times are read.")
    return None


def unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The member, of the size that its entry states. Raises BadZipFile if it is another one.

    `ZipFile.read` unpacks up to 2 GB of a deflated member, whatever its entry states, and cuts afterwards.
    """
    with archive.open(member) as file:
        data = file.read(member.file_size)
    if len(data) != member.file_size:
        raise zipfile.BadZipFile(f"{member.filename} is shorter than its entry says")
    return data
