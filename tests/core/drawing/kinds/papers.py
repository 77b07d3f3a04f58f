"""Photos and scans of a digit: on plain, ruled and squared paper, in a box, on a table, in shadow and glare."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from lib.core.data.dataset import CLASSES
from lib.core.data.uploads import read_picture
from tests.core.drawing.kinds.case import Case, photographed
from tests.core.drawing.kinds.hand import Cover, Random, centred, digit

WIDE, HIGH = 1280, 960
Draw = Callable[[ImageDraw.ImageDraw], object]


def one(random: Random) -> int:
    return int(random.integers(CLASSES))


def inked(paper: np.ndarray, cover: Cover, ink: float) -> np.ndarray:
    """`paper` (h, w) with ink of this brightness where it is covered."""
    return paper * (1 - cover) + ink * cover


def mask(draw: Draw, blur: float = 0.7, size: tuple[int, int] = (WIDE, HIGH)) -> Cover:
    """What `draw` paints with 255, its edges soft by `blur` pixels: from 0 to 1."""
    image = Image.new("L", size)
    draw(ImageDraw.Draw(image))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(blur)), np.float32) / 255


def blank(level: float) -> np.ndarray:
    return np.full((HIGH, WIDE), level, np.float32)


def aside(random: Random, reach: float = 120) -> np.ndarray:
    return random.uniform(-reach, reach, 2)


def plain(random: Random) -> Case:
    """A digit on plain paper."""
    label = one(random)
    strokes = digit(label, random, random.uniform(220, 480))
    cover = centred((WIDE, HIGH), strokes, random.uniform(14, 30), aside(random))
    levels = inked(blank(random.uniform(215, 250)), cover, random.uniform(25, 70))
    return Case(picture=photographed(levels, random), right=str(label))


def table(random: Random) -> np.ndarray:
    """A dark table in three colours (HIGH, WIDE, 3), with a grain along one direction."""
    colour = np.array([random.uniform(60, 110), random.uniform(50, 80), random.uniform(35, 65)])
    rows = np.cumsum(random.normal(0, 0.5, HIGH))
    grain = 6 * np.sin(rows)[:, None] + random.normal(0, 4, (HIGH, WIDE))
    return colour + grain[..., None]


def on_table(random: Random, wide: float, angle: float, share: float, at: np.ndarray) -> tuple[np.ndarray, int]:
    """A sheet `wide` pixels wide, turned by `angle` degrees, its middle at `at`; the digit is `share` of it high."""
    label, size = one(random), (int(wide), int(wide * random.uniform(0.7, 0.85)))
    high = share * size[1]
    cover = centred(size, digit(label, random, high), high * random.uniform(0.07, 0.1))
    paper = np.repeat(
        inked(np.full(size[::-1], random.uniform(215, 245)), cover, random.uniform(25, 60))[..., None], 3, 2
    )
    sheet = Image.fromarray(paper.astype(np.uint8)).rotate(angle, Image.Resampling.BICUBIC, expand=True)
    where = Image.new("L", size, 255).rotate(angle, Image.Resampling.BICUBIC, expand=True)
    desk = Image.fromarray(np.clip(table(random), 0, 255).astype(np.uint8))
    left, top = at - np.array(sheet.size) / 2
    desk.paste(sheet, (int(left), int(top)), where)
    return np.asarray(desk, np.float32), label


def sheet_on_table(random: Random) -> Case:
    """A sheet of any size on a dark table, wholly or nearly in the picture."""
    wide = random.uniform(380, 1150)
    room = np.maximum(np.array([WIDE, HIGH]) - wide * np.array([1.0, 0.9]), 20) / 2
    at = np.array([WIDE, HIGH]) / 2 + random.uniform(-1, 1, 2) * room
    levels, label = on_table(random, wide, random.uniform(-10, 10), random.uniform(0.45, 0.7), at)
    return Case(picture=photographed(levels, random), right=str(label), or_refused=True)


def held_to_the_webcam(random: Random) -> Case:
    """A sheet held up before a dim room with a person: 640 × 480, uneven light."""
    at = np.array([WIDE, HIGH]) * random.uniform(0.42, 0.58, 2)
    levels, label = on_table(random, random.uniform(450, 800), random.uniform(-8, 8), random.uniform(0.5, 0.75), at)
    person = (
        mask(lambda draw: draw.ellipse((100, 150, 420, 620), fill=255), 8)[..., None]
        * (levels.mean(2) < 130)[..., None]
    )
    levels = levels * (1 - person) + person * np.array([150, 115, 95])
    light = 0.75 + 0.3 * np.linspace(0, 1, WIDE)[None, :, None] * random.choice((-1, 1))
    small = Image.fromarray(np.clip(levels * light, 0, 255).astype(np.uint8)).resize((640, 480), Image.Resampling.BOX)
    return Case(picture=photographed(np.asarray(small, np.float32), random), right=str(label), or_refused=True)


def dark_edge(random: Random) -> Case:
    """A scan with a black stripe along one or two sides."""
    label = one(random)
    cover = centred(
        (WIDE, HIGH), digit(label, random, random.uniform(300, 500)), random.uniform(16, 28), aside(random, 80)
    )
    levels = inked(blank(random.uniform(235, 252)), cover, random.uniform(25, 60))
    for side in random.choice(4, random.integers(1, 3), replace=False):
        deep = int(random.uniform(8, 70))
        stripe = (slice(0, deep), slice(-deep, None))[side % 2]
        levels[(stripe, slice(None)) if side < 2 else (slice(None), stripe)] = random.uniform(5, 40)
    return Case(picture=photographed(levels, random, 1.5), right=str(label), or_refused=True)


def shadow(random: Random) -> Case:
    """The hard edge of a shadow across the paper, often through the digit."""
    label, angle = one(random), random.uniform(0, 2 * np.pi)
    cover = centred((WIDE, HIGH), digit(label, random, random.uniform(300, 460)), random.uniform(18, 30), aside(random))
    middle = np.array([WIDE, HIGH]) / 2 + random.uniform(-260, 260, 2)
    along, out = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    corners = [
        middle + 3000 * along,
        middle - 3000 * along,
        middle - 3000 * along + 4000 * out,
        middle + 3000 * along + 4000 * out,
    ]
    dark = mask(lambda draw: draw.polygon([tuple(corner) for corner in corners], fill=255), random.uniform(2, 8))
    light = 1 - dark * (1 - random.uniform(0.45, 0.7))
    levels = inked(blank(random.uniform(220, 245)), cover, random.uniform(25, 60)) * light
    return Case(picture=photographed(levels, random, 3), right=str(label), or_refused=True)


def lined(random: Random, pitch: float, thick: int, colour: float, both: bool, turn: float) -> np.ndarray:
    """Paper with lines of brightness `colour`, `pitch` pixels apart, across or both ways, turned by `turn` degrees."""
    size = (WIDE + 240, HIGH + 240)
    first = random.uniform(0, pitch, 2)

    def lines(draw: ImageDraw.ImageDraw) -> None:
        for y in np.arange(first[0], size[1], pitch):
            draw.line([(0, y), (size[0], y)], fill=255, width=thick)
        for x in np.arange(first[1], size[0], pitch) if both else ():
            draw.line([(x, 0), (x, size[1])], fill=255, width=thick)

    covered = Image.fromarray((mask(lines, 0.6, size) * 255).astype(np.uint8))
    covered = covered.rotate(turn, Image.Resampling.BICUBIC).crop((120, 120, 120 + WIDE, 120 + HIGH))
    return inked(blank(random.uniform(235, 250)), np.asarray(covered, np.float32) / 255, colour)


def on_lines(random: Random, paper: np.ndarray, high: float) -> Case:
    label = one(random)
    pen = max(7.0, high * random.uniform(0.03, 0.06))
    levels = inked(paper, centred((WIDE, HIGH), digit(label, random, high), pen, aside(random)), random.uniform(30, 60))
    return Case(picture=photographed(levels, random), right=str(label))


def ruled_one_line_high(random: Random) -> Case:
    """Ruled paper, and the digit as high as the space between two lines."""
    pitch = random.uniform(110, 190)
    colour = random.uniform(110, 200)
    return on_lines(
        random, lined(random, pitch, 3, colour, False, random.uniform(-3, 3)), pitch * random.uniform(0.8, 1.15)
    )


def ruled(random: Random) -> Case:
    """Ruled paper, and a digit over several lines."""
    pitch = random.uniform(60, 100)
    colour = random.uniform(110, 200)
    return on_lines(
        random, lined(random, pitch, 3, colour, False, random.uniform(-3, 3)), pitch * random.uniform(2.2, 5)
    )


def squared_pale(random: Random) -> Case:
    """Squared paper with pale lines."""
    pitch = random.uniform(35, 70)
    return on_lines(
        random, lined(random, pitch, 2, random.uniform(170, 205), True, random.uniform(-3, 3)), random.uniform(260, 480)
    )


def squared_dark(random: Random) -> Case:
    """Squared paper with dark lines."""
    pitch = random.uniform(50, 90)
    return on_lines(
        random, lined(random, pitch, 3, random.uniform(115, 150), True, random.uniform(-3, 3)), random.uniform(260, 480)
    )


def printed_box(random: Random) -> Case:
    """A digit in a printed box, within it, filling it, or touching its frame."""
    label, side = one(random), random.uniform(360, 520)
    high = side * random.uniform(0.55, 0.85)
    strokes, pen = digit(label, random, high), random.uniform(16, 24)
    free = (side - high) / 2
    down = free * random.choice((0.0, 0.0, random.uniform(0.9, 1.1))) * random.choice((-1, 1))
    cover = centred((WIDE, HIGH), strokes, pen, (random.uniform(-0.2, 0.2) * free, down))
    left, top, right, bottom = WIDE / 2 - side / 2, HIGH / 2 - side / 2, WIDE / 2 + side / 2, HIGH / 2 + side / 2
    thick = int(random.integers(3, 9))
    box = mask(lambda draw: draw.rectangle((left, top, right, bottom), outline=255, width=thick))
    levels = inked(inked(blank(random.uniform(235, 252)), box, random.uniform(20, 90)), cover, random.uniform(20, 60))
    return Case(picture=photographed(levels, random), right=str(label), or_refused=True)


def glare(random: Random) -> Case:
    """A whiteboard with a lamp or a window in it."""
    label = one(random)
    cover = centred((WIDE, HIGH), digit(label, random, random.uniform(280, 420)), random.uniform(15, 22), aside(random))
    levels = inked(blank(random.uniform(185, 205)), cover, random.uniform(90, 120))
    left, top, wide, high = (
        random.uniform(0, 1000),
        random.uniform(0, 700),
        random.uniform(150, 400),
        random.uniform(150, 400),
    )
    shape = random.choice(("ellipse", "rectangle"))
    bright = mask(
        lambda draw: getattr(draw, shape)((left, top, left + wide, top + high), fill=255), random.uniform(8, 20)
    )
    return Case(picture=photographed(levels + 55 * bright, random), right=str(label), or_refused=True)


def fine_line(random: Random) -> Case:
    """A clean line, 1 to 4 pixels wide, in a PNG of 2000 × 2000, as grey levels, as a palette, or black and white."""
    label, size = one(random), (2000, 2000)
    cover = centred(size, digit(label, random, random.uniform(700, 1700)), int(random.integers(1, 5)))
    file = io.BytesIO()
    image = Image.fromarray(np.round(255 * (1 - cover)).astype(np.uint8))
    image.convert(str(random.choice(("L", "P", "1")))).save(file, "PNG")
    return Case(picture=read_picture(file.getvalue()), right=str(label))
