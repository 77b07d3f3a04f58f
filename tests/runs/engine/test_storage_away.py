"""An S3-compatible storage of weights answers 503: runs wait, nothing recorded is lost, and pages can say why."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import fsspec
import numpy as np
import pytest

from lib.core.training.config import TrainConfig
from lib.core.training.events import Checkpoint, Failed
from lib.runs import artifacts
from lib.runs.artifacts import ArtifactRefused, ArtifactUnreachable
from lib.runs.db.store import Store, open_store
from lib.runs.model.health import HealthRegistry
from lib.runs.model.run import Status
from lib.runs.worker import attempt, worker
from tests.processes import free_port
from tests.runs import light
from tests.runs.engine.s3 import Storage, s3_storage
from tests.runs.light import ENDLESS
from tests.runs.processes import engine_on, ready
from tests.waiting import ended, until

SHORT = TrainConfig(epochs=3, steps_per_call=10)
WEIGHTS = Checkpoint(step=3, weights={"dense/kernel": np.arange(6, dtype=np.float32)}, state={"number": np.array(1.0)})


@pytest.fixture(scope="module")
def bucket() -> Iterator[Storage]:
    with s3_storage() as storage:
        yield storage


@pytest.fixture
def storage(bucket: Storage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Storage]:
    for name, value in bucket.environment.items():
        monkeypatch.setenv(name, value)
    # fsspec has read its variables when it was imported.
    monkeypatch.setitem(fsspec.config.conf, "s3", bucket.settings)
    monkeypatch.setattr(attempt, "troubles", HealthRegistry())
    monkeypatch.setattr(worker, "troubles", attempt.troubles)
    yield bucket
    bucket.is_away = False


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    store = open_store()
    yield store
    store.close()


def test_weights_come_back_from_there(storage: Storage) -> None:
    artifact = artifacts.write("run", WEIGHTS)
    assert artifact.path.startswith("s3://lab/weights/run-3-")
    back, alone = artifacts.read(artifact), artifacts.read_weights(artifact)
    assert (
        back.weights["dense/kernel"].tobytes()
        == alone.weights["dense/kernel"].tobytes()
        == np.arange(6, dtype="<f4").tobytes()
    )
    assert float(back.state["number"]) == 1
    assert [f"s3://{name}" for name in storage.names() if "/run-" in name] == [artifact.path]
    artifacts.sweep("run", keep=[])
    with pytest.raises(artifacts.ArtifactMissing):
        artifacts.read_weights(artifact)


def test_a_file_of_another_process_is_seen_at_once(storage: Storage) -> None:
    """A listing made before it was written must not hide it."""
    artifacts.sweep("other", keep=[])
    key = "weights/other-1-0123abcd.npz"
    assert storage.passed("PUT", f"/lab/{key}", b"not really", {"Host": "127.0.0.1"})[0] == 200
    with pytest.raises(artifacts.ArtifactDamaged):
        artifacts.read_weights(artifacts.Artifact(step=1, path=f"s3://lab/{key}", sha256="", weights_sha256=""))


def test_no_answer_is_no_damage(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    artifact = artifacts.write("run", WEIGHTS)
    storage.is_away = True
    for read in (artifacts.read, artifacts.read_weights):
        with pytest.raises(ArtifactUnreachable, match="cannot be read"):
            read(artifact)
    nobody = {**fsspec.config.conf["s3"], "endpoint_url": f"http://127.0.0.1:{free_port()}"}
    monkeypatch.setitem(fsspec.config.conf, "s3", nobody)
    with pytest.raises(ArtifactRefused) as refusal:
        artifacts.write("run", WEIGHTS)
    assert refusal.value.reason == "weights_unreachable"


def assert_unbroken(store: Store, run_id: str) -> None:
    """The run has finished, and its curve is that of an undisturbed one."""
    until(lambda: store.run(run_id).is_over)
    assert store.run(run_id).status == Status.FINISHED, store.events(run_id)[-1]
    losses = [float(loss) for part in store.progress(run_id) for loss in part.losses]
    assert losses == light.losses_up_to(store.run(run_id).step) != []


def test_runs_wait_for_it_and_go_on(storage: Storage, store: Store) -> None:
    with engine_on(store) as engine:
        pid = ready(engine)
        paused = store.create_run(replace(ENDLESS, patience=1), pause_after=20).id
        until(lambda: store.run(paused).status == Status.PAUSED)
        going, behind = store.create_run(ENDLESS).id, store.create_run(SHORT).id
        until(lambda: store.run(going).step > 40)
        storage.is_away = True
        assert until(lambda: engine.state().trouble) == "weights_unreachable"
        reached = store.run(going).step
        store.resume(paused)
        assert store.run(going).status == Status.RUNNING
        storage.is_away = False
        until(lambda: engine.state().trouble is None)
        until(lambda: store.run(going).step > reached)
        light.let_end()
        for run_id in (going, behind, paused):
            assert_unbroken(store, run_id)
        assert ready(engine) == pid
    assert all(store.weights(run_id) for run_id in (going, behind, paused))


def test_a_run_to_begin_from_weights_waits_for_them(storage: Storage, store: Store, light_worker: None) -> None:
    run_id = store.create_run(replace(SHORT, epochs=6), pause_after=10).id
    worker.perform(run_id, 0)
    store.resume(run_id)
    storage.is_away = True
    thread = threading.Thread(target=worker.perform, args=[run_id, 1])
    thread.start()
    until(lambda: attempt.troubles.code() == "weights_unreachable")
    assert store.run(run_id).status == Status.WAITING
    storage.is_away = False
    ended(thread)
    assert_unbroken(store, run_id)
    until(lambda: attempt.troubles.code() is None)


def test_one_may_stop_a_run_that_waits_for_it(storage: Storage, store: Store, light_worker: None) -> None:
    run_id = store.create_run(ENDLESS).id
    thread = threading.Thread(target=worker.perform, args=[run_id, 0])
    thread.start()
    until(lambda: store.run(run_id).step > 40)
    storage.is_away = True
    until(lambda: attempt.troubles.code() == "weights_unreachable")
    store.stop(run_id)
    ended(thread)
    run = store.run(run_id)
    assert run.status == Status.STOPPED
    assert [loss for part in store.progress(run_id) for loss in part.losses] == light.losses_up_to(run.step)


def test_it_is_not_waited_for_for_ever(
    storage: Storage, store: Store, light_worker: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempt, "STORAGE_PATIENCE_SECONDS", 0.0)
    storage.is_away = True
    run_id = store.create_run(SHORT).id
    worker.perform(run_id, 0)
    end = store.events(run_id)[-1][1]
    assert isinstance(end, Failed)
    assert (end.reason, end.step) == ("weights_unreachable", store.run(run_id).step)
