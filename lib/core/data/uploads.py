"""Uploaded pictures, PNG or JPEG: checked before they are decompressed, so that none can be a decompression bomb."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image

from lib.core.data.dataset import Bytes
from lib.core.i18n import mark
from lib.core.incoming import UNREADABLE, FileError, take_in

LARGEST_FILE = 5 * 2**20
"""Largest file in bytes: enough for a phone's photo, reduced for sending."""
MOST_PIXELS = 16_000_000
"""Most pixels to decompress, 64 MB of memory for a moment: a small file can claim any number."""
LONGER = 1280
"""Longer side of the returned picture in pixels: twice `binarize.LARGEST`."""

MAGIC: Mapping[str, bytes] = {"PNG": b"\x89PNG\r\n\x1a\n", "JPEG": b"\xff\xd8\xff"}
"""First bytes of a file by format; the file's name does not count."""

SENTENCES: Mapping[str, str] = {
    "format": mark("This is no PNG and no JPEG, whatever its name says."),
    "large": mark("The file is larger than {megabytes} MB. Make the picture smaller first."),
    "pixels": mark("The picture has more than {megapixels} million pixels. Make it smaller first."),
    "damaged": mark("The picture cannot be read: the file is damaged or cut short."),
}

ORIENTATION = 0x0112
"""The EXIF tag for the camera's orientation."""
TURNS: Mapping[object, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""The transposition that turns a picture upright, by EXIF orientation."""
ADOBE = (0xEE, 16)
"""Marker and bytes of the segment in which Adobe's programs describe the colours of a JPEG."""
END_OF_JPEG = b"\xff\xd9"
FILLERS = (b"", b"\x35" * 64, b"\xca" * 64)
"""Bytes to insert between a JPEG's last line and its end; they change the picture only if a line is missing."""


class PictureError(FileError):
    """A refused picture; `code` is one of SENTENCES."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(SENTENCES[code], megabytes=LARGEST_FILE // 2**20, megapixels=MOST_PIXELS // 1_000_000)


def read_picture(data: bytes, most_pixels: int = MOST_PIXELS) -> Bytes:
    """The picture in a file, upright: uint8 (h, w), (h, w, 3) or (h, w, 4), its longer side at most LONGER.

    Raises PictureError if the file is too large, damaged, or neither PNG nor JPEG.
    """
    read = functools.partial(_picture, most_pixels=most_pixels)
    return take_in(data, read, most=LARGEST_FILE, large=PictureError("large"), damaged=PictureError("damaged"))


def _picture(data: bytes, most_pixels: int) -> Bytes:
    form = next((name for name, magic in MAGIC.items() if data.startswith(magic)), None)
    if form is None:
        raise PictureError("format")
    try:
        return _unpacked(data, form, most_pixels)
    except PictureError:
        raise
    except UNREADABLE:
        alone = ALONE[form](data)
    try:
        return _unpacked(alone, form, most_pixels)
    except OSError:
        if form != "JPEG" or alone.endswith(END_OF_JPEG):
            raise
    return _ended(alone, most_pixels)


def _unpacked(data: bytes, form: str, most_pixels: int) -> Bytes:
    try:
        with Image.open(io.BytesIO(data), formats=(form,)) as image:
            if image.width * image.height > most_pixels:
                raise PictureError("pixels")
            # A JPEG can be decoded at a half, a quarter or an eighth of its size.
            image.draft(None, (LONGER, LONGER))
            image.thumbnail((LONGER, LONGER), Image.Resampling.BOX)
            return plain(upright(image))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureError("pixels") from None


def upright(image: Image.Image) -> Image.Image:
    """The picture turned upright, or unchanged if its EXIF orientation cannot be read."""
    try:
        turn = TURNS.get(int(image.getexif().get(ORIENTATION, 1)))
    except UNREADABLE:
        return image
    return image if turn is None else image.transpose(turn)


def _ended(data: bytes, most_pixels: int) -> Bytes:
    """The picture in a JPEG without its end marker, as some programs write it. Raises PictureError if more is missing.

    More is missing if the bytes before the end marker matter: Pillow would draw them. (Pillow's own switch for
    truncated files affects all threads, and fills the missing part with grey.)
    """
    lines = data.removesuffix(END_OF_JPEG[:1])
    whole, *others = (_unpacked(lines + filler + END_OF_JPEG, "JPEG", most_pixels) for filler in FILLERS)
    if not all(np.array_equal(whole, other) for other in others):
        raise PictureError("damaged")
    return whole


def _jpeg_alone(data: bytes) -> bytes:
    """The JPEG without the extras that programs add to the picture: EXIF, colour profiles, comments."""
    kept, place = [data[:2]], 2
    while data[place : place + 1] == b"\xff" and data[place + 1 : place + 2] != b"\xda":
        marker, size = data[place + 1], 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        # Application segments (ITU-T T.81, table B.1) and comments; but Adobe's segment defines the colours.
        beside = marker in range(0xE1, 0xF0) or marker == 0xFE
        kept.append(b"" if beside and (marker, size) != ADOBE else data[place : place + size])
        place += size
    return b"".join([*kept, data[place:]])


def _png_alone(data: bytes) -> bytes:
    """The PNG's own chunks (PNG, section 11) and its transparency: no texts, no EXIF, no colour profile."""
    kept, place = [data[:8]], 8
    while place < len(data):
        size = 12 + int.from_bytes(data[place : place + 4], "big")
        if data[place + 4 : place + 8] in (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"):
            kept.append(data[place : place + size])
        place += size
    return b"".join(kept)


ALONE: Mapping[str, Callable[[bytes], bytes]] = {"JPEG": _jpeg_alone, "PNG": _png_alone}
"""Removes everything but the picture from a file whose extras cannot be read."""


def plain(image: Image.Image) -> Bytes:
    """Any kind of picture as grey, RGB or RGBA with eight bits per channel."""
    if image.mode.startswith("I") or image.mode == "F":
        return (np.clip(np.asarray(image, np.float64), 0, 65535) / 257).astype(np.uint8)
    if image.mode in ("L", "1"):
        return np.asarray(image.convert("L"))
    see_through = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    mode = "RGBA" if see_through else "RGB"
    return np.asarray(image if image.mode == mode else image.convert(mode))
