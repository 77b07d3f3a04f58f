"""Weights of a network that nobody has trained, for tests of files: every kind of weight differs from its default."""

import numpy as np

from lib.core.training.architectures import weight_shapes
from lib.core.training.config import TrainConfig


def random_weights(config: TrainConfig, seed: int = 5) -> dict[str, np.ndarray]:
    """float32 weights by their names in a checkpoint, wide enough that the classes differ."""
    random, weights = np.random.default_rng(seed), {}
    for name, shape in weight_shapes(config).items():
        noise = random.normal(0, 0.1, shape)
        if name.endswith("kernel"):
            noise *= 14 / np.sqrt(np.prod(shape[:-1]))
        if name.endswith(("gamma", "variance")):
            noise = np.abs(1 + noise)
        weights[name] = noise.astype(np.float32)
    return weights
