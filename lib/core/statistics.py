"""Confidence intervals and significance tests for counts.

Implemented here: SciPy and statsmodels, which have them too, would add 200 MB on disk for one formula each.
"""

from __future__ import annotations

import math

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


def _check_pairs(gained: int, lost: int) -> None:
    if min(gained, lost) < 0:
        raise ValueError(f"counts of images must not be negative, got {gained} and {lost}")
