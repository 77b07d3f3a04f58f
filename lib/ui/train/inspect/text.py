"""Charts of a network's inside as text with numbers, shown beside them and for those who cannot see them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lib.core.numbers import GLUE
from lib.core.training.events import Evaluated, Floats
from lib.ui.shell.language import _
from lib.ui.train.inspect.charts import Histogram
from lib.ui.widgets.confusion import mixed_up_words
from lib.ui.widgets.text import certainty, percent

NAMED = 3
"""Number of patterns and probabilities named one by one."""


def confusion_words(counts: NDArray[np.int64], names: Sequence[str]) -> str:
    """The number of correct images, and the most frequent mix-ups, from counts (10, 10)."""
    right, total = int(np.trace(counts)), int(counts.sum())
    words = _("{right} of {total} test images are on the diagonal: right.").format(
        right=f"{right:,}", total=f"{total:,}"
    )
    return f"{words} {mixed_up_words(counts, names)}".strip()


@dataclass(frozen=True, slots=True)
class Mistake:
    """A misread test image: its number, true class, predicted class, confidence, and the likeliest classes."""

    number: int
    true: str
    taken: str
    sure: float
    thoughts: str

    def words(self) -> str:
        """The mistake in one line: 'true 4, taken for 9, 99.2 %'."""
        return _("true {true}, taken for {taken}, {sure}").format(
            true=self.true, taken=self.taken, sure=certainty(self.sure)
        )


def mistakes_in_words(mistakes: NDArray[np.int32], probabilities: Floats, names: Sequence[str]) -> list[Mistake]:
    """Each of the mistakes (k, 3) with the network's likeliest classes, from `probabilities` (k, 10)."""
    told = []
    for (number, true, taken), thought in zip(mistakes.tolist(), probabilities, strict=False):
        likeliest = np.argsort(-thought, kind="stable")[:NAMED]
        thoughts = " · ".join(f"{names[i]}:{GLUE}{certainty(float(thought[i]))}" for i in likeliest)
        told.append(Mistake(number, names[true], names[taken], float(thought[taken]), thoughts))
    return told


def patterns_words(first: tuple[str, Floats], last: tuple[str, Floats]) -> str:
    """The value ranges of the patterns (n, h, w) at two named epochs, and the patterns that changed most."""
    count, height, width = last[1].shape
    said = [_("{count} patterns of {height} × {width} numbers.").format(count=count, height=height, width=width)]
    for when, shown in (first, last):
        low, high = f"{shown.min():.3f}", f"{shown.max():.3f}"
        said.append(_("{when}: from {low} to {high}.").format(when=capital(when), low=low, high=high))
    moved = changes(first[1], last[1])
    if moved.any():
        text, largest = _("number {number} (by {change})"), np.argsort(-moved, kind="stable")[:NAMED]
        most = ", ".join(text.format(number=i + 1, change=f"{moved[i]:.3f}") for i in largest)
        said.append(_("Changed most on average: {patterns}.").format(patterns=most))
    return " ".join(said)


def capital(words: str) -> str:
    """`words` with a capital letter."""
    return words[:1].upper() + words[1:]


def changes(start: Floats, now: Floats) -> NDArray[np.float64]:
    """The mean absolute change of each pattern since the start: (n,); 0 if unknown."""
    if start.shape != now.shape:
        return np.zeros(len(now))
    known = np.isfinite(start) & np.isfinite(now)
    moved = np.where(known, now, 0).astype(float) - np.where(known, start, 0)
    return np.abs(moved).mean(axis=(1, 2))


def moments(histogram: Histogram | None) -> tuple[float, float]:
    """Mean and standard deviation of the values in a histogram (2, bins); NaN if there are none."""
    if histogram is None or histogram.size == 0 or not histogram[1].sum() > 0:
        return math.nan, math.nan
    centres, counts = histogram
    mean = float(np.average(centres, weights=counts))
    return mean, math.sqrt(max(0.0, float(np.average((centres - mean) ** 2, weights=counts))))


def spread_words(what: str, layer: str, spreads: Mapping[str, Histogram | None]) -> str:
    """Mean and deviation of a layer's values at the named epochs. `what` is their translated name."""
    said = [_("{what} of {layer}.").format(what=what, layer=layer)]
    for when, histogram in spreads.items():
        mean, spread = (f"{number:.3g}" for number in moments(histogram))
        text = _("{when}: mean {mean}, standard deviation {spread}.") if mean != "nan" else _("{when}: not recorded.")
        said.append(text.format(when=capital(when), mean=mean, spread=spread))
    return " ".join(said)


def dead_words(shares: Mapping[str, Mapping[int, float]]) -> str:
    """Every layer's share of dead units after the last known epoch."""
    last = ", ".join(f"{layer} {percent(list(over.values())[-1], 1)}" for layer, over in shares.items())
    epoch = max(epoch for over in shares.values() for epoch in over)
    return _("Share of ReLU units that stay 0 whatever the image, after epoch {epoch}: {layers}.").format(
        epoch=epoch, layers=last
    )


def losses_words(epochs: Sequence[Evaluated], turned: Evaluated | None) -> str:
    """The current losses, and where the test loss turned."""
    last = epochs[-1]
    words = _("After epoch {epoch}: train loss {train}, test loss {test}.").format(
        epoch=last.epoch, train=f"{last.train_loss:.4f}", test=f"{last.test_loss:.4f}"
    )
    if turned is None:
        return f"{words} " + _("The test loss shows no lasting turn upwards.")
    return f"{words} " + _("The test loss turned upwards after epoch {epoch}, where it was lowest: {loss}.").format(
        epoch=turned.epoch, loss=f"{turned.test_loss:.4f}"
    )
