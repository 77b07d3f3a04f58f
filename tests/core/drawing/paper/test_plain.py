"""What a picture of paper shows besides ink goes, and only if it is there."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from lib.core.drawing.paper.fine_lines import thickened
from lib.core.drawing.paper.plain import on_plain_paper
from lib.core.drawing.paper.printed_frame import without_frames
from lib.core.drawing.paper.ruling import without_ruling
from lib.core.drawing.render import render
from tests.core.drawing.pen_strokes import DRAWN


def ink_of(digit):
    """A digit in the middle of (480, 640): white on black."""
    ink = np.zeros((480, 640), np.uint8)
    ink[100:380, 180:460] = render(DRAWN[digit])
    return ink


def with_lines(ink, draw):
    """The ink with what `draw` paints, at the full 255."""
    image = Image.fromarray(ink)
    draw(ImageDraw.Draw(image))
    return np.asarray(image)


def differ(one, other):
    """How many pixels differ by more than half, in pixels of the second one's ink."""
    return np.sum(np.abs(one.astype(int) - other) > 127) / np.sum(other > 127)


@pytest.mark.parametrize("digit", DRAWN)
def test_drawings_on_plain_paper_stay_as_they_are(digit):
    ink = ink_of(digit)
    assert without_frames(ink) is ink
    assert without_ruling(ink) is ink
    paper = 255 - ink
    assert on_plain_paper(paper) is paper
    small = 255 - render(DRAWN[digit])[::10, ::10]
    assert on_plain_paper(small) is small


@pytest.mark.parametrize("digit", [1, 2, 4, 7, 0])
@pytest.mark.parametrize("bottom", [420, 330])
def test_a_frame_goes_and_the_digit_in_it_stays_even_where_it_touches(digit, bottom):
    """At 330 the frame's lower side lies under the feet of the digit."""
    ink = ink_of(digit)
    framed = with_lines(ink, lambda draw: draw.rectangle((140, 60, 500, bottom), outline=255, width=5))
    assert differ(without_frames(framed), ink) < 0.06


def test_an_empty_frame_is_no_frame_around_anything():
    empty = with_lines(np.zeros((480, 640), np.uint8), lambda draw: draw.rectangle((140, 60, 500, 420), outline=255))
    assert without_frames(empty) is empty


@pytest.mark.parametrize("digit", [0, 3, 4, 7])
def test_lines_across_the_paper_go(digit):
    ink = ink_of(digit)

    def lines(draw):
        for y in range(25, 480, 60):
            draw.line([(0, y), (640, y + 8)], fill=150, width=2)

    assert differ(without_ruling(with_lines(ink, lines)), ink) < 0.06


@pytest.mark.parametrize("width", [1, 3])
def test_a_fine_line_stays_whole(width):
    picture = Image.new("L", (1280, 1280), 255)
    ImageDraw.Draw(picture).line([(300, 200), (900, 240), (500, 1100)], fill=0, width=width)
    found = thickened(np.asarray(picture))
    assert found is not None
    rows = (found > 127).any(axis=1)
    first, last = np.flatnonzero(rows)[[0, -1]]
    assert rows[first:last].all()
