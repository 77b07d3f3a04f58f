"""Digits that a visitor wrote, labelled and saved: as arrays, and as a file to download."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.core.data.dataset import CLASSES, SIDE, Bytes
from lib.core.i18n import mark
from lib.core.incoming import FileError, take_in, unpacked
from lib.core.untrusted import beginning

MAX_DIGITS = 2000
"""Most digits that one visitor can save."""
LARGEST = 4 * 2**20
"""Most bytes of a file, compressed or not: more than twice what MAX_DIGITS digits take in either form."""
ARRAYS = ("images", "labels")
"""The names of the file's arrays."""

SENTENCES: Mapping[str, str] = {
    "images": mark("Images of digits must be uint8 (n, 28, 28), but they are {given}."),
    "labels": mark("Labels must be one whole number from 0 to 9 for each image, but they are {given}."),
    "label": mark("A label must be a whole number from 0 to 9, but {given} was given."),
    "format": mark("This is no .npz file, or it is damaged."),
    "missing": mark("The file has no array named “{given}”: it must hold “images” and “labels”."),
    "large": mark("The file is too large: packed and unpacked it may take {megabytes} MB."),
    "none": mark("There is not one digit in it."),
    "many": mark("With {given} digits it would be more than the {most} that can be kept: delete some first."),
    "gone": mark("These digits are not there any more: they were deleted meanwhile, perhaps in another tab."),
    "clothes": mark("This network tells clothes apart, not digits: choose one that was trained on MNIST."),
}


class OwnDigitsError(FileError):
    """Refused digits; `code` is one of SENTENCES, `given` the faulty value."""

    def __init__(self, code: str, given: object = "") -> None:
        self.code, self.given = code, given
        super().__init__(SENTENCES[code], given=beginning(given), most=f"{MAX_DIGITS:,}", megabytes=LARGEST // 2**20)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Digits:
    """Digits as networks take them, white on black: uint8 (n, 28, 28); labels uint8 (n,) from 0 to 9.

    Raises OwnDigitsError for other shapes, types or labels.
    """

    images: Bytes = field(repr=False)
    labels: Bytes = field(repr=False)

    def __post_init__(self) -> None:
        if self.images.dtype != np.uint8 or self.images.ndim != 3 or self.images.shape[1:] != (SIDE, SIDE):
            raise OwnDigitsError("images", dtype_and_shape(self.images))
        if self.labels.dtype != np.uint8 or self.labels.shape != (len(self.images),):
            raise OwnDigitsError("labels", dtype_and_shape(self.labels))
        if len(self.labels) and self.labels.max() >= CLASSES:
            raise OwnDigitsError("labels", int(self.labels.max()))

    def __len__(self) -> int:
        return len(self.labels)

    def some(self, chosen: NDArray[np.integer]) -> Digits:
        """The digits at the places `chosen`, int (k,)."""
        return Digits(images=self.images[chosen], labels=self.labels[chosen])

    def known_by(self) -> list[tuple[int, bytes]]:
        """Each digit's label and pixels: two digits with the same of both are the same."""
        return [(label, image.tobytes()) for label, image in zip(self.labels.tolist(), self.images, strict=True)]


def dtype_and_shape(array: NDArray[np.generic]) -> str:
    """Type and shape, such as 'float64 (3, 28)'."""
    return f"{array.dtype} {array.shape}"


def check_label(label: object) -> int:
    """The label as an int. Raises OwnDigitsError unless it is a whole number from 0 to 9."""
    if isinstance(label, bool) or not isinstance(label, (int, np.integer)) or not 0 <= label < CLASSES:
        raise OwnDigitsError("label", label)
    return int(label)


def to_npz(digits: Digits) -> bytes:
    """A compressed .npz file with the arrays images and labels, without pickle."""
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, images=digits.images, labels=digits.labels)
    return file.getvalue()


def white_on_black(digits: Digits) -> tuple[Digits, int]:
    """The digits with those inverted that are black on white, and how many those were.

    A digit is black on white if its background is bright: if the median of the 108 pixels of its edge is above 127.
    """
    edge = np.ones((SIDE, SIDE), np.bool_)
    edge[1:-1, 1:-1] = False
    bright = np.median(digits.images[:, edge], axis=1) > 127
    images = np.where(bright[:, None, None], 255 - digits.images, digits.images)
    return Digits(images=images, labels=digits.labels), int(bright.sum())


def from_npz(data: bytes) -> Digits:
    """The digits in such a file, at least one and at most MAX_DIGITS; its labels may be integers of any size.

    Raises OwnDigitsError for anything else, before it takes more memory than LARGEST.
    """
    digits = take_in(data, _unpacked, most=LARGEST, large=OwnDigitsError("large"), damaged=OwnDigitsError("format"))
    if not digits:
        raise OwnDigitsError("none")
    if len(digits) > MAX_DIGITS:
        raise OwnDigitsError("many", f"{len(digits):,}")
    return digits


def _unpacked(data: bytes) -> Digits:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [_member(archive, name) for name in ARRAYS]
        # `unpacked` gives, and unpacks, exactly the size stated here.
        if sum(member.file_size for member in members) > LARGEST:
            raise OwnDigitsError("large")
        images, labels = (_array(unpacked(archive, member), name) for member, name in zip(members, ARRAYS, strict=True))
    return Digits(images=images, labels=_small(labels))


def _small(labels: NDArray[np.integer]) -> Bytes:
    """The labels as uint8. Raises OwnDigitsError for one that is none."""
    for label in labels[(labels < 0) | (labels >= CLASSES)].flat:
        raise OwnDigitsError("labels", int(label))
    return labels.astype(np.uint8)


def _member(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    try:
        return archive.getinfo(f"{name}.npy")
    except KeyError:
        raise OwnDigitsError("missing", name) from None


def _array(data: bytes, name: str) -> NDArray[Any]:
    """The array in a .npy file: images uint8, labels integers.

    Its header is checked first: it can claim any size, or pickled content.
    """
    file = io.BytesIO(data)
    version = np.lib.format.read_magic(file)
    if version not in ((1, 0), (2, 0)):
        raise OwnDigitsError("format")
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _in_columns, dtype = read(file)
    fits = dtype == np.uint8 if name == "images" else dtype.kind in "iu"
    if not fits or len(shape) > 3:
        raise OwnDigitsError(name, f"{dtype} {shape}")
    if int(np.prod(shape, dtype=object)) * dtype.itemsize != len(data) - file.tell():
        raise OwnDigitsError("format")
    file.seek(0)
    array: NDArray[Any] = np.lib.format.read_array(file, allow_pickle=False)
    return array
