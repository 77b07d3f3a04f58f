"""Compares two readings of the same images, image by image: far more precise than comparing two accuracies.

Intervals around two accuracies assume different images. On the same images most are right both times or wrong both
times, and only the changed ones carry information: McNemar's test uses these alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lib.core.data.dataset import Bytes
from lib.core.diagnosis.assess import Score, tested
from lib.core.diagnosis.sentence import Sentence
from lib.core.i18n import mark
from lib.core.statistics import mcnemar_p
from lib.core.training.events import Evaluated

LEVEL = 0.05
"""The significance level: p-values below it count as more than chance, like values outside a 95 % interval."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Of the same images, `gained` are right only in the second reading, `lost` only in the first."""

    gained: int
    lost: int

    @property
    def p(self) -> float:
        """McNemar's p-value, two-sided."""
        return mcnemar_p(self.gained, self.lost)


@dataclass(frozen=True, slots=True)
class Change:
    """The same images read twice. `changed` is None if the single images were not recorded."""

    before: Score
    after: Score
    changed: Changed | None = None

    def verdict(self, tries: int = 1) -> str:
        """'same', 'better', 'worse' or 'cannot_tell': the direction of the difference if it is significant.

        If this is the most striking of several comparisons, `tries` is their number: each then has only a share of
        LEVEL (Bonferroni; O. J. Dunn, "Multiple comparisons among means", JASA 56, 1961). Without `changed` a
        difference counts only if the two 95 % intervals do not overlap, which misses many.
        """
        if self.before.right == self.after.right:
            return "same"
        if self.changed is None:
            differs = self.after.above(self.before) or self.before.above(self.after)
        else:
            differs = self.changed.p * tries < LEVEL
        if not differs:
            return "cannot_tell"
        return "better" if self.after.right > self.before.right else "worse"


def packed(right: NDArray[np.bool_]) -> Bytes:
    """The bool array `right` (n,) at one bit per image: uint8 (ceil(n / 8),)."""
    return np.packbits(right)


def changed_of(before: NDArray[np.bool_], after: NDArray[np.bool_]) -> Changed:
    """The changes between two readings of the same images, given which were right: bool (n,)."""
    return Changed(int((after & ~before).sum()), int((before & ~after).sum()))


def changed_between(before: Bytes | None, after: Bytes | None) -> Changed | None:
    """The changes between two readings of the same images, given as by `packed`; None if one was not recorded."""
    if before is None or after is None or before.shape != after.shape:
        return None
    return changed_of(np.unpackbits(before).astype(bool), np.unpackbits(after).astype(bool))


def change_between(before: Evaluated, after: Evaluated) -> Change | None:
    """The change on the test images between two epochs, of one run or two on the same data; None if unknown."""
    then, now = tested(before), tested(after)
    if then is None or now is None or then.total != now.total:
        return None
    return Change(then, now, changed_between(before.right, after.right))


def evidence(kind: str, change: Change) -> Iterator[Sentence]:
    """The evidence for the verdict on `change`, as a sentence of this `kind`."""
    if change.changed is None:
        yield Sentence(
            kind,
            mark(
                "An older version recorded this without saying which images were right, so only the two intervals "
                "could be compared: that misses small differences."
            ),
        )
        return
    values = {
        "gained": f"{change.changed.gained:,}",
        "lost": f"{change.changed.lost:,}",
        "p": p_words(change.changed.p),
    }
    text = mark(
        "Image by image, {gained} became right and {lost} became wrong (McNemar’s test on the same images: {p})."
    )
    yield Sentence(kind, text, values)


def p_words(p: float) -> str:
    """A p-value as papers print it."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}" if p < 0.1 else f"p = {p:.2f}"
