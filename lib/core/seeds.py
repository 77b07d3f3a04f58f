"""Where a run's random numbers come from: generators of its own, all made from the seed of its settings.

A global generator belongs to every thread of the process: what one of them draws in between, another one misses.
"""

from __future__ import annotations

import numpy as np

SCHEME = 2
"""How a run's first weights and dropout are drawn today; a run's record says by which scheme it was made.

1   from Keras' and Python's global generators, set to the seed before: another thread could draw in between
2   by `seed_of`, a seed for each layer
"""


def seed_of(seed: int, name: str) -> int:
    """The seed of the layer `name` in a run with `seed`, 0 to 2³¹ - 1: what is drawn elsewhere changes nothing here.

    NumPy's SeedSequence mixes both so that neighbouring seeds and like names give numbers that have nothing in common.
    """
    drawn = np.random.SeedSequence(seed, spawn_key=tuple(name.encode())).generate_state(1)
    return int(drawn[0] >> 1)
