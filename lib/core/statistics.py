"""Confidence intervals and significance tests for counts.

Implemented here: SciPy and statsmodels, which have them too, would add 200 MB on disk for one formula each.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

CONFIDENT = 1.959964
"""95 % of a normal distribution lie within this many standard deviations of the mean."""


def wilson_interval(right: int, total: int) -> tuple[float, float]:
    """The 95 % confidence interval of a share, from 0 to 1, after `right` successes in `total` tries.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
    Raises ValueError unless 0 <= right <= total and total > 0.
    """
    if not 0 <= right <= total or total == 0:
        raise ValueError(f"right must be from 0 to total and total above 0, got {right} of {total}")
    share, z2 = right / total, CONFIDENT**2
    middle = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = CONFIDENT / (1 + z2 / total) * math.sqrt(share * (1 - share) / total + z2 / (4 * total**2))
    return max(0.0, middle - half), min(1.0, middle + half)


FEW_DISCORDANT = 25
"""With fewer discordant pairs McNemar's z is not close enough to normal, so the binomial is summed exactly."""


def mcnemar_z(gained: int, lost: int) -> float:
    """How far `gained` and `lost` are from an even split, in standard deviations; 0 if both are 0.

    Both readings cover the same cases: `gained` were right only in the second, `lost` only in the first. Q. McNemar,
    "Note on the sampling error of the difference between correlated proportions or percentages", Psychometrika 12
    (1947). Raises ValueError for a negative count.
    """
    _check_pairs(gained, lost)
    return (gained - lost) / math.sqrt(gained + lost) if gained + lost else 0.0


def mcnemar_p(gained: int, lost: int) -> float:
    """The two-sided p-value, from 0 to 1, of a split of the discordant pairs at least as uneven as this one.

    From FEW_DISCORDANT pairs on it uses `mcnemar_z`. Fewer pairs use the mid-p test: the binomial's tail with half of
    the observed split's own probability (M. W. Fagerland, S. Lydersen and P. Laake, "The McNemar test for binary
    matched-pairs data: mid-p and asymptotic are better than exact conditional", BMC Med. Res. Methodol. 13, 2013).
    Raises ValueError for a negative count.
    """
    z, count = mcnemar_z(gained, lost), gained + lost
    if count >= FEW_DISCORDANT:
        return math.erfc(abs(z) / math.sqrt(2))
    fewer = min(gained, lost)
    ways = [math.comb(count, k) for k in range(fewer + 1)]
    return min(1.0, (2 * sum(ways) - ways[-1]) / 2**count)


T_QUANTILES = (12.706205, 4.302653, 3.182446, 2.776445, 2.570582, 2.446912, 2.364624, 2.306004, 2.262157)
"""The 97.5 % quantiles of Student's t distribution with 1, 2 … degrees of freedom."""


def ratio_interval(first: Sequence[float], second: Sequence[float]) -> tuple[float, float, float]:
    """The mean ratio first / second of pairs of positive numbers, and its 95 % confidence interval, low and high.

    It is Student's interval of the pairs' logarithms, so that a ratio and its inverse are treated alike, and what the
    two of a pair have in common cancels out: Student, "The probable error of a mean", Biometrika 6 (1908). It assumes
    that the logarithms of the ratios vary about normally. Raises ValueError unless there are 2 to 10 pairs.
    """
    count = len(first)
    if not 2 <= count <= len(T_QUANTILES) + 1 or len(second) != count:
        raise ValueError(f"2 to {len(T_QUANTILES) + 1} pairs are needed, got {count} and {len(second)}")
    logs = [math.log(one / other) for one, other in zip(first, second, strict=True)]
    mean, half = statistics.fmean(logs), T_QUANTILES[count - 2] * statistics.stdev(logs) / math.sqrt(count)
    return math.exp(mean), math.exp(mean - half), math.exp(mean + half)


def fisher_p(first: int, second: int, total: int) -> float:
    """The two-sided p-value, from 0 to 1, of `first` and `second` successes in `total` tries each.

    Fisher's exact test: the probability of all splits that are no likelier than this one, given how many successes
    there are. R. A. Fisher, "The logic of inductive inference", JRSS 98 (1935). Raises ValueError unless both are from
    0 to total and total > 0.
    """
    if not (0 <= first <= total and 0 <= second <= total and total):
        raise ValueError(f"successes must be from 0 to total and total above 0, got {first} and {second} of {total}")
    both = first + second
    ways = [math.comb(total, one) * math.comb(total, both - one) for one in range(both + 1)]
    return sum(way for way in ways if way <= ways[first]) / math.comb(2 * total, both)


def _check_pairs(gained: int, lost: int) -> None:
    if min(gained, lost) < 0:
        raise ValueError(f"counts of images must not be negative, got {gained} and {lost}")
