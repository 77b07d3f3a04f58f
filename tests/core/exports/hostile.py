"""Files as somebody hostile, or a broken disk, would make them: archives, settings and digits, changed at random.

Half of the archives get new checksums after the change: whoever is hostile makes them too.
"""

import io
import json
import random
import struct
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from lib.core.data.arrays import from_npz, pack, to_npz
from lib.core.exports.archive import EVENTS, MANIFEST, STATE, STEPS, WEIGHTS, write_archive
from lib.core.exports.archive_reading import read_archive
from lib.core.exports.kinds import kind_of
from lib.core.mydigits.digit_sets import from_npz as digits_of
from lib.core.mydigits.digit_sets import to_npz as digits_file
from lib.core.training.config import TrainConfig, read_config, settings_file, settings_in
from tests.core.drawing.labelled import some_digits
from tests.core.exports.archived import archived, members, signed

ARCHIVE = write_archive(archived())
DIGITS = digits_file(some_digits(5))
SETTINGS = settings_file(TrainConfig(epochs=3)).encode()

EVIL_NAMES = (
    "../../etc/passwd",
    "/etc/passwd",
    "C:\\windows",
    "a" * 300,
    "manifest.json/",
    "ev\u202eil",
    "state.npz",
    "x",
)
EVIL_TEXTS = (
    "",
    "\0",
    "\ud800",
    "\u202e",
    "a" * 5000,
    "<script>alert(1)</script>",
    "[x](http://x)",
    "../..",
    "nan",
    "é\n",
)
EVIL_NUMBERS = (-1, 0, 1, 2**31, 2**63, 10**30, 10**400, 1.5, 1e308, float("nan"), float("inf"), -0.0, True)


def bits_flipped(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 2, 8, 64))):
        if changed:
            changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def cut(data: bytes, rng: random.Random) -> bytes:
    first, last = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    return rng.choice((data[:first], data[last:], data[:first] + data[last:], data[:last] + data[first:]))


def overwritten(data: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(data) + 1)
    new = rng.choice((bytes(rng.randrange(50)), b"\xff" * rng.randrange(50), rng.randbytes(rng.randrange(50))))
    return data[:place] + new + data[place + len(new) :]


def record_changed(data: bytes, rng: random.Random) -> bytes:
    """One number in a header of the zip file: sizes, methods, flags, offsets, counts."""
    sign, size = rng.choice(((b"PK\x03\x04", 30), (b"PK\x01\x02", 46), (b"PK\x05\x06", 22)))
    places = [at for at in range(len(data)) if data.startswith(sign, at)] if len(data) < 20_000 else [data.rfind(sign)]
    if not places or places[0] < 0:
        return data
    form = rng.choice(("<H", "<L"))
    at = rng.choice(places) + rng.randrange(4, size - struct.calcsize(form) + 1)
    value = rng.choice((0, 1, 9, 12, 99, 0x800, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)) & (
        256 ** struct.calcsize(form) - 1
    )
    changed = bytearray(data + bytes(4))
    struct.pack_into(form, changed, at, value)
    return bytes(changed[: len(data)])


BYTES: tuple[Callable[[bytes, random.Random], bytes], ...] = (bits_flipped, cut, overwritten, record_changed)


def evil_value(rng: random.Random) -> Any:
    """A JSON value that should not be where it is."""
    deep: Any = 0
    for _ in range(rng.choice((10, 60, 400))):
        deep = [deep]
    arrays = [
        {"$array": [dtype, shape, "AAAA" * rng.randrange(9)]}
        for dtype in ("<i4", "<f4", "|u1", "|O", "<U9", "V99999999", "?", "x")
        for shape in ([1], [0, 3], [10**12], [-1], [2, 10], "3", [[1]])
    ]
    others: tuple[Any, ...] = (
        None,
        [],
        {},
        deep,
        {"$float": "inf"},
        {"$float": []},
        {"$map": {"a": 1}},
        [1] * 500,
        rng.choice(arrays),
    )
    return rng.choice((*EVIL_NUMBERS, *EVIL_TEXTS, *others))


def json_changed(data: bytes, rng: random.Random) -> bytes:
    """One value somewhere is another one, is gone, or has another name."""
    value = json.loads(data)
    place = value
    while isinstance(place, dict | list) and place:
        key = rng.choice(list(place)) if isinstance(place, dict) else rng.randrange(len(place))
        if not isinstance(place[key], dict | list) or not place[key] or rng.random() < 0.2:
            break
        place = place[key]
    if not isinstance(place, dict | list) or not place:
        return json.dumps(evil_value(rng)).encode()
    kind = rng.random()
    if kind < 0.15:
        del place[key]
    elif kind < 0.2 and isinstance(place, dict):
        place[rng.choice(EVIL_TEXTS)] = place.pop(key)
    else:
        place[key] = evil_value(rng)
    text = json.dumps(value, ensure_ascii=rng.random() < 0.9)
    return text.encode(rng.choice(("utf-8", "utf-8", "utf-16")), "surrogatepass")


