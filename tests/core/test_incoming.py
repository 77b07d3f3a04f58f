"""Uploaded files: whatever their bytes, the result is settings, or one sentence that a visitor can read."""

import io
import json
import random
import stat
import struct
import tracemalloc
import zipfile
import zlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lib.core.i18n import LANGUAGES, translator
from lib.core.incoming import DEEPEST, LARGEST_JSON, FileError, take_in, take_in_json, take_in_zip
from lib.core.training.config import SETTINGS, TrainConfig, read_config, settings_in
from lib.core.untrusted import printable

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")
"""`utf-16` and `utf-8-sig` begin with a byte order mark, as Windows writes it."""

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
anything_by_name = st.dictionaries(st.sampled_from(sorted(SETTINGS)) | st.text(max_size=9), plain, max_size=5)


def config_in(data: bytes) -> TrainConfig | list[str]:
    """The settings in a file, or the sentences that refuse it, one per language."""
    try:
        config, refused = read_config(settings_in(data, "a.json"))
    except FileError as error:
        return [error.sentence(translator(lang)) for lang in LANGUAGES]
    for error in refused:
        for lang in LANGUAGES:
            said = error.sentence(translator(lang))
            assert said == printable(said)
            assert len(said) < 400
    return config


@given(st.binary(max_size=300))
@example(b"")
@example(b"\xef\xbb\xbf")
@example(b"\xff\xfe")
@example(b"\xff\xfe\x00\x00")
@example(b"[" * 200_000)
@example(b'{"a":' * 100_000)
@example(b'{"epochs": ' + b"[" * 40 + b"]" * 40 + b"}")
@example(b'{"epochs": ' + b"[" * 900 + b"]" * 900 + b"}")
@example(b'{"epochs": 1' + b"0" * 5000 + b"}")
@example(b'{"epochs": NaN, "dropout": Infinity, "learning_rate": -Infinity, "seed": 1e999}')
@example(b'{"network": "\\ud800", "\\udfff": 1}')
def test_no_bytes_do_more_than_being_refused(data: bytes) -> None:
    assert config_in(data)


@given(anything_by_name, st.sampled_from(ENCODINGS))
def test_no_json_does_more_than_being_refused(given: dict[str, object], encoding: str) -> None:
    assert isinstance(config_in(json.dumps(given).encode(encoding)), TrainConfig)


@given(
    st.builds(
        TrainConfig, epochs=st.integers(1, 100), dropout=st.floats(0, 0.9), network=st.sampled_from(["mlp", "lenet"])
    ),
    st.sampled_from(ENCODINGS),
)
def test_settings_come_back_in_whatever_encoding_they_were_saved(config: TrainConfig, encoding: str) -> None:
    assert config_in(json.dumps(config.to_dict(), indent=2).encode(encoding)) == config


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "The file “a.json” is not JSON text."),
        (b'{"epochs": ', "The file “a.json” is not JSON text."),
        (b"\xff\xfe{", "The file “a.json” is not JSON text."),
        (b"caf\xe9", "The file “a.json” is not JSON text."),
        (b"[" * 200_000, "The file “a.json” is nested too deeply to be read."),
        (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), "The file “a.json” is nested too deeply to be read."),
        (b'{"epochs": 1, "seed": 2, "epochs": 3}', "The file “a.json” gives “epochs” twice."),
        (b" " * (LARGEST_JSON + 1), "The file “a.json” is larger than 5 MB."),
        (b"[1, 2]", "The file “a.json” does not hold settings by name."),
        (b"3", "The file “a.json” does not hold settings by name."),
        (b"null", "The file “a.json” does not hold settings by name."),
    ],
)
def test_what_is_wrong_with_a_file_is_named(data: bytes, why: str) -> None:
    english, korean = config_in(data)
    assert english == why
    assert korean != english
    assert "“a.json”" in korean


def test_as_deep_as_is_allowed_is_read() -> None:
    depth = DEEPEST - 1
    value = take_in_json(b"[" * depth + b"]" * depth, "a.json")
    for _ in range(depth - 1):
        (value,) = value
    assert value == []


def test_a_file_may_be_called_anything() -> None:
    with pytest.raises(FileError) as refused:
        take_in_json(b"", "\u202egpj.\ud800\n" + "x" * 500)
    assert str(refused.value).startswith("The file “�gpj.� xxx")
    assert len(str(refused.value)) < 120


@pytest.mark.parametrize(
    "error",
    [RecursionError, MemoryError, KeyError("x"), OverflowError, AttributeError, UnicodeDecodeError("u", b"", 0, 1, "")],
)
def test_whatever_a_reader_says_becomes_the_refusal(error: BaseException) -> None:
    def read(data: bytes) -> None:
        raise error

    large, damaged = FileError("large"), FileError("damaged")
    with pytest.raises(FileError) as refused:
        take_in(b"12", read, most=2, large=large, damaged=damaged)
    assert refused.value is damaged
    with pytest.raises(FileError) as refused:
        take_in(b"123", read, most=2, large=large, damaged=damaged)
    assert refused.value is large


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """A zip file with these members, which may have one name."""
    with zipfile.ZipFile(file := io.BytesIO(), "w", method) as archive:
        for name, data in members:
            archive.NameToInfo.clear()  # which would warn of a name that comes twice
            archive.writestr(name, data)
    return file.getvalue()


