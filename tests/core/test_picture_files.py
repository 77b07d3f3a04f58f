"""Pictures from outside: read where they are what they say, refused with a code otherwise, whatever the bytes."""

import io
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from lib.core import picture_files
from lib.core.picture_files import LARGEST_FILE, LONGER, PictureError, read_picture


def file_of(image: Image.Image, form: str = "PNG", **about: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **about)
    return file.getvalue()


def claims(width: int, height: int) -> bytes:
    """A PNG that claims this size, all of one colour: a bomb, where that is large."""
    head = file_of(Image.new("L", (1, 1)))
    body = width.to_bytes(4, "big") + height.to_bytes(4, "big") + head[24:29]
    return head[:16] + body + zlib.crc32(b"IHDR" + body).to_bytes(4, "big") + head[33:]


def code_of(data: bytes) -> str:
    with pytest.raises(PictureError) as refused:
        read_picture(data)
    return refused.value.code


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_keeps_its_light_and_dark(mode: str) -> None:
    image = Image.new("L", (20, 10), 255)
    image.paste(0, (0, 0, 10, 10))
    kind = Image.fromarray(np.asarray(image, np.uint16) * 257) if mode == "I;16" else image.convert(mode)
    array = read_picture(file_of(kind))
    assert array.dtype == np.uint8
    assert array.shape[:2] == (10, 20)
    light = array if array.ndim == 2 else array[..., 0]
    assert (light[:, :10] == 0).all()
    assert (light[:, 10:] == 255).all()


def test_a_large_photo_is_made_smaller_and_put_upright() -> None:
    photo = Image.new("RGB", (3000, 2000), "white")
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    array = read_picture(file_of(photo, "JPEG", exif=exif))
    assert array.shape[0] > array.shape[1]
    assert max(array.shape) <= LONGER


def test_what_is_no_picture_too_large_or_cut_short_is_refused() -> None:
    png, jpeg = (file_of(Image.new("RGB", (50, 50)), form) for form in ("PNG", "JPEG"))
    assert code_of(b"") == "format"
    assert code_of(b"<svg/>") == "format"
    assert code_of(file_of(Image.new("RGB", (5, 5)), "GIF")) == "format"
    assert code_of(png + b"\x00" * LARGEST_FILE) == "large"
    assert code_of(png[:60]) == "damaged"
    assert code_of(jpeg[:30]) == "damaged"


@pytest.mark.parametrize("size", [(4001, 4000), (20_000, 20_000), (2**31 - 1, 2**31 - 1), (1, 2**31 - 1)])
def test_a_bomb_is_refused_before_it_is_unpacked(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = claims(*size)
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("unpacked"))
    assert code_of(bomb) == "pixels"


@given(st.binary(max_size=200), st.sampled_from(list(picture_files.MAGIC.values())), st.integers(0, 300))
def test_no_bytes_do_more_than_being_refused(noise: bytes, magic: bytes, cut: int) -> None:
    good = file_of(Image.new("L", (9, 9), 77), "PNG" if magic.startswith(b"\x89") else "JPEG")
    for data in (magic + noise, good[:cut] + noise, good[:cut] + noise + good[cut + len(noise) :]):
        try:
            array = read_picture(data)
        except PictureError:
            continue
        assert array.dtype == np.uint8
