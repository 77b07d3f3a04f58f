"""Arrays as .npy and .npz files: the same arrays give the same bytes, and what comes from outside is checked first."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.core.i18n import mark
from lib.core.incoming import FileError, take_in, take_in_zip
from lib.core.untrusted import beginning

KINDS = "biuf"
"""NumPy's letters for the numbers that are read: bool, int, unsigned, float."""
MOST_ARRAYS = 200
MOST_AXES = 5
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every member, the earliest that zip files know: the moment of writing is no part of the content."""

Arrays = Mapping[str, NDArray[Any]]


def pack(members: Mapping[str, bytes]) -> bytes:
    """A zip file with these members in this order, not compressed: the bytes depend on nothing else."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16  # Unix, a plain file
            archive.writestr(entry, data)
    return file.getvalue()


def to_npz(arrays: Arrays) -> bytes:
    """A .npz file with the arrays in this order, little-endian, without pickle."""
    return pack({f"{name}.npy": to_npy(array) for name, array in arrays.items()})


def to_npy(array: NDArray[Any]) -> bytes:
    """A .npy file with the array. Raises ValueError for one that would have to be pickled."""
    file = io.BytesIO()
    plain = np.asarray(array, array.dtype.newbyteorder("<"), order="C")
    np.lib.format.write_array(file, plain, version=(1, 0), allow_pickle=False)
    return file.getvalue()


def from_npz(data: bytes, name: str, most_bytes: int) -> dict[str, NDArray[Any]]:
    """The arrays in a .npz file, by name; they cannot be written to. Raises FileError, which calls the file `name`."""
    members = take_in_zip(data, name, most_members=MOST_ARRAYS, most_bytes=most_bytes)
    found = {}
    for member, content in members.items():
        about = {"name": f"“{beginning(name)}”", "member": f"“{beginning(member)}”"}
        damaged = FileError(mark("{member} in the file {name} is no array of numbers, or it is damaged."), **about)
        if not member.endswith(".npy"):
            raise damaged
        found[member.removesuffix(".npy")] = take_in(content, from_npy, most=most_bytes, large=damaged, damaged=damaged)
    return found


def from_npy(data: bytes) -> NDArray[Any]:
    """The array in a .npy file, without a copy. Raises ValueError, or another error of `UNREADABLE`.

    The header is checked first: it can claim any size, or pickled content.
    """
    file = io.BytesIO(data)
    version = np.lib.format.read_magic(file)
    if version != (1, 0):
        raise ValueError(f"a .npy file of version {version}")
    shape, in_columns, dtype = np.lib.format.read_array_header_1_0(file)
    if dtype.kind not in KINDS or len(shape) > MOST_AXES or min(shape, default=0) < 0:
        raise ValueError(f"{dtype} {shape}")
    if math.prod(shape) * dtype.itemsize != len(data) - file.tell():
        raise ValueError(f"{dtype} {shape} in {len(data)} bytes")
    return np.frombuffer(data, dtype, offset=file.tell()).reshape(shape, order="F" if in_columns else "C")
