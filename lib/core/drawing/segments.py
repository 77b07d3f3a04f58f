"""Splits a row of writing into parts, each of which belongs to one digit: pieces of ink and cuts through them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from PIL import Image

from lib.core.data.dataset import Bytes
from lib.core.drawing.components import frame, joined, pieces
from lib.core.drawing.cut_paths import seams
from lib.core.drawing.preprocess import Drawn, cut, inked, resized
from lib.core.drawing.signs import is_line_below, is_sign
from lib.core.drawing.thickness import Mask, stroke_width

TALL = 120
"""Height of the tallest piece in pixels while measuring: as fine as in `prepare`."""
LONG = 16
"""Largest length of a row, relative to TALL; a longer one is scaled down."""
HIGH = 4
"""Largest height of a row, relative to TALL: a higher picture is no row, and would take long."""
PIECES = 24
"""Most pieces considered; the largest ones count."""
PARTS = 60
"""With more parts, cuts are left out: that is no row of digits, and would take long."""
SHORT = 0.5
"""A piece lower than this share of TALL belongs to a digit beside, above or below it, and is not cut."""
CUT_FROM, CUT_UPTO = 0.85, 5.0
"""Range of width by height in which a piece may be touching digits; one in ten of MNIST's digits is within it."""
THICK = 0.2
"""With a pen wider than this share of a piece its strokes are not told apart: they are blots."""
ABOVE = 0.2
"""Two strokes are one sign if their middles lie less than this share of the wider one apart."""
CROSSED = 3.0
"""Most ink that a cut may cross, in stroke widths: 1 is a touch, 2 cut through a 0."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """Ink that belongs together: `mask` (h, w) in the row, and its box in pixels, right and bottom excluded.

    `crossed` is the ink, in stroke widths, that was cut to separate it from the part on its left; None without a cut.
    A `sign` is no digit and is joined to none. `piece` is the number of the connected piece of ink that it comes from;
    `stroke` counts the strokes in it by time, if they are known.
    """

    mask: Mask = field(repr=False)
    left: int
    right: int
    top: int
    bottom: int
    crossed: float | None = None
    sign: bool = False
    piece: int = 0
    stroke: int | None = None

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top


def part(mask: Mask, crossed: float | None = None) -> Part:
    """The part with the ink in `mask` (h, w), which must not be empty."""
    rows, columns = frame(mask)
    sides = {"left": columns.start, "right": columns.stop, "top": rows.start, "bottom": rows.stop}
    return Part(mask=mask, crossed=crossed, **sides)


def whole(parts: Sequence[Part]) -> Part:
    """Several parts, at least one, merged into one."""
    if len(parts) == 1:
        return parts[0]
    return part(np.logical_or.reduce([one.mask for one in parts]))


def taken_apart(drawn: Drawn, strokes: Sequence[Mask] = ()) -> tuple[Bytes, list[Part]]:
    """The drawn ink, uint8 (h, w) white on black, and its parts, ordered by the middles of their boxes.

    The ink is scaled so that its tallest piece is TALL, unless it is a single piece that needs no cut. A piece is cut
    by the `strokes` in it, bool (h, w) each, where they are known.
    """
    image = cut(drawn.ink, drawn.kept)
    found = [part(inked(image))] if drawn.pieces == 1 else largest(image)
    if len(found) == 1 and not (len(strokes) > 1 or may_touch(found[0])):
        return image, found
    tallest, longer = max(piece.height for piece in found), max(image.shape)
    factor = min(TALL / tallest, LONG * TALL / longer, HIGH * TALL / image.shape[0])
    image = resized(image, max(1, round(longer * factor)))
    pens = [scaled(stroke[frame(drawn.kept)], image.shape) for stroke in strokes]
    found, signs = without_signs(largest(image))
    found = [*gathered(found), *signs]
    parts = [small for number, piece in enumerate(found) for small in divided(piece, number, pens)]
    return image, sorted(parts if len(parts) <= PARTS else found, key=lambda one: one.left + one.right)


def scaled(mask: Mask, shape: tuple[int, ...]) -> Mask:
    """`mask` on a picture of this shape (h, w)."""
    image = Image.fromarray(mask.astype(np.uint8)).resize((shape[1], shape[0]), Image.Resampling.NEAREST)
    return np.asarray(image, bool)


def divided(piece: Part, number: int, strokes: Sequence[Mask]) -> list[Part]:
    """The piece by the strokes in it, or cut at its seams if none are known; the parts know its `number`.

    Whoever writes several digits lifts the pen: one stroke is one digit, or none.
    """
    inside = [stroke & piece.mask for stroke in strokes]
    inside = [one for one, stroke in zip(inside, strokes, strict=True) if 2 * one.sum() > stroke.sum()]
    if not inside:
        return [replace(one, piece=number) for one in cut_apart(piece)]
    if len(inside) == 1 or stroke_width(inside[0]) > THICK * piece.height:
        return [replace(piece, piece=number)]
    return [
        replace(one, piece=number, stroke=k) for k, one in enumerate(across_each_other([part(one) for one in inside]))
    ]


def across_each_other(strokes: Sequence[Part]) -> list[Part]:
    """Joins strokes whose middles lie one above the other, such as those of a 4 or a plus: they are one sign."""
    middles = np.array([one.left + one.right for one in strokes]) / 2
    widths = np.array([one.width for one in strokes])
    near = np.abs(middles[:, None] - middles) < ABOVE * np.maximum(widths[:, None], widths)
    group = joined(len(strokes), *np.nonzero(near))
    return [whole([one for one, mine in zip(strokes, group, strict=True) if mine == k]) for k in np.unique(group)]


def in_order_of_time(parts: Sequence[Part]) -> list[Part]:
    """The parts, ordered from left to right by their pieces, and by time within a piece."""
    middles: dict[int, int] = {}
    for one in parts:
        middles[one.piece] = max(middles.get(one.piece, 0), one.left + one.right)
    return sorted(parts, key=lambda one: (middles[one.piece], one.piece, -1 if one.stroke is None else one.stroke))


def largest(image: Bytes) -> list[Part]:
    """The PIECES largest pieces of `image` (h, w)."""
    number = pieces(inked(image))
    areas = np.bincount(number.ravel())[1:]
    return [part(number == piece + 1) for piece in np.argsort(-areas, kind="stable")[:PIECES]]


def without_signs(found: Sequence[Part]) -> tuple[list[Part], list[Part]]:
    """The pieces of digits, and the signs beside them; a line below digits is left out."""
    tall = max(piece.height for piece in found)
    found = [piece for piece in found if not is_line_below(piece, found, tall)]
    signs = [piece for piece in found if is_sign(piece, found, tall)]
    return [piece for piece in found if piece not in signs], [replace(piece, sign=True) for piece in signs]


def gathered(found: Sequence[Part]) -> list[Part]:
    """Joins short pieces, such as the bar of a 5 or a broken-off stroke, to the pieces that they belong to."""
    pairs = [(k, nearest(k, found)) for k, piece in enumerate(found) if piece.height < SHORT * TALL]
    close = [(k, other) for k, other in pairs if apart(found[k], found[other]) < 0]
    one, other = np.array(close, np.intp).reshape(-1, 2).T
    group = joined(len(found), one, other)
    return [whole([piece for piece, mine in zip(found, group, strict=True) if mine == k]) for k in np.unique(group)]


def nearest(k: int, found: Sequence[Part]) -> int:
    """The index of the piece that the k-th most likely belongs to; k itself if it is the only piece."""
    others = [other for other in range(len(found)) if other != k]
    return min(others, key=lambda other: apart(found[k], found[other]), default=k)


def apart(short: Part, other: Part) -> float:
    """Above 0 if two pieces stand too clearly side by side to be one digit; lower pieces need less distance for that.

    For pieces next to each other half their distance counts, relative to TALL; for pieces above each other the overlap,
    as a share of the narrower piece.
    """
    between = max(short.left, other.left) - min(short.right, other.right)
    overlap = -2 * between / TALL if between > 0 else -between / min(short.width, other.width)
    return min(short.height, other.height) / TALL - 0.3 - overlap


def may_touch(piece: Part) -> bool:
    """Whether a piece is wide enough to be touching digits."""
    return CUT_FROM * piece.height < piece.width <= CUT_UPTO * piece.height


def cut_apart(piece: Part) -> list[Part]:
    """A wide piece cut at all its seams that cross little ink, left to right; any other piece unchanged."""
    if not may_touch(piece) or piece.height < SHORT * TALL:
        return [piece]
    box = slice(piece.top, piece.bottom), slice(piece.left, piece.right)
    pen, rest, crossed, parts = stroke_width(piece.mask[box]), piece.mask.copy(), None, []
    for seam in seams(piece.mask[box]):
        left = np.zeros_like(rest)
        left[box] = rest[box] & (np.arange(piece.width) < seam.columns[:, None])
        if seam.ink <= CROSSED * pen and left.any() and (rest & ~left).any():
            parts.append(part(left, crossed))
            rest, crossed = rest & ~left, seam.ink / pen
    return [*parts, part(rest, crossed)]
