"""Old data goes by age and number, on both databases; what is pinned or not over stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from lib.core.mydigits.digit_sets import Digits
from lib.core.studies.configs import ExportConfig, RetraceConfig
from lib.core.training.config import TrainConfig
from lib.core.training.events import Checkpoint, Snapshot, Stopped
from lib.runs import artifacts
from lib.runs.db.store import Store
from lib.runs.model.run import TooManyPinned, UnknownRun

WEIGHTS = {"dense/kernel": np.ones((50, 50), np.float32)}


def over(store: Store, owner: str = "me") -> str:
    """A run with weights and a snapshot that was stopped."""
    run_id = store.create_run(TrainConfig(), owner=owner).id
    store.append(run_id, Checkpoint(step=0, weights=WEIGHTS))
    store.append(run_id, Snapshot(step=0, weights={name: array.astype(np.float16) for name, array in WEIGHTS.items()}))
    store.append(run_id, Stopped(step=0))
    return run_id


def studied(store: Store, config: RetraceConfig | ExportConfig) -> str:
    study_id = store.create_study(config).id
    store.append(study_id, Stopped(step=0))
    return study_id


def those_left(store: Store, ids: list[str]) -> list[int]:
    """Which of these there still are, by their place."""
    left = []
    for place, job_id in enumerate(ids):
        try:
            store.job(job_id)
        except UnknownRun:
            continue
        left.append(place)
    return left


def test_the_newest_stay_with_the_pinned_and_those_that_are_not_over(store: Store, home: Path) -> None:
    waiting, pinned = store.create_run(TrainConfig()).id, over(store)
    store.pin(pinned)
    ids = [waiting, pinned, studied(store, RetraceConfig()), *(over(store) for _ in range(4))]
    before = len(list((home / "weights").iterdir()))
    assert store.drop_old(keep=2) == 3
    assert those_left(store, ids) == [0, 1, 5, 6]
    assert len(list((home / "weights").iterdir())) == before - 2 * 2, "two runs, each with weights and a snapshot"
    assert store.drop_old(keep=2) == 0


def test_what_is_older_goes_however_few_there_are(store: Store) -> None:
    ids = [over(store) for _ in range(2)]
    store.pin(ids[0])
    assert store.drop_old(keep=100, before=datetime.now(UTC) - timedelta(days=1)) == 0
    assert store.drop_old(keep=100, before=datetime.now(UTC) + timedelta(seconds=1)) == 1
    assert those_left(store, ids) == [0]


def test_an_export_is_not_counted_and_not_removed_here(store: Store) -> None:
    ids = [studied(store, ExportConfig(model="a-run", format="litert")), over(store)]
    assert store.drop_old(keep=1) == 0
    assert store.drop_old(keep=0) == 1
    assert those_left(store, ids) == [0]


def test_the_newest_digits_of_all_visitors_stay(store: Store) -> None:
    for owner in "ab":
        store.keep_digits(owner, Digits(images=np.zeros((3, 28, 28), np.uint8), labels=np.zeros(3, np.uint8)))
    assert store.drop_digits(keep=10) == 0
    assert store.drop_digits(keep=4) == 2
    assert [store.own_digit_count(owner) for owner in "ab"] == [1, 3]


def test_so_many_runs_can_be_pinned(store: Store) -> None:
    ids = [over(store, owner) for owner in "abc"]
    for run_id in [*ids[:2], ids[0]]:
        store.pin(run_id, most=2)
    with pytest.raises(TooManyPinned, match="2 in all"):
        store.pin(ids[2], most=2)
    assert not store.run(ids[2]).pinned
    store.pin(ids[0], pinned=False, most=2)
    store.pin(ids[2], most=2)
    assert store.run(ids[2]).pinned


def test_jobs_are_counted_by_kind_and_status(store: Store) -> None:
    over(store)
    store.create_run(TrainConfig())
    studied(store, RetraceConfig())
    counts = {("train", "stopped"): 1, ("train", "waiting"): 1, ("retrace", "stopped"): 1}
    assert store.counts_by_status() == counts


def test_the_sizes_are_those_of_the_files_and_the_database(store: Store) -> None:
    assert artifacts.total_size() == 0
    small = store.size()
    over(store)
    assert artifacts.total_size() == pytest.approx(50 * 50 * 6, rel=0.2), "4 bytes a weight, 2 in the snapshot"
    many = Digits(images=np.full((1500, 28, 28), 7, np.uint8), labels=np.zeros(1500, np.uint8))
    store.keep_digits("me", many)
    assert store.size() - small > 1500 * 784 * 0.5
