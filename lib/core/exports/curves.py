"""A run's curves as TensorBoard keeps them: scalars with their step and their moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lib.core.training.events import Evaluated, Progress


class Curve(NamedTuple):
    """`steps` int64 (n,), counted from 1; `moments` float64 (n,), seconds since 1970; `values` float32 (n,)."""

    steps: NDArray[np.int64]
    moments: NDArray[np.float64]
    values: NDArray[np.float32]


def curves_of(
    chunks: Sequence[Progress], epochs: Sequence[Evaluated], batch_size: int, begun: datetime
) -> dict[str, Curve]:
    """Curves by run and tag: 'train/loss' and 'train/accuracy' of each step, 'test/…' and 'validation/…' at epoch ends.

    The moments follow from `begun` and the measured speeds, as if the run had never waited. A step whose speed was not
    measured counts as no time.
    """
    steps = np.concatenate([np.zeros(0, np.int64), *(np.arange(c.first_step, c.last_step + 1) for c in chunks)])
    speeds = np.concatenate([np.zeros(0), *(np.full(len(c.losses), c.images_per_second) for c in chunks)])
    moments = begun.timestamp() + np.cumsum(np.where(speeds > 0, batch_size / np.where(speeds > 0, speeds, 1.0), 0.0))
    when = dict(zip(steps.tolist(), moments.tolist(), strict=True))
    found = {
        "train/loss": Curve(steps, moments, _together([c.losses for c in chunks])),
        "train/accuracy": Curve(steps, moments, _together([c.accuracies for c in chunks])),
    }
    for part in ("test", "validation"):
        for value in ("loss", "accuracy"):
            at = [(e.step, getattr(e, f"{part}_{value}")) for e in epochs]
            ends = [(step, when.get(step, begun.timestamp()), number) for step, number in at if number is not None]
            found[f"{part}/{value}"] = Curve(
                np.array([step for step, _, _ in ends], np.int64),
                np.array([moment for _, moment, _ in ends], np.float64),
                np.array([number for _, _, number in ends], np.float32),
            )
    return {name: curve for name, curve in found.items() if len(curve.steps)}


def largest_gap(wanted: Mapping[str, Curve], found: Mapping[str, Curve]) -> float:
    """The largest difference of a value; infinite if a curve or a step is missing.

    Values that are no number are alike.
    """
    if wanted.keys() != found.keys():
        return float("inf")
    if any(not np.array_equal(wanted[name].steps, found[name].steps) for name in wanted):
        return float("inf")
    return max((_gap(wanted[name].values, found[name].values) for name in wanted), default=0.0)


def _gap(ours: NDArray[np.float32], theirs: NDArray[np.float32]) -> float:
    mine, yours = ours.astype(np.float64), theirs.astype(np.float64)
    alike = (mine == yours) | (np.isnan(mine) & np.isnan(yours))
    with np.errstate(invalid="ignore"):
        gaps = np.where(alike, 0.0, np.abs(mine - yours))
    return float(np.max(np.nan_to_num(gaps, nan=np.inf), initial=0.0))


def _together(parts: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    return np.concatenate([np.zeros(0, np.float32), *parts])
