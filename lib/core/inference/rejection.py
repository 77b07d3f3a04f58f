"""When a drawing is no digit: the model that ships says so, however sure another network may be of it.

A network that was trained on digits alone gives a letter to one of the ten, often with great certainty. The model that
ships has also seen drawings that are none (`lib.ml.shipped.augmentation`), and is to give each class a tenth there. So
it is asked beside whichever network was chosen, and its highest probability counts (D. Hendrycks, M. Mazeika, T.
Dietterich, "Deep Anomaly Detection with Outlier Exposure", ICLR 2019).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

THRESHOLD = 0.53
"""The highest, in hundredths, that refuses at most 1 in 20 of the digits of two other sets of handwriting.

Refused of what it was not chosen on: 3.3 % and 6.7 % of the digits of those sets, 93 % of scribbles, 85 % of letters
written by pen, 78 % of letters of hand-drawn fonts, 99.4 % of hiragana, and 33 % of the letters that look like digits
(`python -m tests.benchmarks.doubt`, which also gives the intervals and chooses anew for another model).
"""


def is_doubtful(probabilities: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Which of n drawings are to be answered with 'not sure': bool (n,).

    `probabilities` (n, 10) must be those of the model that ships; numbers that are not finite are doubtful too.
    """
    return ~(np.max(probabilities, axis=-1) >= THRESHOLD)
