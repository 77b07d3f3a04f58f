"""Places in the queue: the database gives those of `lib.core.jobs.turns`, on SQLite and PostgreSQL, by an index."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.core.jobs.lanes import Lane
from lib.core.jobs.throughput import Throughput
from lib.core.jobs.turns import TURN
from lib.core.jobs.wait_estimate import expected_wait
from lib.core.studies.configs import RetraceConfig, XrayConfig
from lib.core.training.config import TrainConfig
from lib.core.training.events import Paused, Stopped
from lib.runs.db import tables, turns
from lib.runs.db.store import Store
from lib.runs.model.group import Kind
from lib.runs.model.run import Job
from tests.runs.db.test_history import many

CONFIG = TrainConfig(epochs=1)
PACES = {CONFIG: Throughput(images_per_second=6_000, looking=0.0, starting=0.0)}
"""A run of CONFIG takes 10 s."""


def names(jobs: list[Job] | tuple[Job, ...]) -> list[str]:
    return [job.id for job in jobs]


def put_off(job: Job) -> float:
    """By how many turns of the long lane the job was put off when it was asked for."""
    return round((job.queued_at - job.created_at) / TURN[Lane.LONG], 3)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=12))
def test_the_queue_goes_round_and_says_so(store: Store, owners: list[str]) -> None:
    """The engine's order, the place that a visitor reads and the estimated wait are round robin's."""
    for job in store.open_runs():
        store.append(job.id, Stopped(step=0))
    ids = [store.create_run(CONFIG, owner=owner).id for owner in owners]
    rounds = [owners[:number].count(owner) for number, owner in enumerate(owners)]
    expected = [run_id for _round, _number, run_id in sorted(zip(rounds, range(len(ids)), ids, strict=True))]
    assert names(store.open_runs()) == expected
    for place, run_id in enumerate(expected):
        ahead = store.queue(store.run(run_id))
        assert names(ahead) == expected[:place]
        wait = expected_wait(ahead, PACES)
        assert wait is not None
        assert wait.least == pytest.approx(10 * place)


def test_a_first_run_goes_before_a_third_though_the_first_two_are_over(store: Store) -> None:
    for _ in range(2):
        served = store.create_run(CONFIG, owner="me")
        store.claim(served.id, "w")
        store.append(served.id, Stopped(step=0))
    third, first = store.create_run(CONFIG, owner="me"), store.create_run(CONFIG, owner="you")
    assert (put_off(third), put_off(first)) == (2, 0)
    assert names(store.open_runs()) == [first.id, third.id]
    store.claim(third.id, "w")
    assert names(store.open_runs()) == [third.id, first.id], "who has a turn is before all who wait"
    assert names(store.queue(store.run(first.id))) == [third.id]


def test_what_never_began_does_not_count(store: Store) -> None:
    store.stop(store.create_run(CONFIG, owner="me").id)
    assert put_off(store.create_run(CONFIG, owner="me")) == 0


def test_nobodys_runs_come_first_come_first_served(store: Store) -> None:
    assert [put_off(store.create_run(CONFIG)) for _ in range(3)] == [0, 0, 0]


def test_each_run_of_a_group_counts_as_its_owners(store: Store) -> None:
    mine = store.create_run(CONFIG, owner="me")
    group = store.create_group(Kind.SEEDS, {}, [(CONFIG, ""), (CONFIG, "")], "me")
    later, yours = store.create_run(CONFIG, owner="me"), store.create_run(CONFIG, owner="you")
    second, third = names(tuple(store.group_runs(group.id)))
    assert names(store.open_runs()) == [mine.id, yours.id, second, third, later.id]


def test_a_run_that_goes_on_after_a_pause_gets_a_place_like_a_new_one_and_does_not_count_itself(store: Store) -> None:
    run = store.create_run(CONFIG, owner="me")
    store.claim(run.id, "w")
    store.pause(run.id)
    store.append(run.id, Paused(step=1), "w")
    before = datetime.now(UTC)
    store.resume(run.id)
    assert before <= store.run(run.id).queued_at <= datetime.now(UTC)
    store.pause(run.id)
    other = store.create_run(CONFIG, owner="me")
    store.resume(run.id)
    assert names(store.open_runs()) == [other.id, run.id]


def test_each_lane_has_its_own_turns(store: Store) -> None:
    store.create_run(CONFIG, owner="me")
    lessons = [store.create_study(RetraceConfig(), owner="me") for _ in range(2)]
    xray = store.create_study(XrayConfig(), owner="me")
    places = [round((job.queued_at - job.created_at) / timedelta(minutes=1)) for job in (*lessons, xray)]
    assert places == [0, 1, 60]


def test_whose_turn_it_is_takes_an_index(store: Store, url: str) -> None:
    engine = sa.create_engine(tables.address(url))
    many(engine, 3_000)
    query = turns.before("visitor3", tables.TRAIN, datetime.now(UTC), but="x")
    text = query.compile(engine, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
    with engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
        plan = " ".join(str(row[-1]) for row in connection.exec_driver_sql(f"{explain} {text}"))
    engine.dispose()
    assert "ix_runs_owner" in plan
