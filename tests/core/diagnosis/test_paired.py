"""Two evaluations on the same images are compared by the changed images; if these are unknown, the text says so."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as hnp

from lib.core.diagnosis.assess import Score
from lib.core.diagnosis.paired import (
    Change,
    Changed,
    change_between,
    changed_between,
    changed_of,
    evidence,
    p_words,
    packed,
)
from tests.core.diagnosis.test_report import epoch


def change(gained: int, lost: int, right: int = 8446, total: int = 10_000) -> Change:
    return Change(Score(right, total), Score(right + gained - lost, total), Changed(gained, lost))


def test_what_intervals_call_alike_is_told_apart_image_by_image() -> None:
    seen = change(321, 242)
    assert seen.verdict() == "better"
    assert replace(seen, changed=None).verdict() == "cannot_tell"
    assert Change(seen.after, seen.before, Changed(242, 321)).verdict() == "worse"


@pytest.mark.parametrize(
    ("gained", "lost", "verdict"),
    [(6, 0, "better"), (0, 6, "worse"), (3, 0, "cannot_tell"), (5, 5, "same"), (0, 0, "same"), (60, 50, "cannot_tell")],
)
def test_few_changed_images_are_enough_where_they_all_go_one_way(gained: int, lost: int, verdict: str) -> None:
    assert change(gained, lost, right=20, total=50 + gained).verdict() == verdict


def test_the_most_striking_of_many_has_to_be_more_striking() -> None:
    assert change(80, 55).verdict() == "better"
    assert change(80, 55).verdict(tries=10) == "cannot_tell"


@given(hnp.arrays(np.bool_, (2, 10_000 // 64 + 3)))
def test_bits_that_were_kept_say_what_changed(right: np.ndarray) -> None:
    before, after = right
    changed = changed_between(packed(before), packed(after))
    assert changed == changed_of(before, after)
    assert changed == Changed(
        sum(not one and other for one, other in zip(before, after, strict=True)),
        sum(one and not other for one, other in zip(before, after, strict=True)),
    )


def test_ten_thousand_images_take_1250_bytes() -> None:
    assert packed(np.ones(10_000, np.bool_)).nbytes == 1250


def test_an_older_recording_is_compared_by_its_intervals_and_says_so() -> None:
    old = change_between(epoch(1, 0.2, right=9500), epoch(2, 0.2, right=9510))
    assert old is not None
    assert old.changed is None
    assert "only the two intervals" in next(evidence("fit", old)).text()


def test_epochs_on_other_numbers_of_images_are_not_compared() -> None:
    assert change_between(epoch(1, 0.2), epoch(1, 0.2, right=90, total=100)) is None
    assert change_between(epoch(1, 0.2, right=0, total=0), epoch(2, 0.2)) is None


def test_the_evidence_is_said_with_its_numbers() -> None:
    said = next(evidence("fit", change(321, 242))).text()
    assert "321 became right and 242 became wrong" in said
    assert "p < 0.001" in said


@pytest.mark.parametrize(("p", "words"), [(0.00087, "p < 0.001"), (0.0312, "p = 0.031"), (0.5, "p = 0.50")])
def test_a_p_value_is_printed_as_papers_do(p: float, words: str) -> None:
    assert p_words(p) == words
