"""Those who cannot draw give a test digit or a picture; refusals are put in words."""

import io

import numpy as np
import pytest
from PIL import Image

from lib.core.data.uploads import PictureError
from lib.core.drawing.render import render
from lib.core.i18n import LANGUAGES, translator
from lib.ui.draw import ways
from tests.pages.draw.drawing import FOUR, boxed, draw, message, read
from tests.pages.visiting import english_left, there, visit, words_in, words_on, works

both_languages = pytest.mark.parametrize("lang", list(LANGUAGES))


@both_languages
def test_a_test_digit_is_read_and_another_comes_by_chance(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways.secrets, "randbelow", lambda many: 61)
    visitor = visit("draw", lang=lang)
    visitor.get_by_key("draw_way").set_value("sample").run()
    assert works(visitor)
    assert read(visitor) == "7", "the first test image of MNIST"
    visitor.get_by_key("draw_another").click().run()
    assert works(visitor)
    assert visitor.get_by_key("draw_number").value == 61
    assert read(visitor).isdigit() or read(visitor) == "?"
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


@both_languages
def test_a_picture_is_read_and_anything_else_refused(lang: str) -> None:
    file = io.BytesIO()
    Image.fromarray(255 - render([np.array(stroke, float) for stroke in FOUR])).save(file, "JPEG")
    visitor = visit("draw", lang=lang)
    visitor.get_by_key("draw_way").set_value("upload").run()
    visitor.get_by_key("draw_upload").set_value(("four.jpg", file.getvalue(), "image/jpeg")).run()
    assert works(visitor)
    assert read(visitor) == "4"
    assert there(visitor, "draw_picture")
    assert [digit["said"][0] for digit in boxed(visitor)] == ["4"]
    visitor.get_by_key("draw_upload").set_value(("four.png", b"<svg/>", "image/png")).run()
    assert works(visitor)
    assert [warning.value for warning in visitor.warning] == [PictureError("format").sentence(translator(lang))]
    assert visitor.warning[0].value in words_in(visitor, "prediction"), "where the answer was"
    assert not there(visitor, "draw_picture")
    assert not there(visitor, "draw_read_shipped")
    assert boxed(visitor) == [], "no box of the picture before"
    assert not any(message(visitor, "probability_bars")["models"][0]["probabilities"])
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


def turned(picture: Image.Image) -> bytes:
    """A photo whose metadata says that it must be rotated by a quarter turn."""
    file, about = io.BytesIO(), Image.Exif()
    about[0x0112] = 6
    picture.transpose(Image.Transpose.ROTATE_90).save(file, "JPEG", exif=about)
    return file.getvalue()


def as_png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def test_no_kind_of_file_breaks_the_page() -> None:
    """Photos that lie on their side, 16 bits, palettes and see-through are read; cut short or too large is refused."""
    four = Image.fromarray(255 - render([np.array(stroke, float) for stroke in FOUR]))
    deep, large = np.asarray(four, np.uint16) * 257, as_png(Image.new("1", (4001, 4000)))
    good = (turned(four), as_png(four.convert("P")), as_png(Image.fromarray(deep)), as_png(four.convert("LA")))
    bad = {"damaged": (as_png(four)[:-200], turned(four)[:300], as_png(four)[:40]), "pixels": (large,)}
    visitor = visit("draw")
    visitor.get_by_key("draw_way").set_value("upload").run()
    for file in good:
        visitor.get_by_key("draw_upload").set_value(("four.png", file, "image/png")).run()
        assert works(visitor)
        assert read(visitor) == "4"
    for code, files in bad.items():
        for file in files:
            visitor.get_by_key("draw_upload").set_value(("four.png", file, "image/png")).run()
            assert works(visitor)
            assert [warning.value for warning in visitor.warning] == [PictureError(code).sentence()]


def test_a_canvas_that_was_left_for_another_way_or_page_has_its_drawing_again() -> None:
    visitor = draw(visit("draw"), FOUR)
    visitor.get_by_key("draw_way").set_value("camera").run()
    assert "Nothing to read" in words_in(visitor, "prediction")
    visitor.get_by_key("draw_way").set_value("canvas").run()
    assert works(visitor)
    assert read(visitor) == "4"
    visitor.switch_page("../../../pages/home.py").run()
    visitor.switch_page("../../../pages/draw.py").run()
    assert works(visitor)
    assert read(visitor) == "4"
    assert len(visitor.session_state["draw_begin"]["objects"]) == len(FOUR)
    visitor.get_by_key("draw_clear").click().run()
    assert "Nothing to read" in words_in(visitor, "prediction")


def test_a_photo_without_its_end_is_read_and_one_without_its_last_lines_refused() -> None:
    file = io.BytesIO()
    Image.fromarray(255 - render([np.array(stroke, float) for stroke in FOUR])).save(file, "JPEG")
    visitor = visit("draw")
    visitor.get_by_key("draw_way").set_value("upload").run()
    visitor.get_by_key("draw_upload").set_value(("four.jpg", file.getvalue()[:-2], "image/jpeg")).run()
    assert works(visitor)
    assert read(visitor) == "4"
    visitor.get_by_key("draw_upload").set_value(("four.jpg", file.getvalue()[:-900], "image/jpeg")).run()
    assert [warning.value for warning in visitor.warning] == [PictureError("damaged").sentence()]
