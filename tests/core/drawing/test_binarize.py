"""Ink separated from paper: any colours, light from any side, and a photo's uneven light, noise and compression."""

import io

import numpy as np
import pytest
from PIL import Image

from lib.core.drawing.binarize import LARGEST, grey, ink
from lib.core.drawing.render import render
from tests.core.drawing.pen_strokes import DRAWN

CANVAS = render(DRAWN[5])


def photo(strokes, seed, dark=70, noise=4.0, quality=75):
    """A sheet near a window: light falls off across and to the corners; grain; JPEG. Ink is `dark` levels darker."""
    across, down = np.meshgrid(np.linspace(-1, 1, 280), np.linspace(-1, 1, 280))
    light = 190 + 30 * across - 15 * down - 20 * (across**2 + down**2)
    grain = np.random.default_rng(seed).normal(0, noise, light.shape)
    levels = np.clip(light - dark * (render(strokes) / 255) + grain, 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(levels).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))


def test_a_canvas_is_its_own_ink():
    assert np.array_equal(ink(grey(CANVAS)), CANVAS)


def test_dark_on_light_is_light_on_dark():
    assert np.array_equal(ink(grey(255 - CANVAS)), CANVAS)


@pytest.mark.parametrize(("paper", "pen"), [(30, 90), (200, 60), (255, 235), (0, 40)])
def test_faint_and_grey_ink_is_as_much_ink(paper, pen):
    levels = (paper + CANVAS / 255 * (pen - paper)).round().astype(np.uint8)
    assert np.abs(ink(grey(levels)).astype(int) - CANVAS).max() <= 255 / abs(pen - paper)


@pytest.mark.parametrize("colour", [(220, 30, 30), (20, 60, 200), (250, 210, 0), (0, 0, 0)])
def test_coloured_ink_on_white(colour):
    paper = np.full((280, 280, 3), 255.0)
    picture = (paper + (CANVAS / 255)[..., None] * (np.array(colour) - paper)).round().astype(np.uint8)
    assert np.array_equal(ink(grey(picture)) >= 128, CANVAS >= 128)


@pytest.mark.parametrize("colour", [0, 110, 255])
def test_a_see_through_canvas_shows_its_ink_whatever_its_colour(colour):
    picture = np.dstack([np.full_like(CANVAS, colour)] * 3 + [CANVAS])
    assert np.abs(ink(grey(picture)).astype(int) - CANVAS).max() <= 2


def test_a_canvas_without_transparency_is_its_colours():
    opaque = np.dstack([CANVAS] * 3 + [np.full_like(CANVAS, 255)])
    assert np.array_equal(grey(opaque), CANVAS)


@pytest.mark.parametrize("digit", DRAWN)
def test_a_photo_in_uneven_light_shows_the_same_ink(digit):
    true = render(DRAWN[digit]) >= 128
    found = ink(grey(photo(DRAWN[digit], digit))) >= 128
    assert (found & true).sum() / (found | true).sum() > 0.9


@pytest.mark.parametrize("seed", range(5))
def test_an_empty_sheet_has_no_ink_however_it_is_lit(seed):
    assert ink(grey(photo([], seed))) is None


def test_a_frame_around_the_picture_is_not_taken_for_the_paper():
    framed = np.pad(255 - CANVAS, 1)
    found = ink(grey(framed))[1:-1, 1:-1]
    assert np.array_equal(found >= 128, CANVAS >= 128)


@pytest.mark.parametrize("level", [0, 1, 127, 255])
@pytest.mark.parametrize("shape", [(1, 1), (280, 280), (3, 50, 3), (50, 3, 4), (0, 5), (5, 0, 3), (0, 0)])
def test_one_colour_alone_is_no_ink(shape, level):
    assert ink(grey(np.full(shape, level, np.uint8))) is None


@pytest.mark.parametrize(("shape", "expected"), [((900, 1200), (480, 640)), ((3000, 2, 3), (640, 1)), ((9, 7), (9, 7))])
def test_large_pictures_are_made_smaller(shape, expected):
    assert LARGEST == 640
    assert grey(np.zeros(shape, np.uint8)).shape == expected


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((5, 5), np.float32),
        np.zeros((5, 5), bool),
        np.zeros(5, np.uint8),
        np.zeros((5, 5, 1), np.uint8),
        np.zeros((5, 5, 2), np.uint8),
        np.zeros((2, 5, 5, 3), np.uint8),
    ],
)
def test_what_is_no_picture_is_refused(wrong):
    with pytest.raises(ValueError, match=r"a picture must be uint8 \(h, w\)"):
        grey(wrong)
