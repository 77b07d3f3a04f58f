"""What can be said about measured numbers."""

from __future__ import annotations

import math

CONFIDENT = 1.959964
"""Standard deviations on either side of the mean that hold 95 % of a normal distribution."""


def wilson_interval(right: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share of which `right` of `total` tries were seen, both from 0 to 1.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
    Raises ValueError unless 0 <= right <= total and total > 0.
    """
    if not 0 <= right <= total or total == 0:
        raise ValueError(f"right must be from 0 to total and total above 0, got {right} of {total}")
    share, z2 = right / total, CONFIDENT**2
    middle = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = CONFIDENT / (1 + z2 / total) * math.sqrt(share * (1 - share) / total + z2 / (4 * total**2))
    return max(0.0, middle - half), min(1.0, middle + half)
