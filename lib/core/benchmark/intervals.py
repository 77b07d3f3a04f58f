"""Confidence intervals of measured times, without assumptions about the shape of their noise.

Times on a computer are skewed, have spikes and drift. So these intervals use order statistics, never a mean with a
standard deviation, and ratios come from pairs measured right after each other, so that common slowdowns cancel.

A lasting slowdown of one mode alone does not cancel: samples of a mode resemble their neighbours (in recordings on two
cores their lag-1 autocorrelation was 0.45 to 0.68, that of a pair's ratios -0.4 to 0.64). 30 such samples say no more
than 8 independent ones, and the sign test's interval is half as wide as it should be. Therefore:

- The ranks of its ends move outwards by the factor by which the samples' autocorrelation widens their deviation.
- The rounds come in two blocks with a pause between. The interval grows by the difference between the blocks and always
  contains both blocks' medians: nothing is certain that the blocks disagree about.

Simulated with 20,000 comparisons per row, each of two blocks in random order. The noise is log-normal with the given
deviation; the given share of samples takes twice as long; all times follow a random walk and a wave; and where stated
each mode has its own drift with the given autocorrelation. Shares of equal modes called different, and of differences
of 10 % found, in %:

    of 40 rounds                     | alike, told apart  | 10 % slower, found
                                     |     signs   this   |     signs   this
    noise  3 %, twice as long  5 %   |      3.7    1.8    |    100.0  100.0
    noise  5 %, twice as long 10 %   |      3.8    1.8    |     99.5   97.8
    noise  5 %, twice as long 20 %   |      3.8    1.9    |     94.6   88.0
    noise  8 %, twice as long 10 %   |      3.7    1.7    |     87.3   75.3
    a drift of all, 10 %, alike 0.68 |      3.8    1.8    |     99.5   97.8
    each its own, 4 %, alike 0.45    |     12.1    3.4    |    100.0   98.5
    each its own, 4 %, alike 0.68    |     23.0    6.0    |     99.9   92.0
    each its own, 4 %, alike 0.80    |     33.2    9.4    |     99.5   84.7
    each its own, 4 %, alike 0.95    |     59.6   28.6    |     95.8   78.5
    3 % that last for a block        |     40.7   23.6    |     97.8   88.5

With 30 rounds the fourth, sixth and seventh row of these intervals are 1.9 and 61.4, 3.8 and 93.4, 6.4 and 83.0.

`python -m tests.benchmarks.intervals` prints this table. The sign test alone is right only where no mode drifts by
itself. The last rows show the limit of any interval from a single run: a disturbance that lasts as long as the run
looks like a difference between the modes. Whole repetitions, and A/A tests, are for that.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Times = Sequence[float] | Floats

FEWEST = 6
"""Fewer samples have no 95 % interval: five lie on the same side of their median in 1 of 16 cases."""
MOST_ALIKE = 0.9
"""Upper bound of the estimated autocorrelation: a few samples cannot show how large a higher one is."""
DIGITS = 9
"""Logarithms that agree in this many decimals count as the same time: no clock can tell them apart."""


def median_interval(samples: Times, blocks: Sequence[int] = ()) -> tuple[float, float]:
    """The 95 % interval of the median of positive `samples` (n,), in the order of measurement.

    By ranks: W. R. Thompson, "On confidence ranges for the median", Ann. Math. Statist. 7 (1936); tables: K. R. Nair,
    Sankhyā 4 (1940). `blocks` as in `interval`. (0, inf) for fewer than FEWEST samples.
    """
    if len(samples) < FEWEST:
        return 0.0, math.inf
    middle = float(np.median(samples))  # not from the logarithms: there and back may change the last digit
    __, low, high = interval(np.log(samples), blocks)
    return min(middle, math.exp(low)), max(middle, math.exp(high))


def ratio_interval(samples: Times, others: Times, blocks: Sequence[int] = ()) -> tuple[float, float, float]:
    """How many times as long `samples` (n,) take as their partners in `others` (n,): ratio, low, high.

    The median of the pairs' ratios and its 95 % interval, both computed from logarithms, so that swapping the two gives
    the inverse. Pairs are in the order of measurement; `blocks` as in `interval`. The interval is (0, inf) for fewer
    than FEWEST pairs. Raises ValueError without a pair, for a sample without a partner, and for a time that is not
    above 0.
    """
    if len(samples) != len(others) or len(samples) == 0:
        raise ValueError(f"samples come in pairs, at least one, but there are {len(samples)} and {len(others)}")
    if not min(*samples, *others) > 0:
        raise ValueError(f"times must be above 0, got {min(*samples, *others)}")
    ratios = np.log(samples) - np.log(others)
    if len(ratios) < FEWEST:
        return math.exp(np.median(ratios)), 0.0, math.inf
    middle, low, high = (float(end) for end in interval(ratios, blocks))
    return math.exp(middle), math.exp(low), math.exp(high)


def interval(values: Floats, blocks: Sequence[int] = ()) -> tuple[Floats, Floats, Floats]:
    """The median of `values` (..., n), at least FEWEST, in the order of measurement, and its 95 % interval.

    The ends are order statistics. For independent values their ranks are those of the sign test, whose coverage is
    never below 95 %. If neighbours resemble each other, the ranks move outwards by the factor by which autocorrelation
    widens the deviation of a count (P. Heidelberger and P. A. W. Lewis, "Quantile estimation in dependent sequences",
    Operations Research 32, 1984).

    `blocks` are the numbers of values in each of several blocks; those below FEWEST are ignored. Half the difference
    between the blocks' medians is added to each half width, as the root of the sum of squares, and the interval
    contains these medians.
    """
    count = values.shape[-1]
    ordered, middle = np.sort(values, axis=-1), np.median(values, axis=-1)
    rank = ranks(values)[..., None]
    low = np.take_along_axis(ordered, rank - 1, axis=-1)[..., 0]
    high = np.take_along_axis(ordered, count - rank, axis=-1)[..., 0]
    medians = medians_of(values, blocks)
    if len(medians) < 2:
        return middle, low, high
    least, most = np.min(medians, axis=0), np.max(medians, axis=0)
    apart = (most - least) / 2
    low, high = middle - np.hypot(middle - low, apart), middle + np.hypot(high - middle, apart)
    return middle, np.minimum(low, least), np.maximum(high, most)


def medians_of(values: Floats, blocks: Sequence[int]) -> list[Floats]:
    """The medians of the blocks of `values` (..., n) with FEWEST or more; ValueError unless `blocks` sum to n."""
    if blocks and sum(blocks) != values.shape[-1]:
        raise ValueError(f"blocks must have {values.shape[-1]} values together, but have {sum(blocks)}")
    parts = np.split(values, np.cumsum(blocks)[:-1], axis=-1) if blocks else []
    return [np.median(part, axis=-1) for part in parts if part.shape[-1] >= FEWEST]


def ranks(values: Floats) -> NDArray[np.intp]:
    """The rank, counted from 1, of the interval's lower end among the sorted `values` (..., n); at least 1."""
    count = values.shape[-1]
    independent = lower_rank(count)
    alike = autocorrelation(values)
    wider = np.sqrt((1 + alike) / (1 - alike))
    rank = np.floor(count / 2 - (count / 2 - independent) * wider + 1e-9)
    return np.clip(rank, 1, independent).astype(np.intp)


