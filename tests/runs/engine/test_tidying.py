"""Where the room is used up, ever more of the old goes, files before rows; what may not go is said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.runs.db.store import Store, open_store
from lib.runs.engine import tidying
from lib.runs.engine.tidying import Kept, Tidying
from tests.runs.db.test_retention import over, those_left
from tests.runs.processes import engine_on
from tests.waiting import until


@pytest.fixture
def store(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(tidying, "MEGABYTE", 1)  # so that limits are bytes here
    store = open_store()
    yield store
    store.close()


def tidied(store: Store, room: int | None) -> Tidying:
    tidying = Tidying(store, Kept(weights=8, snapshots=8, runs=8, disk_mb=room))
    tidying.tidy()
    return tidying


def with_weights(store: Store, ids: list[str]) -> list[int]:
    return [place for place, run_id in enumerate(ids) if store.checkpoint(run_id)]


def test_with_room_everything_stays(store: Store) -> None:
    ids = [over(store) for _ in range(6)]
    unlimited, enough = tidied(store, None), tidied(store, 10**9)
    assert (unlimited.is_full, enough.is_full) == (False, False)
    assert with_weights(store, ids) == list(range(6))
    assert not enough.is_due


def test_the_oldest_files_go_first_and_no_more_than_it_takes(store: Store) -> None:
    ids = [over(store) for _ in range(6)]
    size = Tidying(store, Kept()).size()
    assert not tidied(store, size - 1).is_full
    assert with_weights(store, ids) == [2, 3, 4, 5], "half of eight"
    assert those_left(store, ids) == list(range(6))


def test_runs_go_when_files_are_not_enough_and_the_pinned_ones_stay(store: Store) -> None:
    ids = [over(store) for _ in range(6)]
    store.pin(ids[0])
    assert tidied(store, 1).is_full
    assert those_left(store, ids) == with_weights(store, ids) == [0]


def test_an_engine_without_room_says_so_until_there_is_some(store: Store) -> None:
    ids = [over(store) for _ in range(2)]
    store.pin(ids[0])
    with engine_on(store, kept=Kept(disk_mb=1)) as engine:
        until(lambda: engine.state().trouble == "no_room")
        engine._tidying._kept, engine._tidying._due = Kept(disk_mb=10**9), 0.0
        until(lambda: engine.state().trouble is None)
