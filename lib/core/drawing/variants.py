"""A drawing turned, moved and drawn with other pens, to see how far a network goes along."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from PIL import Image

from lib.core.data.dataset import SIDE, Bytes
from lib.core.drawing.components import frame
from lib.core.drawing.preprocess import FINE, Drawn, cut, look, prepare, with_fringe
from lib.core.drawing.thickness import grown, stroke_width

AMOUNTS: Mapping[str, Sequence[float]] = {
    "angle": tuple(range(-90, 91, 10)),
    "shift": tuple(range(-30, 31, 5)),
    "width": (0.4, 0.55, 0.7, 0.85, 1, 1.25, 1.5, 1.75, 2, 2.5, 3),
}
"""Of each kind of change the amounts: degrees clockwise, hundredths of the picture's height to the right, and how many
times as wide the pen is.
"""
ROOM = 0.8
"""Paper on each side, as a share of the ink's diagonal: enough for every turn and shift."""
UNCHANGED: Mapping[str, float] = {"angle": 0, "shift": 0, "width": 1}


def of_drawing(picture: Bytes, kind: str, steps: Collection[str]) -> Bytes:
    """The drawing in `picture` (as for `look`, not empty), changed by each of AMOUNTS and prepared anew by `steps`.

    Returns the networks' inputs, uint8 (n, 28, 28).
    """
    drawn = look(picture)
    drawn = look(sheet(drawn, steps)) if drawn else None
    assert drawn is not None
    found = [prepare(changed(drawn, kind, amount), steps) for amount in AMOUNTS[kind]]
    return np.stack([one.image if one else np.zeros((SIDE, SIDE), np.uint8) for one in found])


def of_input(image: Bytes, kind: str) -> Bytes:
    """What a network sees, uint8 (28, 28), itself changed by each of AMOUNTS: uint8 (n, 28, 28)."""
    drawn = look(np.kron(image, np.ones((FINE, FINE), np.uint8)))
    if drawn is None:
        return np.repeat(image[None], len(AMOUNTS[kind]), axis=0)
    found = [Image.fromarray(changed(drawn, kind, amount)) for amount in AMOUNTS[kind]]
    return np.stack([np.asarray(one.resize((SIDE, SIDE), Image.Resampling.BOX)) for one in found])


def sheet(drawn: Drawn, steps: Collection[str]) -> Bytes:
    """A picture of the drawing with room to turn it, uint8 (h, w).

    Where `steps` do not crop, the frame counts, and what is turned beyond it is lost, as on paper.
    """
    if "crop" not in steps:
        return drawn.brightness
    rows, columns = frame(drawn.kept)
    room = int(ROOM * np.hypot(rows.stop - rows.start, columns.stop - columns.start)) + 2
    if "invert" in steps:
        return np.pad(with_fringe(drawn.ink, drawn.kept), room)
    return np.pad(cut(drawn.brightness, drawn.kept), room, constant_values=paper(drawn))


def changed(drawn: Drawn, kind: str, amount: float) -> Bytes:
    """The picture, uint8 (h, w) of the same size, with its ink changed; as it was for the amount UNCHANGED."""
    if amount == UNCHANGED[kind]:
        return drawn.brightness
    if kind == "width":
        return with_pen(drawn, amount)
    image, fill = Image.fromarray(drawn.brightness), paper(drawn)
    if kind == "angle":
        rows, columns = frame(drawn.kept)
        middle = (columns.start + columns.stop) / 2, (rows.start + rows.stop) / 2
        turned = image.rotate(-amount, Image.Resampling.BICUBIC, center=middle, fillcolor=fill)
        return np.asarray(turned)
    right = amount / 100 * image.height
    way = Image.Transform.AFFINE, (1, 0, -right, 0, 1, 0)
    return np.asarray(image.transform(image.size, *way, Image.Resampling.BILINEAR, fillcolor=fill))


def with_pen(drawn: Drawn, factor: float) -> Bytes:
    """The drawing as if with a pen `factor` times as wide."""
    ink = grown(drawn.kept, (factor - 1) * stroke_width(drawn.kept) / 2)
    return 255 - ink if paper(drawn) > int(drawn.brightness[drawn.kept].mean()) else ink


def paper(drawn: Drawn) -> int:
    """The brightness of the paper: the median of what is not ink; of a picture full of ink 0."""
    around = drawn.brightness[~drawn.kept]
    return int(np.median(around)) if around.size else 0
