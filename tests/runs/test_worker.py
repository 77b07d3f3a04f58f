"""What `perform` does, in this process and with a training that needs no TensorFlow."""

import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from lib.core.config import TrainConfig
from lib.core.events import Failed, Finished, Stopped
from lib.runs import tables, worker
from lib.runs.cluster import ROOT
from lib.runs.run import Run, Status
from lib.runs.store import Store, open_store
from tests.runs import light
from tests.runs.examples import COMPILED, STARTED, chunk
from tests.runs.postgres import new_database
from tests.waiting import until

SHORT = TrainConfig(epochs=3, steps_per_call=10)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("TF2LAB_TRAINING", "tests.runs.light:load")
    monkeypatch.setattr(worker, "_loading", worker._Loading())
    store = open_store()
    yield store
    store.close()


def performed(store: Store, config: TrainConfig) -> tuple[Run, object]:
    run_id = store.create_run(config).id
    worker.perform(run_id)
    return store.run(run_id), store.events(run_id)[-1][1]


def test_a_run_is_taken_to_its_end(store: Store) -> None:
    run, end = performed(store, SHORT)
    assert (run.status, run.step, run.total_steps) == (Status.FINISHED, 30, 30)
    assert end == Finished(step=30, reason="epochs")
    assert [part.last_step for part in store.progress(run.id)] == [10, 20, 30]
    newest = store.weights(run.id)
    assert newest is not None
    assert newest.step == 30
    assert run.claimed_at is not None
    assert run.ended_at is not None
    assert run.created_at <= run.claimed_at <= run.ended_at


@pytest.mark.parametrize(
    ("fault", "reason", "detail"),
    [
        (light.ERROR, "error", "deliberately broken"),
        (light.NO_DATA, "no_data", "it is not here"),
        (light.NO_MEMORY, "out_of_memory", "deliberately full"),
        (light.SILENT_END, "error", "StopIteration"),
    ],
)
def test_whatever_goes_wrong_ends_the_run(store: Store, fault: int, reason: str, detail: str) -> None:
    run, end = performed(store, TrainConfig(epochs=3, steps_per_call=10, seed=fault))
    assert run.status == Status.FAILED
    assert isinstance(end, Failed)
    assert end.reason == reason
    assert detail in end.detail
    assert end.step == run.step == sum(len(part.losses) for part in store.progress(run.id))


def test_without_tensorflow_the_run_says_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF2LAB_TRAINING", "tests.runs.light:broken")
    _, end = performed(store, SHORT)
    assert isinstance(end, Failed)
    assert "no tensorflow here" in end.detail


def test_a_wish_reaches_the_training(store: Store) -> None:
    run_id = store.create_run(TrainConfig(epochs=100, steps_per_call=10, patience=10)).id
    thread = threading.Thread(target=worker.perform, args=[run_id])
    thread.start()
    until(lambda: store.run(run_id).status == Status.RUNNING)
    store.set_wish(run_id, "stop")
    thread.join(10)
    run = store.run(run_id)
    assert run.status == Status.STOPPED
    assert store.events(run_id)[-1][1] == Stopped(step=run.step)
    assert 0 < run.step < 1000


def test_a_run_that_is_over_is_left_alone(store: Store) -> None:
    run_id = store.create_run(SHORT).id
    store.set_wish(run_id, "stop")
    before = store.run(run_id), store.events(run_id)
    worker.perform(run_id)
    assert before == (store.run(run_id), store.events(run_id))


@pytest.mark.parametrize(("server", "reason"), [("here", "worker_died"), ("there", "server_stopped")])
def test_a_run_whose_worker_is_gone_fails_and_keeps_its_steps(
    store: Store, server: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF2LAB_SERVER", "here")
    monkeypatch.setenv("TF2LAB_TRAINING", "nothing:needed")  # to declare a run failed takes no TensorFlow
    run_id = store.create_run(SHORT).id
    store.claim(run_id, f"{server}/host:1/abc")
    for event in (STARTED, COMPILED, chunk(1, 10)):
        store.append(run_id, event)
    worker.perform(run_id)
    end = store.events(run_id)[-1][1]
    assert isinstance(end, Failed)
    assert (end.reason, end.step) == (reason, 10)
    assert len(store.progress(run_id)) == 1


def test_a_database_that_is_locked_for_a_moment_costs_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "BUSY_SECONDS", 0.01)
    run_id = store.create_run(TrainConfig(epochs=20, steps_per_call=10, patience=20)).id
    thread = threading.Thread(target=worker.perform, args=[run_id])
    thread.start()
    until(lambda: store.run(run_id).status == Status.RUNNING)
    engine = tables.connect(store.url)
    with tables.writing(engine).begin():
        thread.join(0.3)
        assert thread.is_alive()
    engine.dispose()
    thread.join(20)
    assert store.run(run_id).status == Status.FINISHED
    assert [part.first_step for part in store.progress(run_id)] == list(range(1, 201, 10))


def test_connections_that_the_database_drops_cost_nothing(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF2LAB_TRAINING", "tests.runs.light:load")
    monkeypatch.setattr(worker, "_loading", worker._Loading())
    store = Store(new_database(postgres, "dropped"))
    monkeypatch.setenv("TF2LAB_DATABASE_URL", store.url)
    run_id = store.create_run(TrainConfig(epochs=20, steps_per_call=10, patience=20)).id
    thread = threading.Thread(target=worker.perform, args=[run_id])
    thread.start()
    until(lambda: store.run(run_id).step > 0)
    drop = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'dropped'"
    admin = sa.create_engine(tables.address(f"{postgres}/postgres"))
    with admin.connect() as connection:
        assert connection.execute(sa.text(drop)).all()
    admin.dispose()
    thread.join(20)
    assert store.run(run_id).status == Status.FINISHED
    assert [part.first_step for part in store.progress(run_id)] == list(range(1, 201, 10))
    store.close()


def test_the_web_process_imports_neither_tensorflow_nor_the_cluster() -> None:
    heavy = {"tensorflow", "keras", "lib.ml", "distributed", "dask"}
    check = f"import sys, lib.runs.engine; print(sorted({heavy} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
