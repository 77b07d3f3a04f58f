"""Uploaded pictures, as phones and programs write them: checked before they are decompressed, against bombs."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from PIL import Image

from lib.core.data.dataset import Bytes
from lib.core.i18n import mark
from lib.core.incoming import UNREADABLE, FileError, take_in

LARGEST_FILE = 20 * 2**20
"""Largest file in bytes: enough for a phone's original, which has 3 to 12 MB."""
MOST_PIXELS = 16_000_000
"""Most pixels to decompress, 64 MB of memory for a moment: a small file can claim any number."""
SHARES: Mapping[str, float] = {"JPEG": 4, "progressive": 1.6, "WEBP": 0.5}
"""Of MOST_PIXELS, by format. A JPEG is decoded at a half, a quarter or an eighth of its size; but a progressive one
keeps up to 6 bytes for each of its own pixels, and a WebP takes 15 (both measured)."""
LONGER = 1280
"""Longer side of the returned picture in pixels: twice `binarize.LARGEST`."""

MAGIC: Mapping[str, bytes] = {
    "PNG": b"\x89PNG\r\n\x1a\n",
    "JPEG": b"\xff\xd8\xff",
    "WEBP": b"RIFF",
    "GIF": b"GIF8",
    "BMP": b"BM",
}
"""First bytes of a file by format; the file's name does not count."""
NAMES = ("png", "jpg", "jpeg", "jfif", "webp", "gif", "bmp")
"""Endings of the files that can be read."""
HEIC_NAMES = ("heic", "heif")
"""Endings of the files that are refused with a way out."""
OTHERS: Sequence[tuple[slice, bytes, str]] = (
    (slice(8, 12), b"avif", "AVIF"),
    (slice(0, 4), b"II*\0", "TIFF"),
    (slice(0, 4), b"MM\0*", "TIFF"),
    (slice(0, 4), b"%PDF", "PDF"),
)
"""Bytes by which other formats are known, so that a refusal can name them."""
HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1")
"""Brands of a HEIF file (ISO/IEC 23008-12), at its ninth byte."""

SENTENCES: Mapping[str, str] = {
    "format": mark("This is no picture that can be read here. PNG, JPEG, WebP, GIF and BMP can be read."),
    "other": mark("This is a {form} file, whatever its name says. Save the picture as JPEG or PNG first."),
    "heic": mark(
        "This is a HEIC picture, as iPhones take them, and cannot be read here. Send it as JPEG: on the iPhone choose "
        "Settings, Camera, Formats, Most Compatible, or take a picture of the screen."
    ),
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
WITHOUT_SHADES: Mapping[str, str] = {"1": "L", "P": "RGB", "PA": "RGB"}
"""Modes that can only be made smaller once they are converted to another."""
ADOBE = (0xEE, 16)
"""Marker and bytes of the segment in which Adobe's programs describe the colours of a JPEG."""
END_OF_JPEG = b"\xff\xd9"
FILLERS = (b"", b"\x35" * 64, b"\xca" * 64)
"""Bytes to insert between a JPEG's last line and its end; they change the picture only if a line is missing."""


class PictureError(FileError):
    """A refused picture; `code` is one of SENTENCES."""

    def __init__(self, code: str, most_pixels: float = MOST_PIXELS, form: str = "") -> None:
        self.code = code
        about = {"megabytes": LARGEST_FILE // 2**20, "megapixels": round(most_pixels / 1_000_000), "form": form}
        super().__init__(SENTENCES[code], **about)


def read_picture(data: bytes, most_pixels: int = MOST_PIXELS) -> Bytes:
    """The picture in a file, upright: uint8 (h, w), (h, w, 3) or (h, w, 4), its longer side at most LONGER.

    Of an animation it is the first frame. A picture with more than `most_pixels`, times its format's share in SHARES,
    is refused. Raises PictureError if the file is too large, damaged, or of a format that is not in MAGIC.
    """
    read = functools.partial(_picture, most_pixels=most_pixels)
    return take_in(data, read, most=LARGEST_FILE, large=PictureError("large"), damaged=PictureError("damaged"))


def _picture(data: bytes, most_pixels: int) -> Bytes:
    form = next((name for name, magic in MAGIC.items() if data.startswith(magic)), None)
    if form is None:
        raise _unknown(data)
    try:
        return _unpacked(data, form, most_pixels)
    except PictureError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureError("pixels", most_pixels) from None
    except UNREADABLE:
        if form not in ALONE:
            raise
        alone = ALONE[form](data)
    try:
        return _unpacked(alone, form, most_pixels)
    except OSError:
        if form != "JPEG" or alone.endswith(END_OF_JPEG):
            raise
    return _ended(alone, most_pixels)


def _unknown(data: bytes) -> PictureError:
    """The refusal of a file of another format, which it names if it can."""
    if data[4:8] == b"ftyp" and data[8:12] in HEIC:
        return PictureError("heic")
    form = next((name for place, sign, name in OTHERS if data[place] == sign), None)
    return PictureError("other", form=form) if form else PictureError("format")


def _unpacked(data: bytes, form: str, most_pixels: int) -> Bytes:
    with Image.open(io.BytesIO(data), formats=(form,)) as image:
        most = most_pixels * SHARES.get("progressive" if image.info.get("progressive") else form, 1)
        if image.width * image.height > most:
            raise PictureError("pixels", most)
        image.draft(None, (LONGER, LONGER))
        # A palette's numbers and bits are no brightness: averaged as they are, thin lines would break.
        kind = WITHOUT_SHADES.get(image.mode)
        shown = image.convert(_colours(image) if kind == "RGB" else kind) if kind else image
        shown.thumbnail((LONGER, LONGER), Image.Resampling.BOX)
        return plain(upright(shown))


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


def _colours(image: Image.Image) -> str:
    """The mode that shows all of a picture with colours."""
    see_through = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    return "RGBA" if see_through else "RGB"


def plain(image: Image.Image) -> Bytes:
    """Any kind of picture as grey, RGB or RGBA with eight bits per channel."""
    if image.mode.startswith("I") or image.mode == "F":
        return (np.clip(np.asarray(image, np.float64), 0, 65535) / 257).astype(np.uint8)
    if image.mode in ("L", "1"):
        return np.asarray(image.convert("L"))
    mode = _colours(image)
    return np.asarray(image if image.mode == mode else image.convert(mode))
