"""The training images nearest to a drawing, as a network sees them: compared by features, not by pixels.

The features of an image are the output of the last layer before the probabilities. They are all that the network still
knows about the image, so images with close features get the same prediction.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lib.core.data.dataset import Bytes
from lib.core.inference.litert import Floats, LiteNetwork, Prediction, Weights, in_parts

Halves = NDArray[np.float16]

ROWS = 2000
"""Features compared at a time: more would need more memory and be no faster."""
LARGEST = float(np.finfo(np.float16).max)


def features_of(network: LiteNetwork, weights: Weights, images: Bytes) -> Halves:
    """The features of `images`, uint8 (n, 28, 28): float16 (n, units). Raises LiteError."""
    return np.concatenate([features_in(network.predict(weights, part)) for part in in_parts(images)])


def features_in(prediction: Prediction) -> Halves:
    """The features in a prediction of n images: float16 (n, units).

    float16 rounds to 11 bits, which halves the memory; larger values are clipped to its maximum.
    """
    *_, last, _probabilities = prediction.layers.values()
    return np.clip(last, -LARGEST, LARGEST).astype(np.float16)


def distances(features: Halves, feature: Halves) -> Floats:
    """The Euclidean distance of each of `features` (n, units) from `feature` (units,): float32 (n,)."""
    wanted = feature.astype(np.float32)
    parts = (features[start : start + ROWS].astype(np.float32) for start in range(0, len(features), ROWS))
    return np.concatenate([np.sqrt(((part - wanted) ** 2).sum(axis=1)) for part in parts])


def nearest(far: Floats, count: int) -> NDArray[np.intp]:
    """The indices of the `count` smallest distances in `far` (n,), the smallest first; of equal ones the first."""
    return np.argsort(far, kind="stable")[:count]