def autocorrelation(values: Floats) -> Floats:
    """The lag-1 autocorrelation of the ranks of `values` (..., n), from 0 to MOST_ALIKE.

    Ranks, because spikes would hide it in the values. The estimate is corrected for its bias in short series: M. G.
    Kendall, "Note on bias in the estimation of autocorrelation", Biometrika 41 (1954).
    """
    count = values.shape[-1]
    known = np.round(values, DIGITS)
    centred = np.sign(known[..., :, None] - known[..., None, :]).sum(axis=-1)
    spread = (centred**2).sum(axis=-1)
    together = (centred[..., 1:] * centred[..., :-1]).sum(axis=-1)
    measured = together / np.where(spread > 0, spread, 1)
    unbiased = (measured + 1 / count) / (1 - 3 / count)
    return np.where(spread > 0, np.clip(unbiased, 0, MOST_ALIKE), 0.0)


@functools.cache
def lower_rank(count: int) -> int:
    """The rank, counted from 1, of the lower end of the median's 95 % interval among `count` independent samples.

    The upper end has the same rank from above. 0 if even the smallest and the largest are too close together.
    The median lies below the k-th smallest if fewer than k of `count` fair coins show heads: at most 2.5 %.
    """
    rank, below = 0, 0
    for heads in range(count):
        below += math.comb(count, heads)
        if 40 * below > 2**count:
            break
        rank = heads + 1
    return rank
