"""Splits a row of digits, touching ones too, so that each can be read on its own.

The ink is first split into more parts than there are digits (`lib.core.drawing.segments`). Then neighbouring parts are
joined to digits at the lowest cost, by their shapes alone or also by the network's confidence. Costs are negative
natural logarithms of probabilities, so the costs of a row add up. They were chosen on rows composed of MNIST's test
images, whose digits stood apart, reached over each other or touched.

Measured by `python -m tests.benchmarks.rows` on rows of two to five digits, 150 of each kind. Share of rows with all
digits right, by shapes and by reading: apart 93 and 97 %, reaching over each other 90 and 95 %, touching 23 and 40 %,
grown together 10 and 23 %. Of single digits 96 and 98 % stay whole and are read right.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lib.core.data.dataset import CLASSES, Bytes
from lib.core.drawing.components import frame
from lib.core.drawing.pen import PenStroke, covers, masks, rendered, with_finer_pen
from lib.core.drawing.preprocess import Drawn, Prepared, look, prepare, prepared, with_fringe
from lib.core.drawing.segments import TALL, Part, in_order_of_time, part, taken_apart, whole
from lib.core.drawing.signs import is_blot, is_no_digit, lines_of
from lib.core.drawing.thickness import Mask

Read = Callable[[Bytes], NDArray[np.float32]]
"""Reads images, uint8 (n, 28, 28), and returns probabilities, float32 (n, 10)."""
Box = tuple[float, float, float, float]
"""Left, top, right and bottom, as shares of a picture's width and height."""
Run = tuple[int, int]
"""Parts that may be one digit: from the first index up to the second, which is excluded."""

