"""A run's learning curve as a chart wants it: few points, whatever the number of steps.

Steps are put into at most BUCKETS buckets of equal length, so the curve of a run with 100,000 steps is as light as one
with 1,000, and a point, once drawn, never moves: a chart that follows a run only ever appends.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from lib.core.events import Floats, Progress

BUCKETS = 400
SMOOTHING = 0.03
"""Weight of the newest step in the smoothed lines: an exponential mean over about the last 30 steps."""

RAW = ("loss", "accuracy")
SERIES = ("loss", "loss_smooth", "accuracy", "accuracy_smooth", "images_per_second")


class Smoother:
    """An exponential moving mean that starts unbiased: the first value counts whole.

    The bias correction is Adam's (Kingma and Ba, 2015, section 3).
    """

    def __init__(self, weight: float = SMOOTHING) -> None:
        self.keep = 1 - weight
        self.total = 0.0
        self.norm = 0.0

    def feed(self, values: Floats) -> float:
        """Takes `values` (n,) in their order; the mean after the last of them."""
        powers = self.keep ** np.arange(len(values) - 1, -1, -1.0)
        self.total = self.total * self.keep ** len(values) + (1 - self.keep) * float(powers @ values)
        self.norm = 1 - (1 - self.norm) * self.keep ** len(values)
        return self.total / self.norm


@dataclass(frozen=True, slots=True)
class Line:
    """Points of one line: steps on x, values on y, as plain numbers that JSON can hold (NaN as None)."""

    x: list[float]
    y: list[float | None]

    def add(self, x: float, y: float) -> None:
        self.x.append(x)
        self.y.append(y if math.isfinite(y) else None)


class Curve:
    """Grows with a run's progress; `len(curve)` counts the buckets that are full.

    Of each bucket the raw lines keep the lowest and the highest value where they stood, so no spike is lost and the
    line looks as it would with every point drawn. The smoothed lines have seen every step.
    """

    def __init__(self, total_steps: int) -> None:
        self.bucket = max(1, math.ceil(total_steps / BUCKETS))
        self.per_bucket = {name: 2 if name in RAW and self.bucket > 1 else 1 for name in SERIES}
        self.total_steps = total_steps
        self.step = 0
        self.lines = {name: Line([], []) for name in SERIES}
        self._waiting = {name: np.empty(0, np.float32) for name in RAW}
        self._smoothers = {name: Smoother() for name in RAW}

    def __len__(self) -> int:
        return len(self.lines["images_per_second"].x)

    def since(self, start: int) -> dict[str, Line]:
        """The points of the buckets from number `start` (counted from 0) on."""
        return {
            name: Line(line.x[start * self.per_bucket[name] :], line.y[start * self.per_bucket[name] :])
            for name, line in self.lines.items()
        }

    def extend(self, chunks: Iterable[Progress]) -> None:
        """Takes the chunks that follow; steps that were seen already are passed over."""
        for chunk in chunks:
            fresh = max(0, self.step + 1 - chunk.first_step)
            for name, values in (("loss", chunk.losses), ("accuracy", chunk.accuracies)):
                self._waiting[name] = np.concatenate([self._waiting[name], values[fresh:]])
            self.step = max(self.step, chunk.last_step)
            while self._waiting["loss"].size >= self.bucket:
                self._close(chunk.images_per_second)

    def finish(self, images_per_second: float = math.nan) -> None:
        """Closes the last bucket although it is not full: no step will follow."""
        if self._waiting["loss"].size:
            self._close(images_per_second)

    def _close(self, images_per_second: float) -> None:
        first = self.step - self._waiting["loss"].size + 1
        for name in RAW:
            values, self._waiting[name] = np.split(self._waiting[name], [self.bucket])
            last = first + len(values) - 1
            for offset in extremes(values)[-self.per_bucket[name] :]:
                self.lines[name].add(first + offset, float(values[offset]))
            self.lines[f"{name}_smooth"].add(last, self._smoothers[name].feed(values))
        self.lines["images_per_second"].add(last, images_per_second)


def extremes(values: Floats) -> list[int]:
    """Where the lowest and the highest of `values` (n,) stand, in their order; a NaN counts as both."""
    return sorted((int(np.argmin(values)), int(np.argmax(values))))
