"""TF2LAB_SCHEDULER: the same engine on a cluster that somebody else runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.core.config import TrainConfig
from lib.runs import engine as engine_module
from lib.runs.cluster import OwnCluster
from lib.runs.run import Status
from lib.runs.store import Store, open_store
from tests.runs.processes import LIGHT, engine_on, ready
from tests.waiting import until

SHORT = TrainConfig(epochs=3, steps_per_call=10)
LONG = TrainConfig(epochs=30, steps_per_call=10, patience=100)


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
    run_id = store.create_run(LONG).id
    with engine_on(store) as first:
        ready(first)
        until(lambda: store.run(run_id).step > 0)
        worker = store.run(run_id).worker
    behind = store.create_run(SHORT).id
    assert cluster.alive()
    with engine_on(store) as second:
        until(lambda: store.run(behind).status == Status.FINISHED)
        ready(second)
    run = store.run(run_id)
    assert (run.status, run.worker, run.engine) == (Status.FINISHED, worker, cluster.address)
    assert [part.first_step for part in store.progress(run_id)] == list(range(1, 301, 10))


def test_a_cluster_that_does_not_answer_is_unreachable(
    store: Store, cluster: OwnCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "CONNECT_SECONDS", 1.0)
    run_id = store.create_run(SHORT).id
    with engine_on(store) as engine:
        until(lambda: store.run(run_id).status == Status.FINISHED)
        cluster.close()
        until(lambda: engine.state().phase == "unreachable")