AT_ONCE = 50
"""Images per call of the network."""
WIDEST = 1.6
"""Largest width of one digit, relative to TALL."""
DIGIT = 0.05
"""Cost per digit: of two equal ways the one with fewer digits wins."""
WIDE, BROAD = 2.0, 0.9
"""Cost per digit height of width beyond BROAD heights; one in four of MNIST's digits is wider than that."""
LOW = 2.0
"""Cost of a digit lower than half the row."""
CUT = 0.5
"""Cost per stroke width that a cut crosses."""
JOIN = 0.6
"""Cost of joining two pieces to one digit if the lower is as tall as the row, in proportion if it is lower."""
STROKES, ASIDE = 0.8, 0.4
"""The same for two strokes that touch, if their middles lie ASIDE widths apart or more; in proportion if less."""
SURE = 0.53
"""A piece is torn apart only if each of its digits is read with this probability: a wavy line is not some digits."""
UNREADABLE = 1e-6
"""Lower bound of a probability, so that no cost is infinite."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Digit:
    """A digit: `picture` as `prepare` takes it, prepared by all steps, and the network's `probabilities` (10,).

    `box` is its place in the picture of the whole row. Signs and blots have a tenth for each class. `line` counts the
    lines of a page from 0 on.
    """

    picture: Bytes = field(repr=False)
    box: Box
    prepared: Prepared = field(repr=False)
    probabilities: NDArray[np.float32] = field(repr=False)
    line: int = 0


def split(picture: Bytes) -> list[Bytes]:
    """The digits of a row from left to right, split by shape alone, each a picture for `prepare`.

    `picture` is as for `look`; the list is empty if nothing is drawn. `read_row` separates touching digits better.
    """
    if (drawn := look(picture)) is None:
        return []
    image, parts = taken_apart(drawn)
    return [alone(image, parts[slice(*run)]) for run in cheapest(len(parts), shapes(parts))]


def read_one(picture: Bytes, read: Read, strokes: Sequence[PenStroke] = ()) -> list[Digit]:
    """All of `picture` as one digit; empty if nothing is drawn. The `strokes` are as for `read_row`."""
    picture, drawn, _pens = known(picture, strokes)
    return [whole_picture(picture, drawn, read)] if drawn else []


def read_row(picture: Bytes, read: Read, strokes: Sequence[PenStroke] = ()) -> list[Digit]:
    """The digits of a row from left to right, of a page line by line; empty if nothing is drawn.

    It chooses the split that the network reads with the highest confidence. A network that is unsure about shapes that
    are no digits does this best. A digit on its own is prepared from the whole `picture`, whatever else is in it. The
    `strokes` of a drawing on the canvas, in pixels of `picture`, tell digits apart that touch or overlap.
    """
    picture, drawn, pens = known(picture, strokes)
    if drawn is None:
        return []
    if is_blot(drawn.kept):
        return [whole_picture(picture, drawn, read)]
    if len(lines := lines_of(drawn.kept)) > 1:
        pages = (read_row(on_its_own(drawn, rows), read) for rows in lines)
        return [replace(digit, line=line) for line, digits in enumerate(pages) for digit in digits]
    image, parts = taken_apart(drawn, pens)
    row = Splitting(image=image, drawn=drawn, read=read).best(parts) if len(parts) > 1 else []
    torn = is_one_piece(parts) and (len(row) == 2 or not pens)
    if len(row) < 2 or (torn and min(digit.probabilities.max() for digit in row) < SURE):
        return [whole_picture(picture, drawn, read)]
    return row


def known(picture: Bytes, strokes: Sequence[PenStroke]) -> tuple[Bytes, Drawn | None, list[Mask]]:
    """`picture`, what is drawn in it, and the pixels of each of the `strokes`, if it is they that are drawn.

    If their pen is too wide for them the picture is drawn anew.
    """
    drawn, size = look(picture), picture.shape[:2]
    if drawn is None or not (pens := covers(strokes, size, drawn.kept)):
        return picture, drawn, []
    finer = with_finer_pen(strokes)
    if finer[0] is strokes[0]:
        return picture, drawn, pens
    picture = rendered(finer, size)
    drawn = look(picture)
    return picture, drawn, masks(finer, size, drawn.kept) if drawn else []


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Splitting:
    """The search for the best split of the row `drawn`, whose ink is `image` (h, w) at some scale.

    `found` keeps each digit that was read, by the numbers of its parts' masks: two orders share most of them.
    """

    image: Bytes
    drawn: Drawn
    read: Read
    found: dict[frozenset[int], Digit | None] = field(default_factory=dict)

    def best(self, parts: Sequence[Part]) -> list[Digit]:
        """The digits of the cheapest split, left to right; where strokes are known they may also follow time."""
        orders = [parts]
        if any(one.stroke is not None for one in parts):
            orders.append(in_order_of_time(parts))
        _cost, row = min((self.through(order) for order in orders), key=lambda way: way[0])
        return sorted(row, key=lambda digit: digit.box[0] + digit.box[2])

    def through(self, parts: Sequence[Part]) -> tuple[float, list[Digit]]:
        """The cheapest split of `parts` in this order: its cost and its digits."""
        costs, seen = shapes(parts), set[Run]()
        way = cheapest(len(parts), costs)
        # Reading a run never lowers its cost: once every run on the cheapest way has been read, that way is final.
        while new := [run for run in way if run not in seen]:
            seen.update(new)
            digits = self.digits([parts[slice(*run)] for run in new])
            costs.update((run, costs[run] + doubt(digit)) for run, digit in zip(new, digits, strict=True))
            way = cheapest(len(parts), costs)
        found = self.digits([parts[slice(*run)] for run in way])
        return sum(costs[run] for run in way), [digit for digit in found if digit]

    def digits(self, runs: Sequence[Sequence[Part]]) -> list[Digit | None]:
        """The digit that each of `runs` of parts is, read if it has not been yet."""
        keys = [frozenset(id(one.mask) for one in run) for run in runs]
        new = {key: run for key, run in zip(keys, runs, strict=True) if key not in self.found}
        places = [place_of(whole(run), self.image, self.drawn) for run in new.values()]
        read = read_pictures([alone(self.image, run) for run in new.values()], places, self.read)
        for (key, run), digit in zip(new.items(), read, strict=True):
            self.found[key] = sign_or(digit, run)
        return [self.found[key] for key in keys]


def is_one_piece(parts: Sequence[Part]) -> bool:
    """Whether all parts were cut from one piece."""
    return len({one.piece for one in parts}) == 1


def on_its_own(drawn: Drawn, rows: slice) -> Bytes:
    """The ink of one line of a page, the rest of the page empty: its boxes are those in the page."""
    kept = np.zeros_like(drawn.kept)
    kept[rows] = drawn.kept[rows]
    lines, columns = frame(kept)
    page = np.pad(np.zeros_like(drawn.ink), 1)
    page[lines.start : lines.stop + 2, columns.start : columns.stop + 2] = with_fringe(drawn.ink, kept)
    return page[1:-1, 1:-1]


def sign_or(digit: Digit | None, parts: Sequence[Part]) -> Digit | None:
    """The digit; or, if its parts are a sign or no digit, the same with no class likelier than another."""
    if digit is None or not (parts[0].sign or is_no_digit(whole(parts).mask)):
        return digit
    return replace(digit, probabilities=np.full(CLASSES, 1 / CLASSES, np.float32))


def whole_picture(picture: Bytes, drawn: Drawn, read: Read) -> Digit:
    """All of `picture`, already detected as `drawn`, as one digit."""
    image = prepared(drawn)
    height, width = drawn.kept.shape
    rows, columns = frame(drawn.kept)
    box = columns.start / width, rows.start / height, columns.stop / width, rows.stop / height
    digit = Digit(picture=picture, box=box, prepared=image, probabilities=read(image.image[None])[0])
    return sign_or(digit, [part(drawn.kept)]) or digit


def place_of(part: Part, image: Bytes, drawn: Drawn) -> Box:
    """The box of a part of `image` (h, w), which is the ink of the row `drawn` at some scale, in the whole picture."""
    rows, columns = frame(drawn.kept)

    def shares(start: int, stop: int, length: int, inside: slice, all_of_it: int) -> tuple[float, float]:
        scale = (inside.stop - inside.start) / length
        return (inside.start + start * scale) / all_of_it, (inside.start + stop * scale) / all_of_it

    left, right = shares(part.left, part.right, image.shape[1], columns, drawn.kept.shape[1])
    top, bottom = shares(part.top, part.bottom, image.shape[0], rows, drawn.kept.shape[0])
    return left, top, right, bottom


def read_pictures(pictures: Sequence[Bytes], places: Sequence[Box], read: Read) -> list[Digit | None]:
    """Each picture, with its place in the row, read as one digit; None for a picture without a drawing."""
    ready = [prepare(picture) for picture in pictures]
    images = [one.image for one in ready if one]
    seen = iter(read_all(images, read))
    return [
        Digit(picture=picture, box=box, prepared=one, probabilities=next(seen)) if one else None
        for picture, box, one in zip(pictures, places, ready, strict=True)
    ]


def shapes(parts: Sequence[Part]) -> dict[Run, float]:
    """The shape's cost of each run that may be one digit."""
    return {run: shape(parts[slice(*run)]) for run in candidates(parts)}


