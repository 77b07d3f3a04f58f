"""What can be said about measured times: intervals that assume nothing about the shape of their noise.

Times on a computer are skewed, have spikes and drift. So: order statistics, never a mean with a standard deviation;
and ratios from pairs that were measured one right after the other, so that whatever slows both down cancels.

Which interval for a ratio? Two need no normal distribution: that of the sign test (order statistics of the pairs'
ratios) and that of Wilcoxon's signed ranks (Hodges and Lehmann, Ann. Math. Statist. 34, 1963). Both were tried on
20,000 made-up comparisons a row, of 30 rounds each in random order, with log-normal noise of this deviation, samples
that take twice as long this often, and drift (a random walk of 2 % from sample to sample on top of a wave of 10 %):

    noise  twice as long |  alike, told apart  |  10 % slower, found  |  width of the interval
                         |  signs    ranks     |  signs    ranks      |  signs    ranks
     3 %        5 %      |  4.4 %    5.1 %     |  100 %    99 %       |  0.050    0.045
     5 %       10 %      |  4.3 %    5.0 %     |   98 %    91 %       |  0.087    0.090
     5 %       20 %      |  4.3 %    4.9 %     |   88 %    66 %       |  0.111    0.278
     8 %       10 %      |  4.3 %    5.0 %     |   78 %    74 %       |  0.135    0.140

Both keep their promise; the signs lose a little where it is quiet and win where it is not. They also need no symmetric
noise, which two ways of running have no reason to share. So it is the signs. `tests/core/test_timing.py` has the noise.

What neither can know: something that slows one mode alone for a whole comparison, and neighbours that are alike because
the machine was, which makes the interval of a single median (not that of a ratio) a little too narrow.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Times = Sequence[float] | NDArray[np.float64]

FEWEST = 6
"""Samples below which no 95 % interval exists: five lie on the same side of their median in 1 of 16 cases."""


def median_interval(samples: Times) -> tuple[float, float]:
    """The 95 % interval of the median of positive `samples` (n,): two of them, by their rank.

    W. R. Thompson, "On confidence ranges for the median", Ann. Math. Statist. 7 (1936); tables: K. R. Nair,
    Sankhyā 4 (1940). Exact for independent samples of any distribution, and never below 95 %.
    (0, inf) for fewer than FEWEST samples.
    """
    rank = lower_rank(len(samples))
    if rank == 0:
        return 0.0, math.inf
    ordered = sorted(samples)
    return float(ordered[rank - 1]), float(ordered[-rank])


def ratio_interval(samples: Times, others: Times) -> tuple[float, float, float]:
    """How many times as long as its partner in `others` (n,) one of `samples` (n,) takes: ratio, low, high.

    The median of the pairs' ratios and its 95 % interval, that of the sign test; both as logarithms, so that turning
    the pair round gives the inverse. The interval is (0, inf) for fewer than FEWEST pairs. Raises ValueError where
    there is no pair, where one has no partner, and for a time that is not above 0.
    """
    if len(samples) != len(others) or len(samples) == 0:
        raise ValueError(f"samples come in pairs, at least one, but there are {len(samples)} and {len(others)}")
    if not min(*samples, *others) > 0:
        raise ValueError(f"times must be above 0, got {min(*samples, *others)}")
    ratios = np.sort(np.log(samples) - np.log(others))
    middle, rank = float(np.median(ratios)), lower_rank(len(ratios))
    if rank == 0:
        return math.exp(middle), 0.0, math.inf
    return math.exp(middle), math.exp(ratios[rank - 1]), math.exp(ratios[-rank])


@functools.cache
def lower_rank(count: int) -> int:
    """Which of `count` sorted samples, counted from 1, is the lower end of the 95 % interval of their median.

    The upper end has the same rank from above. 0 where even the smallest and the largest are not far enough apart.
    The median lies below the k-th smallest where fewer than k of `count` fair coins show heads: at most 2.5 %.
    """
    rank, below = 0, 0
    for heads in range(count):
        below += math.comb(count, heads)
        if 40 * below > 2**count:
            break
        rank = heads + 1
    return rank
