"""Uneven light: the paper under the ink, and the sheet on a table."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from lib.core.drawing.paper.lighting import at_border, closed, otsu, sheet


@pytest.mark.parametrize("side", [3, 8, 21])
def test_the_closing_is_the_lowest_of_the_highest_values(side: int) -> None:
    values = np.random.default_rng(side).integers(0, 256, (40, 57), np.uint8)
    window = 2 * (side // 2) + 1
    # Pillow's filters leave the rim aside: only the middle is compared.
    expected = Image.fromarray(values).filter(ImageFilter.MaxFilter(window)).filter(ImageFilter.MinFilter(window))
    rim = 2 * window if side < 21 else 19
    assert np.array_equal(closed(values, side)[rim:-rim, rim:-rim], np.asarray(expected)[rim:-rim, rim:-rim])


def test_a_shadow_keeps_its_edge_and_a_stroke_is_gone() -> None:
    paper = np.full((60, 80), 220, np.uint8)
    paper[:, 50:] = 110
    written = paper.copy()
    written[20:40, 30:34] = 30
    assert np.array_equal(closed(written, 12), paper)


def test_otsu_separates_two_levels() -> None:
    values = np.concatenate([np.full(300, 60, np.uint8), np.full(50, 200, np.uint8)])
    assert 60 <= otsu(values) < 200


def picture(draw_on: str) -> np.ndarray:
    image = Image.new("L", (320, 240), 40)
    draw = ImageDraw.Draw(image)
    if draw_on == "sheet":
        draw.polygon([(90, 40), (260, 60), (240, 200), (70, 180)], fill=225)
        draw.line([(150, 80), (150, 160)], fill=30, width=8)
    elif draw_on == "blank sheet":
        draw.rectangle((90, 40, 240, 200), fill=225)
    else:
        draw.ellipse((90, 40, 240, 200), outline=225, width=50)
    return np.asarray(image)


def test_a_written_sheet_is_found_and_a_light_digit_is_none() -> None:
    found = sheet(picture("sheet"))
    assert found is not None
    assert found[120, 150]
    assert not found[20, 20]
    assert sheet(picture("blank sheet")) is None
    assert sheet(picture("0")) is None


def test_a_stripe_along_the_border_is_no_ink_and_neither_is_a_corner() -> None:
    dark = np.zeros((100, 120), bool)
    dark[:, :4] = True
    dark[95:, 110:] = True
    dark[30:70, 60:65] = True
    assert np.array_equal(at_border(dark), dark & ~np.isin(np.arange(120), np.arange(60, 65)))


def test_a_digit_that_reaches_the_border_stays() -> None:
    dark = np.zeros((100, 120), bool)
    dark[30:, 60:66] = True
    assert not at_border(dark).any()
