"""A comparison has its machine to itself: what may be claimed on one host at a time, and the order of waiting."""

import itertools
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from lib.core.studies.configs import AaConfig, CompareConfig, RetraceConfig, StudyConfig, XrayConfig
from lib.core.training.config import TrainConfig
from lib.core.training.events import Paused, Stopped
from lib.runs.db import exclusive, tables
from lib.runs.db.store import Store
from lib.runs.model.run import Status
from lib.runs.worker import attempt, worker
from lib.runs.worker.loading_lock import marked_as_loading, wait_for_loading
from tests.runs import light
from tests.waiting import PATIENCE, ended, until

COMPARISON = CompareConfig(work="matmul", sizes=(1,))
HERE = socket.gethostname()


@pytest.fixture(autouse=True)
def who_was_refused_stands_for_it_all_the_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reservation lasts however long a test takes between two claims."""
    monkeypatch.setattr(exclusive, "STANDING_SECONDS", 10 * PATIENCE)


def train(store: Store) -> str:
    return store.create_run(light.ENDLESS).id


def compare(store: Store, config: CompareConfig = COMPARISON) -> str:
    return store.create_study(config).id


def claimed(store: Store, job_id: str, name: str) -> bool:
    return store.claim(job_id, name).worker == name


@pytest.fixture(params=[train, lambda store: store.create_study(XrayConfig()).id, compare])
def other(request: pytest.FixtureRequest, store: Store) -> str:
    """A run or study of any kind, first in the queue of a test."""
    return str(request.param(store))


@pytest.mark.parametrize("measuring", [COMPARISON, AaConfig(work="matmul", size=1)])
def test_a_comparison_waits_for_what_is_under_way_on_its_host(store: Store, other: str, measuring: StudyConfig) -> None:
    comparison = store.create_study(measuring).id
    assert claimed(store, other, "server/host:1/a")
    assert store.claim(comparison, "another/host:2/b").status == Status.WAITING
    store.append(other, Stopped(step=0))
    assert claimed(store, comparison, "another/host:2/b")


@pytest.mark.parametrize("measuring", [COMPARISON, AaConfig(work="matmul", size=1)])
def test_nothing_begins_on_the_host_of_a_comparison_under_way(store: Store, other: str, measuring: StudyConfig) -> None:
    comparison = store.create_study(measuring).id
    assert claimed(store, comparison, "server/host:1/a")
    assert store.claim(other, "another/host:2/b").status == Status.WAITING
    store.append(comparison, Stopped(step=0))
    assert claimed(store, other, "another/host:2/b")


def test_other_hosts_are_not_hindered(store: Store, other: str) -> None:
    comparison, second = compare(store), compare(store)
    assert claimed(store, other, "server/one:1/a")
    assert claimed(store, comparison, "server/two:1/a")
    assert claimed(store, second, "server/three:1/a")


def test_the_other_studies_and_runs_share_a_host(store: Store) -> None:
    jobs = [train(store), train(store), store.create_study(RetraceConfig()).id, store.create_study(XrayConfig()).id]
    assert all(claimed(store, job_id, f"server/host:{number}/a") for number, job_id in enumerate(jobs, 1))


def test_a_run_that_rests_hinders_nobody(store: Store) -> None:
    run_id, comparison = train(store), compare(store)
    store.claim(run_id, "server/host:1/a")
    store.append(run_id, Paused(step=0))
    assert claimed(store, comparison, "server/host:2/b")


def test_what_came_later_does_not_overtake_a_comparison_that_waits(store: Store) -> None:
    under_way, earlier, comparison, later = train(store), train(store), compare(store), train(store)
    store.claim(under_way, "server/host:1/a")
    assert not claimed(store, comparison, "server/host:2/b")
    assert not claimed(store, later, "server/host:3/c")
    assert claimed(store, earlier, "server/host:3/c")
    assert claimed(store, later, "server/elsewhere:3/c")
    store.append(under_way, Stopped(step=0))
    assert not claimed(store, comparison, "server/host:2/b")
    store.append(earlier, Stopped(step=0))
    assert claimed(store, comparison, "server/host:2/b")


def test_of_two_comparisons_that_wait_the_earlier_goes_first_and_neither_waits_for_ever(store: Store) -> None:
    under_way, first, second = train(store), compare(store), compare(store)
    store.claim(under_way, "server/host:1/a")
    assert not claimed(store, second, "server/host:2/b")
    assert not claimed(store, first, "server/host:3/c")
    store.append(under_way, Stopped(step=0))
    assert not claimed(store, second, "server/host:2/b")
    assert claimed(store, first, "server/host:3/c")
    store.append(first, Stopped(step=0))
    assert claimed(store, second, "server/host:2/b")


def test_a_comparison_that_nobody_asks_for_any_more_keeps_nobody_waiting(url: str, store: Store) -> None:
    under_way, comparison, later = train(store), compare(store), train(store)
    store.claim(under_way, "server/host:1/a")
    assert not claimed(store, comparison, "server/host:2/b")
    assert not claimed(store, later, "server/host:3/c")
    engine = tables.connect(url)
    with tables.writing(engine).begin() as connection:
        long_ago = datetime.now(UTC) - timedelta(seconds=exclusive.STANDING_SECONDS + 1)
        connection.execute(tables.runs.update().where(tables.runs.c.id == comparison).values(stands_at=long_ago))
    engine.dispose()
    assert claimed(store, later, "server/host:3/c")


@pytest.mark.parametrize("how", ["stop", "claim elsewhere"])
def test_a_comparison_that_is_stopped_or_goes_elsewhere_keeps_nobody_waiting(store: Store, how: str) -> None:
    under_way, comparison, later = train(store), compare(store), train(store)
    store.claim(under_way, "server/host:1/a")
    assert not claimed(store, comparison, "server/host:2/b")
    if how == "stop":
        store.stop(comparison)
    else:
        assert claimed(store, comparison, "server/elsewhere:2/b")
    assert claimed(store, later, "server/host:3/c")


def test_a_comparison_is_taken_over_only_where_it_is_alone_and_a_run_only_where_none_is(store: Store) -> None:
    comparison, run_id = compare(store), train(store)
    store.claim(comparison, "server/gone:1/a")
    store.claim(run_id, "server/host:1/a")
    assert store.take_over(comparison, "server/host:2/b", earlier="server/gone:1/a").worker == "server/gone:1/a"
    assert store.take_over(comparison, "server/free:2/b", earlier="server/gone:1/a").worker == "server/free:2/b"
    assert store.take_over(run_id, "server/free:3/c", earlier="server/host:1/a").worker == "server/host:1/a"
    assert store.take_over(run_id, "server/host:3/c", earlier="server/host:1/a").worker == "server/host:3/c"


@pytest.mark.parametrize("again", range(5))
def test_of_many_at_the_same_moment_a_comparison_is_alone(store: Store, again: int) -> None:
    jobs = [compare(store), train(store), compare(store), train(store), train(store)]
    together = threading.Barrier(len(jobs))

    def claim(number: int) -> bool:
        together.wait(PATIENCE)
        return claimed(store, jobs[number], f"server/host:{number}/a")

    with ThreadPoolExecutor(len(jobs)) as pool:
        got = list(pool.map(claim, range(len(jobs))))
    comparisons, trainings = got[0] + got[2], got[1] + got[3] + got[4]
    assert (comparisons, trainings) in {(1, 0), (0, 1), (0, 2), (0, 3)}


def gone() -> int:
    """The id of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_the_dead_of_this_machine_hinder_nobody(store: Store) -> None:
    dead, comparison, dead_too, run_id = train(store), compare(store), compare(store), train(store)
    store.claim(dead, f"server/{HERE}:{gone()}/a")
    assert claimed(store, comparison, f"server/{HERE}:{os.getpid()}/b")
    store.append(comparison, Stopped(step=0))
    store.claim(dead_too, f"server/{HERE}:{gone()}/a")
    assert claimed(store, run_id, f"server/{HERE}:{os.getpid()}/b")