def candidates(parts: Sequence[Part]) -> list[Run]:
    """All runs of neighbouring parts that may be one digit; a single part always may."""
    runs = []
    for start in range(len(parts)):
        for end in range(start + 1, len(parts) + 1):
            joined = parts[start:end]
            if end == start + 1 or (box(joined)[0] <= WIDEST * TALL and not any(one.sign for one in joined)):
                runs.append((start, end))
    return runs


def box(parts: Sequence[Part]) -> tuple[int, int]:
    """Width and height of the box around several parts."""
    width = max(one.right for one in parts) - min(one.left for one in parts)
    return width, max(one.bottom for one in parts) - min(one.top for one in parts)


def alone(image: Bytes, parts: Sequence[Part]) -> Bytes:
    """The ink of these parts in `image` (h, w), with paper around it."""
    digit = whole(parts)
    box = slice(digit.top, digit.bottom), slice(digit.left, digit.right)
    ink = np.where(digit.mask[box], image[box], 0)
    return np.pad(ink, max(ink.shape) // 8 + 3)


def doubt(digit: Digit | None) -> float:
    """Cost of a digit for the network's lack of confidence."""
    likeliest = float(np.nan_to_num(digit.probabilities.max())) if digit else 0.0
    return -math.log(min(max(likeliest, UNREADABLE), 1.0))


def read_all(images: Sequence[Bytes], read: Read) -> NDArray[np.float32]:
    """The probabilities (n, 10) of n images, read AT_ONCE at a time."""
    parts = [read(np.stack(images[k : k + AT_ONCE])) for k in range(0, len(images), AT_ONCE)]
    return np.concatenate([np.zeros((0, CLASSES), np.float32), *parts])


def cheapest(end: int, costs: Mapping[Run, float]) -> list[Run]:
    """The runs that cover every part up to `end` once, left to right, at the lowest sum of their `costs`.

    The best way up to a part is the best way up to the start of its last run, plus that run (dynamic programming).
    """
    best: list[tuple[float, list[Run]]] = [(0.0, [])]
    for stop in range(1, end + 1):
        ways = [(best[start][0] + costs[start, stop], start) for start in range(stop) if (start, stop) in costs]
        cost, start = min(ways)
        best.append((cost, [*best[start][1], (start, stop)]))
    return best[-1][1]


def shape(parts: Sequence[Part]) -> float:
    """The shape's cost of these parts as one digit: width, height, the cut on their left, joined pieces."""
    width, height = box(parts)
    cost = DIGIT + WIDE * max(0.0, width / max(height, TALL / 2) - BROAD) + LOW * (height < TALL / 2)
    cost += CUT * (parts[0].crossed or 0.0)
    beside = pairwise(parts)
    return cost + sum(joining(a, b) * min(a.height, b.height) / TALL for a, b in beside if b.crossed is None)


def joining(one: Part, other: Part) -> float:
    """The cost of joining two neighbours as tall as the row: strokes of one digit lie above each other, as in a 4."""
    if one.stroke is None or other.stroke is None or one.piece != other.piece:
        return JOIN
    between = abs(one.left + one.right - other.left - other.right) / 2
    return STROKES * min(1.0, between / (ASIDE * max(one.width, other.width)))
