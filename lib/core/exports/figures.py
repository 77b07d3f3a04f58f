"""What the check of an exported file found, and whether the file may be handed out."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lib.core.data.dataset import Bytes
from lib.core.errors import AppError
from lib.core.exports.formats import FORMATS, Format
from lib.core.studies.events import Exported

Floats = NDArray[np.float32]
Predict = Callable[[Bytes], Floats]
"""Probabilities float32 (n, 10) of images uint8 (n, 28, 28), 0 for paper and 255 for ink."""

DIGITS = 1000
"""Test images that a file is checked on: the first ones of the run's own data set."""


class ExportFailed(AppError):
    """No file is handed out; `reason` is one of the codes export_… in `lib.core.errors.REASONS`."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of a file and the app's own predictions: see `lib.core.studies.events.Exported`."""

    difference: float
    digits: int
    same: int
    milliseconds: float
    versions: Mapping[str, str]


def compared(ours: Sequence[Floats], theirs: Sequence[Floats]) -> tuple[float, int, int]:
    """The largest absolute difference of probabilities (n, 10), in parts; how many images, and how many same classes.

    A probability that is no number makes the difference infinite.
    """
    mine, yours = np.concatenate(ours), np.concatenate(theirs)
    if mine.shape != yours.shape or not np.isfinite(yours).all():
        return math.inf, len(mine), 0
    same = int(np.count_nonzero(mine.argmax(axis=1) == yours.argmax(axis=1)))
    return float(np.abs(mine.astype(np.float64) - yours).max()), len(mine), same


def passes(figures: Figures, wanted: Format) -> bool:
    """Whether the file says what the app says, as closely as its format allows."""
    return figures.difference <= wanted.within and figures.same >= wanted.alike * figures.digits


def unlike(exported: Exported) -> ExportFailed:
    """Why the file is not handed out although it was made and opened."""
    wanted = FORMATS[exported.format]
    return ExportFailed(
        "export_unlike",
        f"{exported.format}: differs by up to {exported.difference:.3g} (allowed: {wanted.within:g}), "
        f"{exported.same} of {exported.digits} digits alike (at least {wanted.alike:.1%})",
    )
