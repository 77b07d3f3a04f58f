"""Digits that visitors keep: each visitor reads and changes only their own, whatever they request."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import sqlalchemy as sa

from lib.core.mydigits.digit_sets import MAX_DIGITS, Digits, OwnDigitsError
from lib.core.mydigits.finetune_plan import Tuning
from lib.core.training.config import TrainConfig
from lib.runs.db import tables
from lib.runs.db.store import Store
from lib.runs.model.run import UnknownRun


def digits(*labels: int) -> Digits:
    """One digit per label; no two images are equal."""
    images = np.arange(len(labels) * 784).reshape(-1, 28, 28) * 7 % 251
    return Digits(images=images.astype(np.uint8), labels=np.array(labels, np.uint8))


def test_digits_come_back_as_they_were_the_newest_first(store: Store) -> None:
    kept = digits(3, 1, 4)
    assert store.keep_digits("ann", kept) == 3
    assert store.keep_digits("ann", digits(9)) == 1
    back = store.own_digits("ann")
    assert [digit.label for digit in back] == [9, 4, 1, 3]
    assert [digit.image.tobytes() for digit in back[:0:-1]] == [image.tobytes() for image in kept.images]
    assert back[0].image.dtype == np.uint8
    assert len({digit.id for digit in back}) == 4
    assert all(timedelta(0) <= datetime.now(UTC) - digit.kept_at < timedelta(minutes=1) for digit in back)


def test_nobody_reads_changes_or_deletes_the_digits_of_somebody_else(store: Store) -> None:
    store.keep_digits("ann", digits(1, 2))
    store.keep_digits("bob", digits(3))
    theirs = store.own_digits("ann")
    ids = [digit.id for digit in theirs]
    assert [digit.label for digit in store.own_digits("bob")] == [3]
    assert store.own_digits("") == store.own_digits("an") == store.own_digits("%") == []
    assert store.forget_digits("bob", ids) == 0
    assert not store.relabel_digit("bob", ids[0], 9)
    assert [digit.label for digit in store.own_digits("ann")] == [2, 1]
    assert store.forget_digits("bob", [*ids, store.own_digits("bob")[0].id]) == 1
    assert [digit.id for digit in store.own_digits("ann")] == ids


def test_any_ids_may_be_asked_for(store: Store) -> None:
    store.keep_digits("ann", digits(1, 2))
    strange = [-1, 0, 2**31, 2**70, *range(10**6, 10**6 + 50_000)]
    assert store.forget_digits("ann", strange) == 0
    assert not store.relabel_digit("ann", 2**70, 1)
    mine = [digit.id for digit in store.own_digits("ann")]
    assert store.forget_digits("ann", [*strange, *mine, *mine]) == 2
    assert store.forget_digits("ann", mine) == 0
    assert store.forget_digits("ann", []) == 0
    assert store.own_digits("ann") == []


def test_an_id_is_never_given_twice(store: Store) -> None:
    store.keep_digits("ann", digits(1))
    (first,) = store.own_digits("ann")
    store.forget_digits("ann", [first.id])
    store.keep_digits("ann", digits(2))
    assert store.own_digits("ann")[0].id > first.id


def test_a_digit_gets_another_label(store: Store) -> None:
    store.keep_digits("ann", digits(1, 2))
    newest = store.own_digits("ann")[0]
    assert store.relabel_digit("ann", newest.id, 7)
    assert [digit.label for digit in store.own_digits("ann")] == [7, 1]
    for label in (10, -1, True, 2.0, "3"):
        with pytest.raises(OwnDigitsError, match="0 to 9"):
            store.relabel_digit("ann", newest.id, label)  # type: ignore[arg-type]
    assert [digit.label for digit in store.own_digits("ann")] == [7, 1]


def test_no_more_are_kept_than_can_be_and_then_none_of_them(store: Store) -> None:
    assert store.keep_digits("ann", digits(*[5] * (MAX_DIGITS - 1))) == MAX_DIGITS - 1
    with pytest.raises(OwnDigitsError, match="2,001"):
        store.keep_digits("ann", digits(1, 1))
    assert len(store.own_digits("ann")) == MAX_DIGITS - 1
    assert store.keep_digits("ann", digits(1)) == 1
    assert store.keep_digits("bob", digits(1)) == 1
    assert store.keep_digits("ann", digits()) == 0


def test_nor_when_several_tabs_keep_some_at_the_same_moment(store: Store) -> None:
    def keep(_: int) -> int:
        try:
            return store.keep_digits("ann", digits(*[5] * (MAX_DIGITS // 4)))
        except OwnDigitsError:
            return 0

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(keep, range(6))) == MAX_DIGITS
    assert len(store.own_digits("ann")) == MAX_DIGITS


def test_digits_have_an_owner(store: Store) -> None:
    with pytest.raises(ValueError, match="somebody"):
        store.keep_digits("", digits(1))


def test_a_tuned_run_keeps_its_digits_and_what_it_was_tuned_from(store: Store) -> None:
    base, kept = store.create_run(TrainConfig(), owner="bob"), digits(1, 2, 3)
    store.keep_digits("ann", kept)
    run = store.create_run(TrainConfig(epochs=2), owner="ann", tuning=Tuning(base=base.id, digits=kept))
    store.forget_digits("ann", [digit.id for digit in store.own_digits("ann")])
    tuning = store.tuning(run.id)
    assert tuning is not None
    assert (run.base, tuning.base, base.base) == (base.id, base.id, "")
    assert tuning.digits.images.tobytes() == kept.images.tobytes()
    assert tuning.digits.labels.tolist() == [1, 2, 3]
    assert store.tuning(base.id) is None
    assert [found.base for found in store.runs()] == [base.id, ""]


def test_a_run_cannot_be_tuned_from_one_that_there_is_not(store: Store) -> None:
    with pytest.raises(UnknownRun, match="nobody"):
        store.create_run(TrainConfig(), tuning=Tuning(base="nobody", digits=digits(1)))
    assert store.runs() == []


def test_a_run_cannot_be_tuned_with_no_digit_or_too_many() -> None:
    for kept in (digits(), digits(*[1] * (MAX_DIGITS + 1))):
        with pytest.raises(OwnDigitsError):
            Tuning(base="a", digits=kept)


def test_the_digits_of_a_run_go_with_it(store: Store, url: str) -> None:
    base = store.create_run(TrainConfig())
    tuning = Tuning(base=base.id, digits=digits(1))
    run = store.create_run(TrainConfig(), tuning=replace(tuning))
    engine = tables.connect(url)
    with tables.writing(engine).begin() as connection:
        connection.execute(tables.runs.delete().where(tables.runs.c.id == run.id))
        assert connection.execute(sa.select(sa.func.count()).select_from(tables.tunings)).scalar() == 0
    engine.dispose()
