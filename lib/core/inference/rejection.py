"""Rejects drawings that are no digits: the shipped model decides, however confident another network may be.

A network trained on digits alone assigns a letter to one of the ten classes, often with high confidence. The shipped
model was also trained on drawings of other things (`lib.ml.shipped.augmentation`), with a target of a tenth for each
class. So it is run beside the chosen network, and its highest probability counts (D. Hendrycks, M. Mazeika, T.
Dietterich, "Deep Anomaly Detection with Outlier Exposure", ICLR 2019).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

THRESHOLD = 0.53
"""The highest threshold, in steps of 0.01, that rejects at most 1 in 20 digits of two other handwriting data sets.

Rejected among data not used for this choice: 3.3 % and 6.7 % of the digits of those sets, 93 % of scribbles, 85 % of
letters written by pen, 78 % of letters of hand-drawn fonts, 99.4 % of hiragana, and 33 % of the letters that look like
digits (`python -m tests.benchmarks.doubt`, which also gives the intervals and can choose anew for another model).
"""


def is_doubtful(probabilities: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Which of n drawings get the answer 'not sure': bool (n,).

    `probabilities` (n, 10) must be the shipped model's; drawings with numbers that are not finite are doubtful too.
    """
    return ~(np.max(probabilities, axis=-1) >= THRESHOLD)
