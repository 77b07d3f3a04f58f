"""From a picture to each network's answer, with the time of each part."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lib.core.data.dataset import Bytes
from lib.core.drawing.by_hand import read_boxes
from lib.core.drawing.pen import PenStroke
from lib.core.drawing.preprocess import STEPS, Prepared, prepare
from lib.core.drawing.segmentation import Box, Digit, read_one, read_row
from lib.core.i18n import mark
from lib.core.inference.litert import Floats, Prediction
from lib.core.inference.rejection import is_doubtful
from lib.ui.draw.reading.models import CannotPredict, Model, shipped_model

PARTS = {
    "canvas": mark("canvas and picture"),
    "splitting": mark("taking the row apart"),
    "preparing": mark("preparing"),
    "predicting": mark("predicting"),
    "answering": mark("writing the answer"),
    "showing": mark("charts and pictures"),
}
"""The parts of the way from a picture to the answer, in order."""


@dataclass(slots=True)
class Watch:
    """A stopwatch: seconds per part."""

    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(PARTS, 0.0))

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Adds the time of the block to the part `name`."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] += time.perf_counter() - started

    @property
    def answer(self) -> float:
        """Seconds until the answer is on its way to the browser; charts and pictures follow later."""
        return sum(self.seconds.values()) - self.seconds["showing"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """One model's answer to the n digits; without a prediction `trouble` says why, in English for the catalogue."""

    model: Model
    prediction: Prediction | None = None
    trouble: str = ""

    @property
    def probabilities(self) -> Floats:
        """The probabilities, float32 (n, 10); only with a prediction."""
        assert self.prediction is not None
        return self.prediction.probabilities

    def classes(self) -> list[int]:
        """The likeliest class of each digit."""
        return [int(k) for k in self.probabilities.argmax(axis=1)]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reading:
    """The digits of a picture from left to right, where and whether each is doubtful, and every model's answer."""

    digits: tuple[Prepared, ...]
    pictures: tuple[Bytes, ...]  # each digit as `prepare` takes it
    boxes: tuple[Box, ...]
    whole: Bytes  # uint8 (n, 28, 28), prepared by all steps, even those switched off on the page
    doubtful: NDArray[np.bool_]
    answers: tuple[Answer, ...]
    lines: tuple[int, ...] = ()  # the line of a page that each digit stands in, from 0 on

    @property
    def images(self) -> Bytes:
        """The digits as given to the networks, uint8 (n, 28, 28)."""
        return np.stack([digit.image for digit in self.digits])


def read(
    picture: Bytes,
    models: Sequence[Model],
    steps: Collection[str],
    row: bool,
    watch: Watch,
    strokes: Sequence[PenStroke] = (),
    boxes: Sequence[Box] | None = None,
) -> Reading | None:
    """The models' answers to `picture`, prepared by `steps`, as a `row` of digits or as one; None if it is empty.

    The `strokes` of a drawing on the canvas tell digits apart that touch. With the visitor's own `boxes` each of those
    is a digit.

    The shipped model decides where to cut a row and whether something is a digit at all, on pictures prepared by all
    steps: leaving steps out should show how a network fails, not silence it.
    """
    with watch.part("splitting"):
        found = (read_row if row else read_one)(picture, probabilities, strokes)
        if boxes is not None:
            found = read_boxes(picture, boxes, found, probabilities)
    with watch.part("preparing"):
        digits = tuple(done_by(steps, digit) for digit in found)
    if not digits:
        return None
    with watch.part("predicting"):
        images = np.stack([digit.image for digit in digits])
        answers = tuple(answered(model, images) for model in models)
    doubtful = is_doubtful(np.stack([digit.probabilities for digit in found]))
    whole = np.stack([digit.prepared.image for digit in found])
    return Reading(
        digits=digits,
        pictures=tuple(digit.picture for digit in found),
        boxes=tuple(digit.box for digit in found),
        lines=tuple(digit.line for digit in found),
        whole=whole,
        doubtful=doubtful,
        answers=answers,
    )


def probabilities(images: Bytes) -> Floats:
    """The shipped model's answer to `images`, uint8 (n, 28, 28): float32 (n, 10)."""
    return shipped_model().predict(images).probabilities


def done_by(steps: Collection[str], digit: Digit) -> Prepared:
    """The digit as given to networks, prepared by `steps`."""
    if set(steps) == set(STEPS):
        return digit.prepared
    return prepare(digit.picture, steps) or digit.prepared


def answered(model: Model, images: Bytes) -> Answer:
    """`model`'s answer to `images`, or why there is none."""
    try:
        return Answer(model=model, prediction=model.predict(images))
    except CannotPredict as error:
        return Answer(model=model, trouble=error.template)