def lines_changed(data: bytes, rng: random.Random) -> bytes:
    """Events change, are swapped, come twice, or are gone."""
    lines = data.splitlines()
    place, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    match rng.randrange(6):
        case 0:
            lines[place], lines[other] = lines[other], lines[place]
        case 1:
            lines.insert(place, lines[other])
        case 2:
            del lines[min(place, other) : max(place, other) + 1]
        case _:
            lines[place] = json_changed(lines[place], rng)
    return b"\n".join(lines) + b"\n"


def evil_array(array: Any, rng: random.Random) -> Any:
    """The array with other values, of another type, or of another shape."""
    flat = np.array(array, copy=True)
    match rng.randrange(6):
        case 0:
            with np.errstate(all="ignore"):
                return flat.astype(rng.choice(("<f8", "<f4", ">f4", "<i8", "|u1", "?", "<c8", "<U3", "<M8[s]")))
        case 1:
            return flat.reshape(-1)[: rng.randrange(flat.size + 1)]
        case 2:
            return np.zeros(rng.choice(((), (0,), (1,) * 9, (3, 0, 10**9), (70_000,), (2, 2))), flat.dtype)
        case 3:
            return np.concatenate([flat.reshape(-1), flat.reshape(-1)])
        case _:
            with np.errstate(all="ignore"):
                value = rng.choice((-1, 0, 7, 255, 2**31 - 1, float("nan"), float("inf")))
                flat.reshape(-1)[rng.randrange(flat.size) if flat.size else slice(0)] = (
                    value if flat.dtype.kind == "f" or np.isfinite(value) else 0
                ) % (256 if flat.dtype == np.uint8 else 2**62)
            return flat


def arrays_changed(data: bytes, rng: random.Random) -> bytes:
    """One array of an .npz file is another one, has another name, or is pickled."""
    arrays: dict[str, Any] = from_npz(data, "a.npz", 2**26)
    name = rng.choice(list(arrays))
    match rng.randrange(8):
        case 0:
            del arrays[name]
        case 1:
            arrays[rng.choice(("x", "d1/kernel/y", "images"))] = arrays.pop(name)
        case 2:
            np.savez(file := io.BytesIO(), allow_pickle=True, **{name.replace("/", "_"): np.array([{"a": 1}], object)})
            return file.getvalue()
        case _:
            arrays[name] = evil_array(arrays[name], rng)
    return to_npz(arrays)


def bomb(rng: random.Random) -> bytes:
    """Zeros that unpack to many times their size, under a name that is looked for."""
    with zipfile.ZipFile(file := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        for name in rng.sample((MANIFEST, EVENTS, STEPS, WEIGHTS, "images.npy", "labels.npy"), 3):
            archive.writestr(name, bytes(rng.choice((10**5, 10**7))))
    return file.getvalue()


def archive_changed(rng: random.Random) -> bytes:
    """An archive with one hostile member or name."""
    parts = members(ARCHIVE)
    change = {EVENTS: lines_changed, MANIFEST: json_changed, STEPS: arrays_changed, WEIGHTS: arrays_changed}
    name = rng.choice((EVENTS, EVENTS, EVENTS, MANIFEST, MANIFEST, STEPS, WEIGHTS))
    match rng.randrange(9):
        case 0:
            parts[name] = rng.choice(BYTES)(parts[name], rng)
        case 1:
            parts[rng.choice((EVENTS, MANIFEST, STEPS, WEIGHTS, STATE))] = parts.pop(name)
        case 2:
            parts[rng.choice(EVIL_NAMES)] = rng.choice((b"", b"#!/bin/sh", parts[name]))
        case _:
            parts[name] = change[name](parts[name], rng)
    return signed(parts) if rng.random() < 0.8 else pack(parts)


def hostile_files(count: int, seed: int) -> Iterator[bytes]:
    """`count` files, always the same ones for the same seed."""
    for number in range(count):
        rng = random.Random(f"{seed}/{number}")
        match rng.randrange(10):
            case 0 | 1:
                yield rng.choice(BYTES)(rng.choice((ARCHIVE, SETTINGS, DIGITS)), rng)
            case 2 | 3:
                data = json_changed(SETTINGS, rng)
                yield data if rng.random() < 0.7 else rng.choice(BYTES)(data, rng)
            case 4:
                yield digits_changed(rng)
            case 5:
                yield bomb(rng)
            case _:
                yield archive_changed(rng)


def digits_changed(rng: random.Random) -> bytes:
    """A file of own digits with other arrays."""
    digits = some_digits(5)
    plain = to_npz({"images": digits.images, "labels": digits.labels})
    return arrays_changed(plain, rng)


def read(data: bytes) -> object:
    """What the page of runs makes of a file, until a store would take it. Raises a Refusal."""
    match kind_of(data, "a.bin"):
        case "run":
            run = read_archive(data, "a.bin")
            write_archive(run)
            return run
        case "digits":
            return digits_of(data)
        case _:
            config, refused = read_config(settings_in(data, "a.bin"))
            return refused[0] if refused else config
