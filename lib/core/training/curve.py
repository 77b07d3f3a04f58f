"""A run's learning curve reduced to a few points, whatever the number of steps.

Steps go into at most BUCKETS buckets, so the curve of a run with 100,000 steps is as light as one with 1,000. A point
never moves once it is drawn: a chart of a running training only appends. Each of the first steps has its own bucket,
since most happens there and even a single step should be visible. All later buckets are equally long.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lib.core.training.events import Floats, Progress

BUCKETS = 400
SINGLE = 20
"""The number of first steps with a bucket of their own."""
SHARE = 20
"""The smoothed lines average over at most 1 in SHARE of the steps so far, so they never include the beginning."""
LONGEST = 100
"""And over at most this many steps, or one bucket if that is longer."""
RECENT = 10
"""The number of newest steps kept unchanged."""

RAW = ("loss", "accuracy")
SERIES = ("loss", "loss_smooth", "accuracy", "accuracy_smooth", "images_per_second")


class Smoother:
    """The mean of the newest values: 1 in SHARE of all so far, at least one and at most `longest`.

    So it lies between the lowest and the highest of few values, and everything earlier is forgotten. Steps 1 to 39 are
    not smoothed at all: in a short run every step should be visible. A `geometric` mean suits a logarithmic axis, where
    a single high value among low ones would otherwise pull the line away from them.
    """

    def __init__(self, longest: int, geometric: bool = False) -> None:
        self.longest, self.geometric = longest, geometric
        self.seen = 0
        self.newest: NDArray[np.float64] = np.empty(0)

    def feed(self, values: Floats) -> float:
        """Adds `values` (n,) in order; returns the mean after the last of them."""
        self.seen += len(values)
        self.newest = np.concatenate([self.newest, values])[-self.longest :]
        window = self.newest[-max(1, self.seen // SHARE) :]
        return geometric_mean(window) if self.geometric else float(window.mean())


def geometric_mean(values: NDArray[np.float64]) -> float:
    """The exponential of the mean logarithm of `values` (n,), none of them below 0."""
    # A loss of exactly 0 has no logarithm: it counts as float32's smallest normal number.
    logarithms = np.log(np.maximum(values, np.finfo(np.float32).tiny))
    return float(np.clip(np.exp(logarithms.mean()), values.min(), values.max()))


class Numbers(NamedTuple):
    """The result of one step: the mean loss of its images, and the share of them that was classified correctly."""

    step: int
    loss: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Line:
    """Points of one line: steps on x, values on y, as numbers for JSON (NaN as None)."""

    x: list[float]
    y: list[float | None]

    def add(self, x: float, y: float) -> None:
        self.x.append(x)
        self.y.append(y if math.isfinite(y) else None)


class Curve:
    """Grows with a run's progress; `len(curve)` counts the full buckets.

    The raw lines keep the lowest and the highest value of each bucket at their places, so no spike is lost and the line
    looks as if every point were drawn. The smoothed lines use every step. `recent` holds the newest steps unchanged,
    whether or not their bucket is full.
    """

    def __init__(self, total_steps: int) -> None:
        self.bucket = max(1, math.ceil((total_steps - SINGLE) / (BUCKETS - SINGLE)))
        self.per_bucket = {name: 2 if name in RAW and self.bucket > 1 else 1 for name in SERIES}
        self.total_steps = total_steps
        self.step = 0
        self.lines = {name: Line([], []) for name in SERIES}
        self._waiting = {name: np.empty(0, np.float32) for name in RAW}
        self.recent: deque[Numbers] = deque(maxlen=RECENT)
        longest = max(LONGEST, self.bucket)
        self._smoothers = {name: Smoother(longest, geometric=name == "loss") for name in RAW}

    def __len__(self) -> int:
        return len(self.lines["images_per_second"].x)

    def since(self, start: int) -> dict[str, Line]:
        """The points of all buckets from number `start` (counted from 0) on."""
        return {
            name: Line(line.x[start * self.per_bucket[name] :], line.y[start * self.per_bucket[name] :])
            for name, line in self.lines.items()
        }

    def extend(self, chunks: Iterable[Progress]) -> None:
        """Adds chunks; steps that were added before are skipped."""
        for chunk in chunks:
            fresh = max(0, self.step + 1 - chunk.first_step)
            self.recent.extend(newest_of(chunk, fresh))
            for name, values in (("loss", chunk.losses), ("accuracy", chunk.accuracies)):
                self._waiting[name] = np.concatenate([self._waiting[name], values[fresh:]])
            self.step = max(self.step, chunk.last_step)
            while self._waiting["loss"].size >= self._length():
                self._close(chunk.images_per_second)

    def finish(self, images_per_second: float = math.nan) -> None:
        """Closes the last bucket although it is not full: no more steps will follow."""
        if self._waiting["loss"].size:
            self._close(images_per_second)

    def _length(self) -> int:
        """The length of the current bucket, in steps."""
        return 1 if self.step - self._waiting["loss"].size < SINGLE else self.bucket

    def _close(self, images_per_second: float) -> None:
        first, length = self.step - self._waiting["loss"].size + 1, self._length()
        for name in RAW:
            values, self._waiting[name] = np.split(self._waiting[name], [length])
            last = first + len(values) - 1
            for offset in extremes(values)[-self.per_bucket[name] :]:
                self.lines[name].add(first + offset, float(values[offset]))
            self.lines[f"{name}_smooth"].add(last, self._smoothers[name].feed(values))
        self.lines["images_per_second"].add(last, images_per_second)


def newest_of(chunk: Progress, fresh: int) -> list[Numbers]:
    """The last steps of `chunk`, at most RECENT, without its first `fresh` steps."""
    begin = max(fresh, len(chunk.losses) - RECENT)
    numbers = zip(chunk.losses[begin:].tolist(), chunk.accuracies[begin:].tolist(), strict=True)
    return [Numbers(chunk.first_step + place, *pair) for place, pair in enumerate(numbers, start=begin)]


def extremes(values: Floats) -> list[int]:
    """The places of the lowest and the highest of `values` (n,), in ascending order; a NaN counts as both."""
    return sorted((int(np.argmin(values)), int(np.argmax(values))))