def linked(mode: int) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo("a")
    member.external_attr = mode << 16
    return member


def lying(real: bytes, states: int) -> bytes:
    """A member that unpacks to `real`, but states to be `states` zeros: its size and its checksum are theirs."""
    data = bytearray(zipped(("a", real), method=zipfile.ZIP_DEFLATED))
    for place in (14, data.index(b"PK\x01\x02") + 16):
        struct.pack_into("<L", data, place, zlib.crc32(bytes(states)))
        struct.pack_into("<L", data, place + 8, states)
    return bytes(data)


def changed(data: bytes, sign: bytes, offset: int, value: int, form: str = "<H") -> bytes:
    """The zip file with another number at this offset of each record that begins with `sign`."""
    whole, place = bytearray(data), data.find(sign)
    while place >= 0:
        struct.pack_into(form, whole, place + offset, value)
        place = data.find(sign, place + 1)
    return bytes(whole)


ONE = zipped(("a", b"x" * 3000), ("b", b"y"))
NOISE = random.Random(0).randbytes(6000)
ENTRY, END = b"PK\x01\x02", b"PK\x05\x06"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "The file “a.zip” is no zip file, or it is damaged."),
        (b"PK\x03\x04" * 9, "is no zip file, or it is damaged."),
        (ONE[:-9], "is no zip file, or it is damaged."),
        (ONE[9:], "is no zip file, or it is damaged."),
        (b"#!/bin/sh\n" + ONE, "is no zip file, or it is damaged."),
        (ONE.replace(b"xxx", b"xyx", 1), "is no zip file, or it is damaged."),
        (changed(ONE, END, 10, 9999), "is no zip file, or it is damaged."),
        (changed(changed(ONE, END, 8, 9999), END, 10, 9999), "holds 9999 files, or a list of them that is too long"),
        (changed(changed(ONE, END, 8, 0xFFFF), END, 10, 0xFFFF), "is a zip file with 64-bit sizes"),
        (changed(ONE, END, 12, 0xFFFFFFFF, "<L"), "is a zip file with 64-bit sizes"),
        (zipped(*((f"m{i}", b"") for i in range(6))), "holds 6 files, or a list of them that is too long: at most 5"),
        (zipped(("a", b"1"), ("a", b"2")), "The file “a.zip” holds “a” twice."),
        (zipped(("../a", b"")), "“../a” in the file “a.zip” is no name that is read here"),
        (zipped(("/etc/passwd", b"")), "“/etc/passwd” in the file “a.zip” is no name that is read here"),
        (zipped(("C:\\a", b"")), "is no name that is read here"),
        (zipped(("a/./b", b"")), "is no name that is read here"),
        (zipped(("a\u202eb", b"")), "“a�b” in the file “a.zip” is no name that is read here"),
        (zipped(("folder/", b"")), "“folder/” in the file “a.zip” is a link or a folder"),
        (zipped((linked(stat.S_IFLNK), b"/etc/passwd")), "“a” in the file “a.zip” is a link or a folder"),
        (changed(ONE, ENTRY, 8, 1), "“a” in the file “a.zip” is encrypted: pack it without a password."),
        (changed(ONE, ENTRY, 10, 14), "“a” in the file “a.zip” is packed by method 14: 0 (stored) and 8 (deflate)"),
        (zipped(("a", bytes(900_000)), method=8), "times its size: at most 200 times are read."),
        (changed(ONE, ENTRY, 24, 190_000, "<L"), "is no zip file, or it is damaged."),
        (zipped(*((f"m{i}", NOISE * 50) for i in range(4)), method=8), "Unpacked, the file “a.zip” would take 2 MB"),
        (lying(bytes(10**8), 100), None),
        (bytes(2**20 + 1), "The file “a.zip” is larger than 1 MB."),
    ],
)  # fmt: skip
def test_a_zip_file_that_could_do_harm_is_refused_before_it_is_unpacked(data: bytes, why: str | None) -> None:
    """None: it is cut to the size that it states, and nothing more of it is unpacked."""
    tracemalloc.start()
    try:
        if why is None:
            assert take_in_zip(data, "a.zip", most_members=5, most_bytes=2**20) == {"a": bytes(100)}
        else:
            with pytest.raises(FileError) as refused:
                take_in_zip(data, "a.zip", most_members=5, most_bytes=2**20)
            assert why in str(refused.value)
        assert tracemalloc.get_traced_memory()[1] < 2**22
    finally:
        tracemalloc.stop()


def test_a_zip_file_without_harm_is_read() -> None:
    assert take_in_zip(ONE, "a.zip", most_members=2, most_bytes=5000) == {"a": b"x" * 3000, "b": b"y"}
