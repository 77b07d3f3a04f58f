"""The learning rate of every step of a run, as an array computed before the run begins."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lib.core.training.config import TrainConfig

Floats = NDArray[np.float32]

WARM_UP = 0.3
"""The share of a one-cycle run in which the learning rate rises."""
FIRST, LAST = 1 / 25, 1 / 10_000
"""The first and the last rate of a one-cycle run, as shares of its peak."""


def learning_rates(config: TrainConfig, total_steps: int) -> Floats:
    """The learning rate of each of the run's steps, float32 (total_steps,); its highest is `config.learning_rate`."""
    shapes = {"constant": constant, "cosine": cosine, "one_cycle": one_cycle}
    return (config.learning_rate * shapes[config.schedule](total_steps)).astype(np.float32)


def constant(steps: int) -> NDArray[np.float64]:
    """1 throughout: (steps,)."""
    return np.ones(steps)


def cosine(steps: int) -> NDArray[np.float64]:
    """From 1 down to 0 along half a cosine wave (Loshchilov and Hutter, 2017, SGDR): (steps,).

    The first step has 1. The step after the last one would have 0, since a step with rate 0 would teach nothing.
    """
    return (1 + np.cos(np.pi * np.arange(steps) / max(steps, 1))) / 2


def one_cycle(steps: int) -> NDArray[np.float64]:
    """Up to 1 along a line, then down to almost 0 along half a cosine wave: (steps,).

    The slow beginning lets the weights settle, the high middle crosses the loss landscape fast, and the end settles in
    a valley: Smith and Topin, 2018, "Super-Convergence: Very Fast Training of Neural Networks Using Large Learning
    Rates".
    """
    rising = int(steps * WARM_UP)
    up = np.linspace(FIRST, 1, rising, endpoint=False)
    down = (1 + np.cos(np.linspace(0, np.pi, steps - rising))) / 2
    return np.concatenate([up, LAST + (1 - LAST) * down])
