"""Realistic noise: many comparisons of two modes at once, with a known truth."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def made(
    rng: np.random.Generator,
    runs: int,
    ratio: float = 1.0,
    *,
    rounds: int = 30,
    deviation: float = 0.05,
    twice: float = 0.1,
    walk: float = 0.02,
    wave: float = 0.1,
    trend: float = 0.0,
    shared: float = 0.0,
    own: float = 0.0,
    alike: float = 0.0,
    lasting: float = 0.0,
    shuffled: bool = True,
) -> tuple[Floats, Floats]:
    """Two modes timed in turn, ms (runs, rounds) each: the second takes `ratio` times the 10 ms of the first.

    On two cores, interleaved samples differed by 1.5 to 4.4 % within a round (robust deviation), and 0.1 to 1.1 % of
    them took 1.8 times as long or more. This is harsher: log-normal noise with a `deviation` of 5 %, and every tenth
    sample takes twice as long. From one sample to the next everything drifts: a random `walk` of 2 %, a slow `wave` of
    10 %, and a `trend`.

    Autocorrelated noise: a drift `shared` by both modes and a drift of each mode's `own`, with these deviations and the
    autocorrelation `alike` from round to round; the pause in the middle lasts ten rounds. `lasting`: deviation of a
    slowdown of one mode for a whole block.
    """
    slots = np.arange(2 * rounds)
    phase, turns = rng.uniform(0, 2 * np.pi, (runs, 1)), rng.uniform(0.5, 2, (runs, 1))
    drift = np.cumsum(rng.normal(trend, walk, (runs, 2 * rounds)), axis=1)
    drift += wave * np.sin(2 * np.pi * turns * slots / len(slots) + phase)
    spikes = np.where(rng.random((runs, 2 * rounds)) < twice, math.log(2), 0.0)
    logs = (drift + rng.normal(0, deviation, (runs, 2 * rounds)) + spikes).reshape(runs, rounds, 2)
    if shuffled:
        logs = rng.permuted(logs, axis=2)
    logs += neighbourly(rng, (runs, rounds), shared, alike)[..., None]
    for mode in range(2):
        logs[..., mode] += neighbourly(rng, (runs, rounds), own, alike)
        logs[..., mode] += np.repeat(rng.normal(0, lasting, (runs, 2)), [rounds - rounds // 2, rounds // 2], axis=1)
    return 10 * np.exp(logs[..., 0]), 10 * ratio * np.exp(logs[..., 1])


def neighbourly(rng: np.random.Generator, shape: tuple[int, int], deviation: float, alike: float) -> Floats:
    """Series with this deviation and the lag-1 autocorrelation `alike`, with a pause of ten rounds in the middle."""
    fresh = rng.normal(0, deviation, shape)
    series = np.empty(shape)
    series[:, 0] = fresh[:, 0]
    for place in range(1, shape[1]):
        kept = alike**10 if place == shape[1] - shape[1] // 2 else alike
        series[:, place] = kept * series[:, place - 1] + math.sqrt(1 - kept**2) * fresh[:, place]
    return series
