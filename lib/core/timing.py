"""What can be said about measured times: intervals that assume nothing about the shape of their noise.

Times on a computer are skewed, have spikes and drift. So: order statistics and ranks, never a mean with a standard
deviation; and ratios from pairs that were measured one right after the other, so that what slows both down cancels.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95
FEWEST = 6
"""Samples below which no 95 % interval exists: five lie on the same side of anything in 1 of 16 cases."""


def median_interval(samples: Sequence[float]) -> tuple[float, float]:
    """The 95 % interval of the median of positive `samples` (n,): two of their order statistics.

    (0, inf) for fewer than FEWEST.
    """
    raise NotImplementedError


def ratio_interval(samples: Sequence[float], others: Sequence[float]) -> tuple[float, float, float]:
    """How many times as long `samples` (n,) are as `others` (n,), pair by pair, and the 95 % interval: ratio, low, high.

    The interval is (0, inf) for fewer than FEWEST pairs. Raises ValueError for no pair, and where one has no partner.
    """
    raise NotImplementedError