def test_a_younger_process_with_the_same_number_is_not_the_one_that_claimed(url: str, store: Store) -> None:
    run_id, comparison = train(store), compare(store)
    store.claim(run_id, f"server/{HERE}:{os.getpid()}/a")
    assert not claimed(store, comparison, f"server/{HERE}:{os.getpid()}/b")
    engine = tables.connect(url)
    with tables.writing(engine).begin() as connection:
        long_ago = datetime.now(UTC) - timedelta(days=30)
        connection.execute(tables.runs.update().where(tables.runs.c.id == run_id).values(claimed_at=long_ago))
    engine.dispose()
    assert claimed(store, comparison, f"server/{HERE}:{os.getpid()}/b")


# Attempts: threads of this process are workers of one host.


@pytest.fixture
def workers(url: str, light_worker: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF2LAB_DATABASE_URL", url)
    monkeypatch.setattr(attempt, "AGAIN_SECONDS", 0.02)


@contextmanager
def performing(job_id: str) -> Iterator[threading.Thread]:
    thread = threading.Thread(target=worker.perform, args=[job_id, 0])
    thread.start()
    yield thread
    ended(thread)


def standing(url: str, job_id: str) -> bool:
    """Whether the comparison has been refused because its host is not idle."""
    engine = tables.connect(url)
    with engine.connect() as connection:
        row = connection.execute(tables.runs.select().where(tables.runs.c.id == job_id)).one()
    engine.dispose()
    return row.stands_at is not None


@pytest.mark.usefixtures("workers")
def test_workers_of_one_host_perform_comparisons_one_after_the_other(store: Store) -> None:
    run_id = store.create_run(TrainConfig(epochs=10, steps_per_call=10, patience=20)).id
    comparisons = [compare(store, CompareConfig(work="matmul", sizes=(20,), seed=seed)) for seed in (10, 11, 12)]
    with performing(run_id), performing(comparisons[0]), performing(comparisons[1]), performing(comparisons[2]):
        pass
    jobs = [store.job(job_id) for job_id in (run_id, *comparisons)]
    assert [job.status for job in jobs] == [Status.FINISHED] * 4
    spans = sorted((job.claimed_at, job.ended_at) for job in jobs if job.claimed_at and job.ended_at)
    assert all(earlier[1] <= later[0] for earlier, later in itertools.pairwise(spans))
    assert all(store.study(study_id).step == light.ROUNDS["quick"] for study_id in comparisons)


@pytest.mark.usefixtures("workers")
def test_a_comparison_that_waits_for_its_host_is_stopped_at_once(url: str, store: Store) -> None:
    run_id, comparison = train(store), compare(store)
    with performing(run_id) as training:
        until(lambda: store.run(run_id).step > 0)
        with performing(comparison) as waiting:
            until(lambda: standing(url, comparison))
            store.stop(comparison)
            assert store.study(comparison).status == Status.STOPPED
            ended(waiting)
            assert training.is_alive()
        store.stop(run_id)
    assert store.events(comparison) == [(1, Stopped(step=0))]


@pytest.mark.usefixtures("workers")
def test_what_waits_to_be_taken_over_beside_a_comparison_is_stopped_without_waiting_for_it(store: Store) -> None:
    comparison, run_id = compare(store), train(store)
    store.claim(run_id, "server/elsewhere:1/a")
    store.claim(comparison, f"server/{HERE}:{os.getpid()}/a")
    with performing(run_id) as waiting:
        store.stop(run_id)
        ended(waiting)
        assert store.run(run_id).status == Status.STOPPED
    assert store.study(comparison).status == Status.STARTING


@pytest.mark.usefixtures("workers")
def test_a_worker_does_not_wait_for_ever(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it waits for may have to be taken over by this very worker."""
    monkeypatch.setattr(attempt, "PATIENCE_SECONDS", 0.1)
    run_id, comparison = train(store), compare(store)
    store.claim(run_id, f"server/{HERE}:{os.getpid()}/a")
    worker.perform(comparison, 0)
    assert store.study(comparison).status == Status.WAITING
    store.append(run_id, Stopped(step=0))
    worker.perform(comparison, 0)
    assert store.study(comparison).status == Status.FINISHED


@pytest.mark.usefixtures("workers")
def test_a_comparison_begins_only_when_no_other_process_is_loading(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    asks, comparison = threading.Event(), compare(store)

    def wait() -> None:
        asks.set()
        wait_for_loading()

    worker._loading.get()
    monkeypatch.setattr(attempt, "wait_for_loading", wait)
    thread = threading.Thread(target=worker.perform, args=[comparison, 0])
    with marked_as_loading():
        thread.start()
        assert asks.wait(PATIENCE)
        assert store.study(comparison).status == Status.WAITING
    ended(thread)
    assert store.study(comparison).status == Status.FINISHED
