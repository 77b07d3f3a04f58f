"""A run's random numbers come from generators of its own, all derived from the seed in its settings.

All threads of a process share a global generator, so a draw in one thread changes the numbers of another.
"""

from __future__ import annotations

import numpy as np

SCHEME = 2
"""The current scheme for drawing first weights and dropout; each run records the scheme that it used.

1   Keras' and Python's global generators, seeded beforehand: another thread could draw in between
2   `seed_of`, a seed for each layer
"""


def seed_of(seed: int, name: str) -> int:
    """The seed of the layer `name` in a run with `seed`, from 0 to 2³¹ - 1; no other draw affects it.

    NumPy's SeedSequence mixes both, so neighbouring seeds and similar names give unrelated numbers.
    """
    drawn = np.random.SeedSequence(seed, spawn_key=tuple(name.encode())).generate_state(1)
    return int(drawn[0] >> 1)
