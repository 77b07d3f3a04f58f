"""The effect of fine-tuning follows from its own events, and no more is claimed than they show."""

from dataclasses import replace

import numpy as np
import pytest

from lib.core.diagnosis.paired import Change, Changed, packed
from lib.core.i18n import untranslated
from lib.core.mydigits.finetune_result import own_words, tuned_of
from lib.core.training.events import OwnEvaluated


def evaluated(epoch: int, own_right: int, own_count: int = 50, test: float = 0.97, held_out: bool = True):
    return OwnEvaluated(
        step=10 * epoch,
        epoch=epoch,
        own_accuracy=own_right / own_count,
        own_count=own_count,
        held_out=held_out,
        test_accuracy=test,
    )


def test_before_is_the_first_event_and_after_the_last() -> None:
    tuned = tuned_of([evaluated(0, 10, test=0.9812), evaluated(1, 30), evaluated(2, 47, test=0.9799)])
    assert tuned is not None
    assert (tuned.own.before.right, tuned.own.after.right, tuned.own.after.total) == (10, 47, 50)
    assert (tuned.test.before.right, tuned.test.after.right, tuned.test.after.total) == (9812, 9799, 10_000)
    assert tuned.epoch == 2
    assert tuned_of([]) is None


def test_every_count_of_right_ones_survives_the_way_through_an_accuracy() -> None:
    for total in (1, 3, 7, 49, 400):
        for right in range(total + 1):
            tuned = tuned_of([evaluated(0, right, total)])
            assert tuned is not None
            assert tuned.own == Change(tuned.own.before, tuned.own.before)
            assert (tuned.own.before.right, tuned.own.before.total) == (right, total)


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [(25, 25, "same"), (10, 45, "better"), (45, 10, "worse"), (25, 28, "cannot_tell"), (28, 25, "cannot_tell")],
)
def test_a_difference_is_one_only_where_the_intervals_do_not_touch(before: int, after: int, verdict: str) -> None:
    tuned = tuned_of([evaluated(0, before), evaluated(1, after)])
    assert tuned is not None
    assert tuned.own.verdict() == verdict


def test_the_same_digits_are_compared_one_by_one_where_it_is_known_which_were_right() -> None:
    """Of 50 digits 8 more are right: the intervals overlap, but not one was lost."""
    before, after = np.arange(50) < 25, np.arange(50) < 33
    old = [evaluated(0, 25), evaluated(1, 33)]
    new = [replace(one, own_right=packed(right)) for one, right in zip(old, (before, after), strict=True)]
    (then, now) = tuned_of(old), tuned_of(new)
    assert then is not None
    assert now is not None
    assert (then.own.changed, then.own.verdict()) == (None, "cannot_tell")
    assert (now.own.changed, now.own.verdict()) == (Changed(8, 0), "better")
    assert now.test.changed is None


def test_whether_the_digits_were_held_out_is_said() -> None:
    held, learned = (tuned_of([evaluated(0, 3, 4, held_out=held_out)]) for held_out in (True, False))
    assert held is not None
    assert learned is not None
    assert "held out" in own_words(held, untranslated)
    assert "very 4 that it learned from" in own_words(learned, untranslated)
