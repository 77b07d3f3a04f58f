"""The result of a fine-tuning, from its events alone: both accuracies, before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lib.core.data.dataset import TEST_IMAGES
from lib.core.diagnosis.assess import Score
from lib.core.diagnosis.paired import Change, changed_between
from lib.core.i18n import Translate, mark
from lib.core.training.events import OwnEvaluated


@dataclass(frozen=True, slots=True)
class Tuned:
    """The change on own digits and on MNIST's test images. `held_out`: these own digits were not trained on.

    `epoch` is the epoch of the second reading; 0 if there is only the first.
    """

    own: Change
    test: Change
    held_out: bool
    epoch: int


VERDICTS = {
    "same": mark("as many as before"),
    "better": mark("better than before by more than chance explains"),
    "worse": mark("worse than before by more than chance explains"),
    "cannot_tell": mark("a difference that may be chance"),
}
"""What the verdicts of `lib.core.diagnosis.paired.Change` say about the second reading."""


def tuned_of(events: Sequence[OwnEvaluated]) -> Tuned | None:
    """The result so far, from `events` in order; None before the first."""
    if not events:
        return None
    first, last = events[0], events[-1]
    return Tuned(
        own=Change(
            _score(first.own_accuracy, first.own_count),
            _score(last.own_accuracy, last.own_count),
            changed_between(first.own_right, last.own_right),
        ),
        test=Change(
            _score(first.test_accuracy, TEST_IMAGES),
            _score(last.test_accuracy, TEST_IMAGES),
            changed_between(first.test_right, last.test_right),
        ),
        held_out=last.held_out,
        epoch=last.epoch,
    )


def _score(accuracy: float, total: int) -> Score:
    return Score(round(accuracy * total), total)


def own_words(tuned: Tuned, _: Translate) -> str:
    """Which own digits were tested, and what the result is worth."""
    count = f"{tuned.own.after.total:,}"
    if tuned.held_out:
        return _(
            "Own digits: {count} that were held out. It did not learn from them, so this is how it reads digits of "
            "yours that are new to it."
        ).format(count=count)
    return _(
        "Own digits: the very {count} that it learned from, because there were too few to hold some out. How it reads "
        "new ones this does not say."
    ).format(count=count)
