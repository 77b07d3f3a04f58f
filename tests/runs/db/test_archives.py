"""A run comes back from its archive, on both databases: with another id, and otherwise the same to the last bit."""

from pathlib import Path

import numpy as np
import pytest

from lib.core.exports.archive import RunArchive, write_archive
from lib.core.exports.archive_reading import read_archive
from lib.core.training.config import TrainConfig
from lib.core.training.events import Checkpoint, Paused, Stopped
from lib.runs.db.store import Store
from lib.runs.model.listing import Which
from lib.runs.model.run import Run, Status, TooManyBrought
from tests.core.exports.archived import CONFIG, EVENTS, archived

MOST = 10


def trained(store: Store, run: RunArchive, until: int | None = None) -> str:
    """A run with these records up to an event, written as a worker writes them; returns its id."""
    run_id = store.create_run(run.config, owner="one", guess=run.guess).id
    store.claim(run_id, "w")
    chunks = list(run.progress)
    for event in list(run.events)[:until]:
        while chunks and chunks[0].last_step <= getattr(event, "step", 0):
            store.append(run_id, chunks.pop(0), "w")
        if event is run.events[-1] and run.weights:
            store.append(run_id, run.weights, "w")
        store.append(run_id, event, "w")
        if isinstance(event, Paused):  # and nobody has asked for it: it waits for a worker again
            store.claim(run_id, "w")
    return run_id


def brought(store: Store, data: bytes, owner: str = "two") -> Run:
    return store.import_run(read_archive(data, "run.zip"), owner, MOST)


def test_a_run_leaves_and_comes_back(store: Store, home: Path) -> None:
    """Deleted here or on another server: its archive alone brings it back, and it can leave again as the same file."""
    run_id = trained(store, archived())
    store.rename(run_id, "best")
    before, data = store.run(run_id), write_archive(store.archive(run_id))
    back = brought(store, data)
    assert back.id != run_id
    assert write_archive(store.archive(back.id)) == data
    again = brought(store, write_archive(store.archive(back.id)))
    assert write_archive(store.archive(again.id)) == data, "it keeps the id of where it was trained"
    assert (back.origin, back.is_brought, before.is_brought) == (run_id, True, False)
    assert (back.owner, back.status, back.name) == ("two", Status.FINISHED, "best")
    names = [
        "config",
        "step",
        "total_steps",
        "guess",
        "scheme",
        "accuracy",
        "seconds",
        "device",
        "created_at",
        "ended_at",
    ]
    assert [getattr(back, name) for name in names] == [getattr(before, name) for name in names]
    assert [run.id for run in store.history(Which(owner="two", order="best"))] == [again.id, back.id]
    kept, weights = store.weights(back.id), archived().weights
    assert kept
    assert weights
    assert kept.step == weights.step
    for name, array in weights.weights.items():
        np.testing.assert_array_equal(kept.weights[name], array)
    assert len(list((home / "weights").iterdir())) == 3


def test_a_run_under_way_comes_back_as_far_as_it_was(store: Store) -> None:
    run_id = trained(store, archived(), until=7)
    whole = archived().weights
    assert whole
    state = {"step": np.array(20, np.int64), "optimizer/m": np.arange(3, dtype=np.float32)}
    store.append(run_id, Checkpoint(step=20, weights=whole.weights, state=state), "w")
    data = write_archive(store.archive(run_id))
    back = brought(store, data)
    assert (back.status, back.step, back.accuracy) == (Status.STOPPED, 20, EVENTS[4].test_accuracy)  # type: ignore[union-attr]
    assert write_archive(store.archive(back.id)) == data
    assert store.open_runs_of("two") == []
    assert store.run(run_id).status == Status.RUNNING, "it goes on where it is"


def test_a_run_that_never_began_and_one_without_weights_come_back(store: Store) -> None:
    waits = store.create_run(TrainConfig(), owner="one").id
    pruned = trained(store, archived())
    store.prune(0)
    for run_id in (waits, pruned):
        data = write_archive(store.archive(run_id))
        back = brought(store, data)
        assert write_archive(store.archive(back.id)) == data
        assert store.checkpoint(back.id) is None
    assert store.run(waits).status == Status.WAITING


def test_nobody_brings_more_than_is_allowed_and_a_refused_one_leaves_nothing(store: Store, home: Path) -> None:
    run = archived(events=(Stopped(step=0),), progress=(), weights=None)
    store.create_run(CONFIG, owner="two")
    for _ in range(2):
        store.import_run(run, "two", most=2)
    with pytest.raises(TooManyBrought, match="You have brought in 2 runs, as many as this server allows"):
        store.import_run(archived(), "two", most=2)
    assert list((home / "weights").iterdir()) == []
    assert store.count(Which(owner="two")) == 3
    store.import_run(run, "three", most=2)


def test_no_two_of_its_records_are_lost_when_it_is_deleted(store: Store) -> None:
    back = brought(store, write_archive(archived()))
    assert store.delete("two", [back.id]) == 1
    assert store.undelete("two", [back.id]) == 1
    assert write_archive(store.archive(back.id)) == write_archive(archived())
