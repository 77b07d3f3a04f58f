"""TF2LAB_SCHEDULER: the same engine on an external cluster."""

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from lib.core.jobs.lanes import Lane
from lib.core.studies.configs import CompareConfig, RetraceConfig
from lib.core.training.config import TrainConfig
from lib.runs.db.store import Store, open_store
from lib.runs.engine import engine as engine_module
from lib.runs.engine.cluster import LOGGING, ROOT, OwnCluster
from lib.runs.model.run import Job, Status
from tests.runs import light
from tests.runs.light import ENDLESS
from tests.runs.processes import LIGHT, engine_on, kill, ready
from tests.waiting import until

SHORT = TrainConfig(epochs=3, steps_per_call=10)


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    store = open_store()
    yield store
    store.close()


@pytest.fixture
def cluster(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnCluster]:
    cluster = OwnCluster("somebody-else", {"TF2LAB_DATABASE_URL": store.url, "TF2LAB_TRAINING": LIGHT})
    monkeypatch.setenv("TF2LAB_SCHEDULER", cluster.address)
    yield cluster
    cluster.close()


def test_a_run_goes_on_while_the_server_restarts(store: Store, cluster: OwnCluster) -> None:
    run_id = store.create_run(ENDLESS).id
    with engine_on(store) as first:
        ready(first)
        until(lambda: store.run(run_id).step > 0)
        worker = store.run(run_id).worker
    behind = store.create_run(SHORT).id
    assert cluster.alive()
    with engine_on(store) as second:
        light.let_end()
        until(lambda: store.run(behind).status == Status.FINISHED)
        ready(second)
    run = store.run(run_id)
    assert (run.status, run.worker, run.engine) == (Status.FINISHED, worker, cluster.address)
    assert [part.first_step for part in store.progress(run_id)] == list(range(1, run.step + 1, 10))


def test_a_cluster_that_does_not_answer_is_unreachable(
    store: Store, cluster: OwnCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "CONNECT_SECONDS", 1.0)
    run_id = store.create_run(SHORT).id
    with engine_on(store) as engine:
        until(lambda: store.run(run_id).status == Status.FINISHED)
        cluster.close()
        until(lambda: engine.state().phase == "unreachable")


@contextmanager
def another_worker(store: Store, cluster: OwnCluster, *options: str) -> Iterator[int]:
    """Another worker of the cluster on the same host; its process id."""
    words = "-m distributed.cli.dask_worker --nthreads 1 --no-nanny --no-dashboard --preload lib.runs.worker.worker"
    command = [sys.executable, *words.split(), *options, cluster.address]
    environment = {**os.environ, **LOGGING, "TF2LAB_DATABASE_URL": store.url, "TF2LAB_TRAINING": LIGHT}
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        yield process.pid
        process.kill()


@pytest.fixture
def second_worker(store: Store, cluster: OwnCluster) -> Iterator[int]:
    with another_worker(store, cluster) as pid:
        yield pid


def moments(job: Job) -> tuple[datetime, datetime]:
    """The times of its beginning and its end."""
    assert job.claimed_at is not None
    assert job.ended_at is not None
    return job.claimed_at, job.ended_at


def overlap(one: Job, other: Job) -> bool:
    (begun, ended), (others_begun, others_ended) = moments(one), moments(other)
    return begun < others_ended and others_begun < ended


def test_on_a_host_with_several_workers_a_comparison_is_alone(store: Store, second_worker: int) -> None:
    run = TrainConfig(epochs=5, steps_per_call=10, patience=50)
    with engine_on(store) as engine:
        until(lambda: len([one for one in engine.state().workers if one.loaded]) == 2)
        jobs: list[Job] = []
        for number in range(3):
            jobs += [store.create_run(run), store.create_run(run)]
            jobs += [store.create_study(CompareConfig(work="matmul", sizes=(20,), seed=number + 10))]
        until(lambda: not store.open_runs())
    done = [store.job(job.id) for job in jobs]
    assert {job.status for job in done} == {Status.FINISHED}
    assert len({job.worker.split("/")[1] for job in done if job.worker}) == 2, "both workers had work"
    for one, other in itertools.combinations(done, 2):
        if isinstance(one.config, CompareConfig) or isinstance(other.config, CompareConfig):
            assert not overlap(one, other)


def test_a_comparison_waits_for_no_worker_that_died(store: Store, second_worker: int) -> None:
    with engine_on(store) as engine:
        until(lambda: len([one for one in engine.state().workers if one.loaded]) == 2)
        runs = [store.create_run(ENDLESS).id, store.create_run(ENDLESS).id]
        until(lambda: all(store.run(run_id).step for run_id in runs))
        study_id = store.create_study(CompareConfig(work="matmul", sizes=(1,))).id
        kill(second_worker)
        light.let_end()
        until(lambda: not store.open_runs())
    assert store.study(study_id).status == Status.FINISHED
    assert {store.run(run_id).status for run_id in runs} == {Status.FINISHED}


def test_short_work_goes_to_the_workers_that_announce_it_and_runs_to_any(store: Store, cluster: OwnCluster) -> None:
    with another_worker(store, cluster, "--resources", "short=1") as pid, engine_on(store, lanes=1) as engine:
        state = until(lambda: state if len((state := engine.state()).workers) == 2 else None)
        assert state.lanes == {Lane.SHORT}
        until(lambda: all(worker.loaded for worker in engine.state().workers))
        run_id = store.create_run(ENDLESS).id
        until(lambda: store.run(run_id).step)
        light.let_end()
        studies = [store.create_study(RetraceConfig()).id for _ in range(5)]
        until(lambda: not store.open_runs())
    assert {process_of(store.study(study_id)) for study_id in studies} == {pid}


def process_of(job: Job) -> int:
    """The worker process that performed it."""
    assert job.worker
    return int(job.worker.split("/")[1].partition(":")[2])
