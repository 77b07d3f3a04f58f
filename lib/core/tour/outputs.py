"""What comes out of a lesson's functions, as events of its study."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What the lesson's function `name` printed, and the error that ended it; both empty if there was none."""

    name: str
    text: str
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Numbers:
    """An array that the function `name` returned under the name `key`: float32, of any shape."""

    name: str
    key: str
    values: Floats = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """Nanoseconds of single calls of one of the ways that the function `name` offers, each measured alternately."""

    name: str
    key: str
    times: tuple[int, ...]


Output = Printed | Numbers | Timed
