"""Pictures that come from outside, PNG or JPEG: looked at before they are unpacked, so that none can be a bomb."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Mapping

import numpy as np
from PIL import Image, ImageOps

from lib.core.digits import Bytes
from lib.core.words import Translate, mark, untranslated

LARGEST_FILE = 5 * 2**20
"""Bytes that a file may have: a photo of a phone, made smaller for sending."""
MOST_PIXELS = 16_000_000
"""Pixels that are unpacked at most, 64 MB of memory for a moment: a small file can claim to hold any number."""
LONGER = 1280
"""The longer side of what is handed on, in pixels: twice what is looked at."""

MAGIC: Mapping[str, bytes] = {"PNG": b"\x89PNG\r\n\x1a\n", "JPEG": b"\xff\xd8\xff"}
"""How a file of each format begins, whatever its name says."""

SENTENCES: Mapping[str, str] = {
    "format": mark("This is no PNG and no JPEG, whatever its name says."),
    "large": mark("The file is larger than {megabytes} MB. Make the picture smaller first."),
    "pixels": mark("The picture has more than {megapixels} million pixels. Make it smaller first."),
    "damaged": mark("The picture cannot be read: the file is damaged or cut short."),
}

UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, struct.error, zlib.error)
"""What Pillow says to bytes that nobody wrote."""


class PictureError(ValueError):
    """A file that is refused; `code` is one of SENTENCES."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(self.sentence())

    def sentence(self, _: Translate = untranslated) -> str:
        """Why, in the language of `_`."""
        return _(SENTENCES[self.code]).format(megabytes=LARGEST_FILE // 2**20, megapixels=MOST_PIXELS // 1_000_000)


def read_picture(data: bytes, most_pixels: int = MOST_PIXELS) -> Bytes:
    """The picture in a file, upright: uint8 (h, w), (h, w, 3) or (h, w, 4), its longer side at most LONGER.

    Raises PictureError for what is no such file, too large, or damaged.
    """
    if len(data) > LARGEST_FILE:
        raise PictureError("large")
    form = next((name for name, magic in MAGIC.items() if data.startswith(magic)), None)
    if form is None:
        raise PictureError("format")
    try:
        with Image.open(io.BytesIO(data), formats=(form,)) as image:
            if image.width * image.height > most_pixels:
                raise PictureError("pixels")
            # A JPEG can be unpacked at a half, a quarter or an eighth of its size.
            image.draft(None, (LONGER, LONGER))
            ImageOps.exif_transpose(image, in_place=True)
            image.thumbnail((LONGER, LONGER), Image.Resampling.BOX)
            return plain(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureError("pixels") from None
    except PictureError:
        raise
    except UNREADABLE:
        raise PictureError("damaged") from None


def plain(image: Image.Image) -> Bytes:
    """Any kind of picture as grey, RGB or RGBA of eight bits."""
    if image.mode.startswith("I") or image.mode == "F":
        return (np.clip(np.asarray(image, np.float64), 0, 65535) / 257).astype(np.uint8)
    if image.mode in ("L", "1"):
        return np.asarray(image.convert("L"))
    see_through = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    mode = "RGBA" if see_through else "RGB"
    return np.asarray(image if image.mode == mode else image.convert(mode))
