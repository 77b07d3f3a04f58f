"""Where a run's steps stand on an axis of steps, of epochs or of seconds, so that runs can be laid over one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from lib.core.i18n import mark
from lib.core.training.curve import Line

AXES: Mapping[str, str] = {"step": mark("step"), "epoch": mark("epoch"), "seconds": mark("seconds of training")}


def places(axis: str, steps: Sequence[float], steps_per_epoch: int, batch_size: int, speed: Line) -> list[float]:
    """The places of `steps` (n,) on the axis named in AXES.

    Seconds are those of training alone: each step takes its images over the images per second, `speed`, that were
    measured where it lies. After the last measurement its speed goes on.
    """
    if axis == "step":
        return list(steps)
    if axis == "epoch":
        return [step / steps_per_epoch for step in steps]
    return [round(float(second), 3) for second in seconds_at(steps, batch_size, speed)]


def seconds_at(steps: Sequence[float], batch_size: int, speed: Line) -> NDArray[np.float64]:
    """Seconds of training until each of the steps, float64 (n,); zeros while no speed was measured."""
    known = [(at, rate) for at, rate in zip(speed.x, speed.y, strict=True) if rate]
    if not known:
        return np.zeros(len(steps))
    at, rates = (np.array(column) for column in zip(*known, strict=True))
    until = np.concatenate([[0.0], np.cumsum(np.diff(at, prepend=0.0) * batch_size / rates)])
    inside = np.interp(steps, np.concatenate([[0.0], at]), until)
    beyond: NDArray[np.float64] = np.maximum(0.0, np.asarray(steps) - at[-1]) * batch_size / rates[-1]
    return inside + beyond
