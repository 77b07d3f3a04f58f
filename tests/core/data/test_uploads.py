"""Uploaded pictures: valid ones are read, others are refused with a code, whatever their bytes."""

import io
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFile, ImageOps, PngImagePlugin

from lib.core.data import uploads
from lib.core.data.uploads import LARGEST_FILE, LONGER, PictureError, read_picture


def file_of(image: Image.Image, form: str = "PNG", **about: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **about)
    return file.getvalue()


def claims(width: int, height: int) -> bytes:
    """A PNG with this size in its header, all of one colour: a decompression bomb if that is large."""
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
    assert code_of(file_of(Image.new("RGB", (5, 5)), "TIFF")) == "other"
    assert code_of(png + b"\x00" * LARGEST_FILE) == "large"
    assert code_of(png[:60]) == "damaged"
    assert code_of(jpeg[:30]) == "damaged"


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_every_format_of_phones_and_programs_is_read(form: str) -> None:
    image = Image.new("RGB", (40, 30), "white")
    image.paste((0, 0, 0), (0, 0, 20, 30))
    array = read_picture(file_of(image, form))
    light = array if array.ndim == 2 else array[..., 0]
    assert (light[:, :16] < 30).all()
    assert (light[:, 24:] > 225).all()


def test_of_an_animation_the_first_frame_is_read() -> None:
    frames = [Image.new("L", (30, 20), level) for level in (240, 10)]
    data = file_of(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert read_picture(data)[..., 0].min() > 230


def test_a_heic_is_refused_by_its_name_and_with_a_way_out() -> None:
    with pytest.raises(PictureError) as refused:
        read_picture(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200))
    assert "HEIC" in str(refused.value)
    assert "JPEG" in str(refused.value)


def test_the_original_of_a_phone_is_read_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = Image.new("L", (5712, 4284), 200)
    assert read_picture(file_of(photo, "JPEG", exif=exif)).shape == (1280, 960)


@pytest.mark.parametrize("mode", ["L", "P", "1"])
def test_a_fine_line_stays_whole_when_the_picture_is_made_smaller(mode: str) -> None:
    image = Image.new("L", (3000, 2000), 255)
    image.paste(0, (1500, 0, 1502, 2000))
    array = read_picture(file_of(image.convert(mode)))
    light = array if array.ndim == 2 else array[..., 0]
    assert light.min(axis=1).max() < 200


def photo(side: int = 200, **about: object) -> bytes:
    """A JPEG with content down to its last line."""
    light = np.random.default_rng(0).integers(0, 256, (side // 8, side // 8), np.uint8).repeat(8, 0).repeat(8, 1)
    return file_of(Image.fromarray(light), "JPEG", **about)


@pytest.mark.parametrize("about", [{}, {"progressive": True}, {"quality": 30}, {"restart_marker_rows": 1}])
def test_a_jpeg_without_its_end_is_read_and_one_without_its_last_lines_is_not(about: dict[str, object]) -> None:
    data = photo(**about)
    assert data.endswith(b"\xff\xd9")
    assert (read_picture(data[:-2]) == read_picture(data)).all()
    assert (read_picture(data[:-1]) == read_picture(data)).all()
    if "progressive" not in about:  # which is whole before its last lines have come, only less sharp
        for share in (0.3, 0.5, 0.8, 0.95):
            assert code_of(data[: int(len(data) * share)]) == "damaged"


def with_segment(jpeg: bytes, marker: int, body: bytes) -> bytes:
    """The JPEG with an additional segment at its beginning."""
    return jpeg[:2] + bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2, "big") + body + jpeg[2:]


@pytest.mark.filterwarnings("ignore::UserWarning")  # by which Pillow says that it goes on all the same
@pytest.mark.parametrize(
    ("marker", "body"),
    [
        (0xE1, b"Exif\x00\x00" + b"II*\x00\xff\xff\xff\xff"),
        (0xE1, b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x02\x00\x00\x00\x04left\x00\x00\x00\x00"),
        (0xE1, b"Exif\x00\x00neither"),
        (0xE1, b"Exif\x00\x00"),
        (0xE2, b"MPF\x00II*\x00\x08\x00\x00\x00\xff\xff"),
        (0xE2, b"ICC_PROFILE\x00\x02\x01nothing"),
        (0xED, b"Photoshop 3.0\x008BIM\xff\xff\xff"),
        (0xEE, b"Adobe\x00"),
        (0xFE, b"\xff" * 60_000),
    ],
)
def test_what_stands_beside_the_picture_of_a_jpeg_may_be_odd(marker: int, body: bytes) -> None:
    data = photo()
    assert (read_picture(with_segment(data, marker, body)) == read_picture(data)).all()
    assert (read_picture(with_segment(data, marker, body)[:-2]) == read_picture(data)).all()


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_photo_is_put_upright_as_pillow_does(turn: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = turn
    data = photo(96, exif=exif)
    with Image.open(io.BytesIO(data)) as image:
        assert (read_picture(data) == np.asarray(ImageOps.exif_transpose(image))).all()


def chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


@pytest.mark.parametrize("place", [33, -12])
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (b"tEXt", b"Comment\x00" + b"x" * 3_000_000),
        (b"zTXt", b"Comment\x00\x00" + zlib.compress(b"x" * 30_000_000)),
        (b"iTXt", b"Comment\x00\x01\x00\x00\x00" + zlib.compress(b"x" * 30_000_000)),
        (b"eXIf", b"neither"),
        (b"iCCP", b"name\x00\x00nothing"),
        (b"gAMA", b""),
    ],
    ids=["tEXt", "zTXt", "iTXt", "eXIf", "iCCP", "gAMA"],
)
def test_what_stands_beside_the_picture_of_a_png_may_be_large_or_odd(kind: bytes, body: bytes, place: int) -> None:
    image = Image.new("P", (20, 10), 1)
    image.putpalette([0, 0, 0, 250, 120, 10])
    data = file_of(image, transparency=0)
    assert (read_picture(data[:place] + chunk(kind, body) + data[place:]) == read_picture(data)).all()


def test_pillows_own_switches_stay_as_they_are() -> None:
    before = ImageFile.LOAD_TRUNCATED_IMAGES, PngImagePlugin.MAX_TEXT_CHUNK
    read_picture(photo()[:-2])
    assert before == (ImageFile.LOAD_TRUNCATED_IMAGES, PngImagePlugin.MAX_TEXT_CHUNK)


@pytest.mark.parametrize("size", [(4001, 4000), (20_000, 20_000), (2**31 - 1, 2**31 - 1), (1, 2**31 - 1)])
def test_a_bomb_is_refused_before_it_is_unpacked(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = claims(*size)
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("unpacked"))
    assert code_of(bomb) == "pixels"


@given(st.binary(max_size=200), st.sampled_from(list(uploads.MAGIC.values())), st.integers(0, 300))
def test_no_bytes_do_more_than_being_refused(noise: bytes, magic: bytes, cut: int) -> None:
    good = file_of(Image.new("L", (9, 9), 77), "PNG" if magic.startswith(b"\x89") else "JPEG")
    for data in (magic + noise, good[:cut] + noise, good[:cut] + noise + good[cut + len(noise) :]):
        try:
            array = read_picture(data)
        except PictureError:
            continue
        assert array.dtype == np.uint8
