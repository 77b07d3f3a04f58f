"""Lists of runs: the right ones in the right order, by an index, on both databases; deletion can be undone."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from lib.core.training.config import TrainConfig
from lib.core.training.events import Checkpoint, Finished, Stopped
from lib.runs.db import archives, history, tables
from lib.runs.db.store import Store
from lib.runs.model.listing import NAME_LENGTH, ON_A_PAGE, ORDERS, STATES, Which
from lib.runs.model.run import Status
from tests.runs.examples import COMPILED, EVALUATED, STARTED, chunk

MINE, ALL = Which(owner="me"), Which(owner=None)
NOW = timedelta(0)


@pytest.fixture
def engine(store: Store, url: str) -> Iterator[sa.Engine]:
    """The same database, bypassing the store."""
    engine = sa.create_engine(tables.address(url))
    yield engine
    engine.dispose()


def told(store: Store, accuracy: float, seconds: float = 10.0, owner: str = "me", **settings: object) -> str:
    """A finished run with this result."""
    run_id = store.create_run(TrainConfig(epochs=1, **settings), owner=owner).id  # type: ignore[arg-type]
    epoch = replace(EVALUATED, test_accuracy=accuracy, training_seconds=seconds, evaluating_seconds=0.0)
    for event in (STARTED, COMPILED, chunk(1, 1875), epoch, Finished(step=1875, reason="epochs")):
        store.append(run_id, event)
    return run_id


def ids(store: Store, which: Which, page: int = 1) -> list[str]:
    return [run.id for run in store.history(which, page)]


def test_each_order_and_each_part(store: Store) -> None:
    good, slow = told(store, 0.99, 20.0), told(store, 0.95, 30.0)
    stopped = store.create_run(TrainConfig(), owner="me").id
    store.append(stopped, Stopped(step=0))
    waits, other = store.create_run(TrainConfig(), owner="me").id, told(store, 0.97, 5.0, owner="other")
    store.rename(good, "zebra")
    store.rename(slow, "Ant")
    store.pin(slow)
    orders = {
        "newest": [waits, stopped, slow, good],
        "oldest": [good, slow, stopped, waits],
        "best": [good, slow, waits, stopped],
        "shortest": [good, slow, waits, stopped],
        "longest": [slow, good, waits, stopped],
        "name": [slow, good, waits, stopped],
    }
    assert orders.keys() == ORDERS.keys() == history.ORDERS.keys()
    for order, expected in orders.items():
        assert ids(store, replace(MINE, order=order)) == expected, order
    parts = {
        "all": [waits, stopped, slow, good],
        "open": [waits],
        "finished": [slow, good],
        "other": [stopped],
        "pinned": [slow],
    }
    assert parts.keys() == STATES.keys() == history.STATES.keys()
    for state, expected in parts.items():
        assert ids(store, replace(MINE, state=state)) == expected, state
    assert ids(store, replace(ALL, order="best")) == [good, other, slow, waits, stopped]


def test_a_run_is_found_by_words_of_its_name_its_settings_and_its_id(store: Store) -> None:
    lenet, plain = told(store, 0.9, network="lenet"), told(store, 0.9)
    store.rename(plain, "100% mine, 첫 실행")
    assert ids(store, replace(MINE, words="LeNet")) == [lenet]
    assert ids(store, replace(MINE, words="mine 첫")) == [plain]
    assert ids(store, replace(MINE, words="mine lenet")) == []
    assert ids(store, replace(MINE, words="%")) == [plain]
    assert ids(store, replace(MINE, words=plain)) == [plain]


def test_a_list_comes_page_by_page(store: Store) -> None:
    all_ids = [store.create_run(TrainConfig(), owner="me").id for _ in range(2 * ON_A_PAGE + 3)][::-1]
    pages = [store.history(MINE, page) for page in (1, 2, 3, 4)]
    assert [run.id for runs in pages for run in runs] == all_ids
    assert [len(runs) for runs in pages] == [ON_A_PAGE, ON_A_PAGE, 3, 0]
    assert store.count(MINE) == len(all_ids)


def test_results_follow_the_events_also_when_some_are_taken_back(store: Store) -> None:
    run_id = store.create_run(TrainConfig(), owner="me").id
    store.claim(run_id, "w")
    assert (store.run(run_id).accuracy, store.run(run_id).seconds, store.run(run_id).device) == (None, 0.0, "")
    for event in (replace(STARTED, device="D" * 200), COMPILED, chunk(1, 10), replace(EVALUATED, step=10)):
        store.append(run_id, event, "w")
    assert store.run(run_id).device == "D" * tables.DEVICE_LENGTH
    store.append(run_id, Checkpoint(step=10, weights={"a": np.zeros(2)}, state={"m": np.zeros(2)}), "w")
    later = replace(EVALUATED, epoch=2, step=20, test_accuracy=0.97)
    store.append(run_id, chunk(11, 20), "w")
    store.append(run_id, later, "w")
    assert (store.run(run_id).accuracy, store.run(run_id).seconds) == (0.97, 20.0)
    taken = store.take_over(run_id, "w2", "w")
    assert (taken.accuracy, taken.seconds) == (0.95, 10.0)  # type: ignore[attr-defined]
    store.append(run_id, chunk(11, 20), "w2")
    store.append(run_id, later, "w2")
    assert (store.run(run_id).accuracy, store.run(run_id).seconds) == (0.97, 20.0)


def test_a_name_is_one_line_and_not_too_long(store: Store) -> None:
    run_id = told(store, 0.9)
    store.rename(run_id, "  a\n b\0 " + "c" * 100)
    assert store.run(run_id).name == ("a b " + "c" * 100)[:NAME_LENGTH]
    store.rename(run_id, "")
    assert store.run(run_id).name == ""


def test_what_is_deleted_can_be_brought_back_until_it_is_gone(store: Store) -> None:
    run_id, kept, other = told(store, 0.9), told(store, 0.9), told(store, 0.9, owner="other")
    under_way = store.create_run(TrainConfig(), owner="me").id
    assert store.delete("me", [run_id, other, under_way]) == 1, "neither another's nor one under way"
    assert ids(store, MINE) == [under_way, kept]
    assert run_id not in [run.id for run in store.runs()]
    assert store.run(run_id).accuracy == 0.9, "its link holds until it is gone"
    assert store.undelete("other", [run_id]) == 0
    assert store.undelete("me", [run_id]) == 1
    assert ids(store, MINE) == [under_way, kept, run_id]
    store.delete("me", [run_id])
    assert store.purge(timedelta(hours=1)) == 0
    assert store.purge(NOW) == 1
    assert store.undelete("me", [run_id]) == 0
    assert ids(store, ALL) == [under_way, other, kept]
    assert store.events(run_id) == []


def test_a_paused_run_that_is_resumed_is_there_again(store: Store) -> None:
    run_id = store.create_run(TrainConfig(), owner="me", pause_after=0).id
    assert store.delete("me", [run_id]) == 1
    store.resume(run_id)
    assert store.purge(NOW) == 0
    assert ids(store, MINE) == [run_id]
    assert store.run(run_id).status == Status.WAITING


def many(engine: sa.Engine, count: int) -> None:
    """Runs of a hundred owners, straight into the table."""
    random, now = np.random.default_rng(0), sa.func.current_timestamp()
    rows = [
        {
            "id": f"run{number}",
            "config": json.dumps(TrainConfig(seed=number).to_dict()),
            "status": "finished",
            "owner": f"visitor{number % 100}" if number % 100 else "me",
            "accuracy": float(random.uniform(0.9, 1)),
            "seconds": float(random.uniform(5, 90)),
        }
        for number in range(count)
    ]
    with engine.begin() as connection:
        connection.execute(tables.runs.insert().values(kind="train", step=0, total_steps=0, created_at=now), rows)
        connection.exec_driver_sql("ANALYZE")


@pytest.mark.parametrize(
    ("which", "index"),
    [
        (replace(MINE, order="newest"), "ix_runs_owner"),
        (replace(MINE, order="best"), "ix_runs_owner"),
        (replace(ALL, order="best"), "ix_runs_kind_accuracy"),
    ],
)
def test_a_page_is_found_by_an_index(engine: sa.Engine, which: Which, index: str) -> None:
    many(engine, 3_000)
    plan = plan_of(engine, history.rows_of(which, 1))
    assert index in plan
    assert "TEMP B-TREE" not in plan, "SQLite need not sort"


def test_what_a_visitor_has_brought_in_is_counted_by_an_index(engine: sa.Engine) -> None:
    many(engine, 3_000)
    assert "ix_runs_owner" in plan_of(engine, archives.brought_by("me"))


def plan_of(engine: sa.Engine, query: sa.Select[Any]) -> str:
    """The plan of the query, in the database's own words."""
    text = str(query.compile(engine, compile_kwargs={"literal_binds": True})).replace("%%", "%")
    explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
    with engine.connect() as connection:
        return " ".join(str(row[-1]) for row in connection.execute(sa.text(f"{explain} {text}".replace(":", "\\:"))))
