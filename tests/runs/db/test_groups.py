"""Groups of runs: made at once or not at all, found by an index, stopped at once, and fair to everybody else's runs."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from lib.core.jobs.throughput import Throughput
from lib.core.jobs.wait_estimate import expected_wait
from lib.core.training.config import TrainConfig
from lib.core.training.events import Finished
from lib.core.training.sweep import MOST_RUNS
from lib.runs.db import groups, tables
from lib.runs.db.store import Store
from lib.runs.model.group import Group, Kind
from lib.runs.model.listing import Which
from lib.runs.model.run import Status, UnknownRun
from tests.runs.db.test_history import many
from tests.runs.examples import COMPILED, STARTED, chunk

CONFIG = TrainConfig(epochs=1)


@pytest.fixture
def engine(store: Store, url: str) -> Iterator[sa.Engine]:
    """The same database, bypassing the store."""
    engine = sa.create_engine(tables.address(url))
    yield engine
    engine.dispose()


def seeds(store: Store, count: int, owner: str = "me") -> Group:
    members = [(TrainConfig(epochs=1, seed=seed), f"seed {seed}") for seed in range(count)]
    return store.create_group(Kind.SEEDS, {"of": "abc", "counts": [1, 2]}, members, owner)


def test_a_group_has_its_plan_and_its_runs_in_order(store: Store) -> None:
    group = seeds(store, 3)
    assert store.group(group.id) == group
    assert (group.owner, group.kind, group.plan) == ("me", Kind.SEEDS, {"of": "abc", "counts": [1, 2]})
    runs = store.group_runs(group.id)
    assert [(run.config.seed, run.name, run.group, run.status) for run in runs] == [
        (seed, f"seed {seed}", group.id, Status.WAITING) for seed in range(3)
    ]
    assert store.create_run(CONFIG).group == ""
    later = seeds(store, 1)
    seeds(store, 1, owner="other")
    assert store.newest_groups("me", limit=5) == [later, group]
    with pytest.raises(UnknownRun):
        store.group("no such group")


def test_a_group_is_made_as_a_whole_or_not_at_all(store: Store) -> None:
    for count in (0, MOST_RUNS + 1):
        with pytest.raises(ValueError, match=str(MOST_RUNS)):
            seeds(store, count)
    with pytest.raises(AttributeError):
        store.create_group(Kind.SEEDS, {}, [(CONFIG, "fine"), (None, "not fine")], "me")  # type: ignore[list-item]
    assert store.runs() == store.newest_groups("me") == []
    assert len(store.group_runs(seeds(store, MOST_RUNS).id)) == MOST_RUNS


def test_one_press_stops_all_of_it_and_nothing_else(store: Store) -> None:
    group, alone = seeds(store, 4), store.create_run(CONFIG, owner="me")
    first, second, third, _last = store.group_runs(group.id)
    for event in (STARTED, COMPILED, chunk(1, 1875), Finished(step=1875, reason="epochs")):
        store.append(first.id, event)
    store.claim(second.id, "w")
    store.pause(third.id)
    store.stop_group(group.id)
    assert [run.status for run in store.group_runs(group.id)] == [
        Status.FINISHED, Status.STARTING, Status.STOPPED, Status.STOPPED,
    ]  # fmt: skip
    assert store.requests(second.id).stop, "its worker hears of it"
    assert store.run(alone.id).status == Status.WAITING


def test_nobodys_first_run_waits_behind_the_later_runs_of_a_group(store: Store) -> None:
    """The engine's order, the shown place and the estimated wait are of one mind."""
    mine = [run.id for run in store.group_runs(seeds(store, 3).id)]
    single = store.create_run(CONFIG, owner="single").id
    theirs = [run.id for run in store.group_runs(seeds(store, 3, owner="they").id)]
    expected = [mine[0], single, theirs[0], mine[1], theirs[1], mine[2], theirs[2]]
    queue = store.open_runs()
    assert [run.id for run in queue] == expected
    assert [run.queued_at for run in queue] == sorted(run.queued_at for run in queue), "the priority that Dask gets"
    paces = {CONFIG: Throughput(images_per_second=60_000 / 10, looking=0.0, starting=0.0)}
    for place, run_id in enumerate(expected):
        ahead = store.queue(store.run(run_id))
        assert [job.id for job in ahead] == expected[:place]
        wait = expected_wait(ahead, paces)
        assert wait is not None
        assert wait.least == pytest.approx(10 * place)
    store.claim(mine[0], "w")
    latest = store.create_run(CONFIG, owner="latest")
    assert [job.id for job in store.queue(latest)] == [mine[0], single, theirs[0]], "also who comes while one runs"
    store.stop_group(store.run(theirs[0]).group)
    for event in (STARTED, COMPILED, chunk(1, 1875), Finished(step=1875, reason="epochs")):
        store.append(mine[0], event)
    for run_id in (single, mine[1]):
        store.claim(run_id, "w")
    assert [job.id for job in store.queue(store.run(latest.id))] == [mine[1], single], "they have their turns"
    assert [job.id for job in store.open_runs()] == [mine[1], single, latest.id, mine[2]]


def test_a_group_none_of_whose_runs_is_left_is_forgotten(store: Store) -> None:
    gone, kept = seeds(store, 1), seeds(store, 2)
    store.stop_group(gone.id)
    store.stop_group(kept.id)
    for run in (*store.group_runs(gone.id), store.group_runs(kept.id)[0]):
        store.delete("me", [run.id])
    assert (len(store.group_runs(gone.id)), len(store.group_runs(kept.id))) == (0, 1)
    assert store.purge(timedelta(0)) == 2
    assert store.newest_groups("me", limit=5) == [kept]
    assert store.count(Which(owner="me")) == 1


@pytest.mark.parametrize(
    ("query", "index"),
    [(groups.rows_of("group7"), "ix_runs_group_number"), (groups.newest("visitor3", 1), "ix_groups_owner_created")],
)
def test_a_group_is_found_by_an_index(engine: sa.Engine, query: sa.Select[None], index: str) -> None:
    many(engine, 3_000)
    table, now = tables.groups, sa.func.current_timestamp()
    with engine.begin() as connection:
        rows = [{"id": f"group{number}", "owner": f"visitor{number % 100}"} for number in range(2_000)]
        connection.execute(table.insert().values(kind="seeds", plan="{}", created_at=now), rows)
        numbered = tables.runs.update().where(tables.runs.c.number < 300)
        connection.execute(numbered.values(group_id=sa.literal("group") + (tables.runs.c.number % 30).cast(sa.String)))
        connection.exec_driver_sql("ANALYZE")
    text = query.compile(engine, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
    with engine.connect() as connection:
        plan = " ".join(str(row[-1]) for row in connection.exec_driver_sql(f"{explain} {text}"))
    assert index in plan
    assert "TEMP B-TREE" not in plan, "SQLite need not sort"
