"""One picture with what a person would read in it."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lib.core.data.dataset import Bytes
from tests.core.drawing.kinds.hand import Strokes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """A picture and `right`, its reading: a '?' for each sign that is no digit, rows separated by a space.

    `strokes` with the `pen`'s width are given for a drawing on the canvas. With `or_refused`, '?' is right as well.
    """

    picture: Bytes = field(repr=False)
    right: str
    strokes: Strokes | None = field(default=None, repr=False)
    pen: float = 18
    or_refused: bool = False


def photographed(levels: NDArray[np.floating], random: np.random.Generator, noise: float = 2.5) -> Bytes:
    """Brightness (h, w) or (h, w, 3) as a camera records it: grain, eight bits, JPEG."""
    grainy = levels + random.normal(0, noise, levels.shape)
    file = io.BytesIO()
    Image.fromarray(np.clip(grainy, 0, 255).astype(np.uint8)).save(file, "JPEG", quality=int(random.integers(75, 95)))
    return np.asarray(Image.open(file))
