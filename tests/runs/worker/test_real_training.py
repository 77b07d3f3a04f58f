"""The real training and studies in the real worker: TensorFlow is imported once for this whole file."""

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lib.core.mydigits.digit_sets import Digits
from lib.core.mydigits.finetune_plan import Tuning, tuned_config
from lib.core.studies.configs import (
    SHIPPED,
    CompareConfig,
    ExportConfig,
    RetraceConfig,
    SaliencyConfig,
    StudyConfig,
    XrayConfig,
)
from lib.core.studies.events import Began, Called, Exported, Exporting, Salient, Sampled, Xrayed
from lib.core.training.config import TrainConfig
from lib.core.training.events import Compiled, Evaluated, Failed, Finished, Inside, OwnEvaluated, Started, Stopped
from lib.runs import artifacts, exports
from lib.runs.db.store import Store, open_store
from lib.runs.engine.engine import Engine
from lib.runs.exports import ExportLost
from lib.runs.model.run import Status
from tests.runs.processes import kill
from tests.waiting import until

TINY = TrainConfig(network="mlp", epochs=2, train_size=640, steps_per_call=5)


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TF2LAB_HOME", str(folder))
        yield folder


@pytest.fixture(scope="module")
def store(home: Path) -> Iterator[Store]:
    store = open_store()
    yield store
    store.close()


@pytest.fixture(scope="module")
def engine(store: Store) -> Iterator[Engine]:
    engine = Engine.start(store)
    yield engine
    engine.close()


def test_a_run_from_the_first_import_to_the_last_epoch(store: Store, engine: Engine) -> None:
    run_id = store.create_run(TINY).id
    engine.wake()
    run = until(lambda: None if store.run(run_id).is_open else store.run(run_id))
    events = [event for _, event in store.events(run_id)]
    kinds = [Started, Compiled, Inside, Evaluated, Inside, Evaluated, Inside, Finished]
    assert [type(event) for event in events] == kinds, events
    assert (run.step, run.total_steps) == (40, 40)
    losses = np.concatenate([part.losses for part in store.progress(run_id)])
    assert losses.shape == (40,)
    assert losses[-5:].mean() < losses[:5].mean()
    newest = store.weights(run_id)
    assert newest is not None
    assert newest.step == 40
    assert all(np.isfinite(array).all() for array in newest.weights.values())
    snapshots = [artifact.step for artifact in store.snapshots(run_id)]
    assert snapshots[:2] == [0, 1]
    assert {20, 40} <= set(snapshots)
    config = SaliencyConfig(model=run_id, image=b64encode(bytes(range(28)) * 28).decode(), digit=3)
    study_id = store.create_study(config).id
    engine.wake()
    until(lambda: store.study(study_id).is_over)
    _, salient, _ = (event for _, event in store.events(study_id))
    assert isinstance(salient, Salient)
    assert salient.step == 40
    assert np.abs(salient.gradient).max() > 0
    take_away(store, engine, run_id)


def take_away(store: Store, engine: Engine, run_id: str) -> None:
    """The run's network becomes a file, which is handed out as long as it is what was checked."""
    study_id = store.create_study(ExportConfig(model=run_id, format="onnx")).id
    engine.wake()
    until(lambda: store.study(study_id).is_over)
    began, *stages, exported, end = (event for _, event in store.events(study_id))
    assert isinstance(began, Began)
    assert isinstance(end, Finished), end
    assert {type(stage) for stage in stages} == {Exporting}
    assert isinstance(exported, Exported)
    assert (exported.step, exported.digits, exported.same) == (40, 1000, 1000)
    content = exports.read(exported.path, exported.sha256)
    assert len(content) == exported.size
    assert hashlib.sha256(content).hexdigest() == exported.sha256
    Path(exported.path.removeprefix("file://")).write_bytes(content[:-1])
    with pytest.raises(ExportLost):
        exports.read(exported.path, exported.sha256)
    assert store.prune_exports(keep=0) == 1
    assert not Path(exported.path.removeprefix("file://")).exists()


def test_the_state_tells_what_computes(store: Store, engine: Engine) -> None:
    state = until(lambda: engine.state() if engine.state().phase == "ready" else None)
    (worker,) = state.workers
    assert worker.versions["tensorflow"].startswith("2.")
    assert worker.devices


ROUNDS = range(12, 41)
"""Rounds of a quick comparison: as many as time allows, but enough for an interval in each block."""


@pytest.mark.parametrize(
    ("config", "kind", "steps"),
    [
        (RetraceConfig(calls=3), Called, 3),
        (XrayConfig(example="condition"), Xrayed, 1),
        (SaliencyConfig(model=SHIPPED, image=b64encode(bytes(range(28)) * 28).decode(), digit=7), Salient, 1),
        (CompareConfig(work="matmul", modes=("eager", "graph"), sizes=(4,)), Sampled, ROUNDS),
    ],
)
def test_a_study_of_every_kind(
    store: Store, engine: Engine, config: StudyConfig, kind: type, steps: int | range
) -> None:
    study_id = store.create_study(config).id
    engine.wake()
    until(lambda: store.study(study_id).is_over)
    study, events = store.study(study_id), [event for _, event in store.events(study_id)]
    happened = sum(isinstance(event, kind) for event in events)
    assert (study.status, study.step) == (Status.FINISHED, happened), events[-1]
    assert isinstance(events[0], Began)
    if isinstance(steps, range):
        assert happened in steps
    else:
        assert (happened, study.total_steps) == (steps, steps)


def test_a_comparison_under_way_is_stopped_and_a_run_comes_next(store: Store, engine: Engine) -> None:
    study_id = store.create_study(CompareConfig(modes=("eager", "session"), sizes=(1, 4, 16), depth="thorough")).id
    run_id = store.create_run(TINY).id
    engine.wake()
    until(lambda: store.study(study_id).step > 0)
    store.stop(study_id)
    until(lambda: store.run(run_id).is_over)
    study = store.study(study_id)
    assert (study.status, store.run(run_id).status) == (Status.STOPPED, Status.FINISHED)
    assert store.events(study_id)[-1][1] == Stopped(step=study.step)


def test_stop_keeps_what_was_reached(store: Store, engine: Engine) -> None:
    run_id = store.create_run(TrainConfig(network="mlp", dense_units=16, batch_size=1, epochs=100)).id
    engine.wake()
    until(lambda: store.run(run_id).step > 0)
    store.stop(run_id)
    until(lambda: store.run(run_id).status == Status.STOPPED)
    run = store.run(run_id)
    assert store.events(run_id)[-1][1] == Stopped(step=run.step)
    newest = store.weights(run_id)
    assert newest is not None
    assert newest.step == run.step


def curve(store: Store, run_id: str) -> bytes:
    """Loss and accuracy of every step; each step must occur once."""
    parts = store.progress(run_id)
    assert [part.first_step for part in parts[1:]] == [part.last_step + 1 for part in parts[:-1]]
    return b"".join(np.stack([part.losses, part.accuracies], axis=1).tobytes() for part in parts)


def measured(store: Store, run_id: str) -> list[Evaluated]:
    """The ends of its epochs, without their seconds."""
    found = [event for _, event in store.events(run_id) if isinstance(event, Evaluated)]
    return [replace(event, training_seconds=0.0, evaluating_seconds=0.0) for event in found]


def test_a_run_that_rested_and_was_killed_is_bit_for_bit_an_unbroken_one(store: Store, engine: Engine) -> None:
    config = TrainConfig(epochs=100, train_size=3200, dropout=0.2, steps_per_call=10, filters=8, dense_units=32)
    broken = store.create_run(config, pause_after=130).id  # of 10,000 steps: nobody gets there
    engine.wake()
    until(lambda: store.run(broken).status == Status.PAUSED)
    assert store.run(broken).step == 130
    store.resume(broken)
    engine.wake()
    until(lambda: store.run(broken).step >= 170)
    kill(engine.state().workers[0].pid)
    until(lambda: store.run(broken).deaths == 1 and store.run(broken).step > 300)
    store.pause(broken)
    until(lambda: store.run(broken).status == Status.PAUSED)
    unbroken = store.create_run(config, pause_after=store.run(broken).step).id
    engine.wake()
    until(lambda: store.run(unbroken).status == Status.PAUSED)
    assert [event.step for _, event in store.events(broken) if isinstance(event, Started)][:2] == [0, 130]
    assert curve(store, broken) == curve(store, unbroken)
    assert measured(store, broken) == measured(store, unbroken) != []
    both = [store.weights(run_id) for run_id in (broken, unbroken)]
    assert both[0] is not None
    assert both[1] is not None
    for name, array in both[0].weights.items():
        assert array.tobytes() == both[1].weights[name].tobytes(), name


def test_a_tuned_run_that_rested_without_its_base_equals_an_unbroken_one(store: Store, engine: Engine) -> None:
    base = store.create_run(TINY).id
    engine.wake()
    until(lambda: store.run(base).is_over)
    images = np.random.default_rng(0).integers(0, 256, (20, 28, 28), np.uint8)
    tuning = Tuning(base=base, digits=Digits(images=images, labels=np.arange(20, dtype=np.uint8) % 10))
    config = replace(tuned_config(TINY), epochs=2, train_size=640)
    unbroken, broken = (store.create_run(config, pause_after=rest, tuning=tuning).id for rest in (None, 13))
    engine.wake()
    until(lambda: store.run(unbroken).is_over and store.run(broken).status == Status.PAUSED)
    artifact = store.checkpoint(base)
    assert artifact is not None
    artifacts.remove(artifact.path)
    store.resume(broken)
    engine.wake()
    until(lambda: store.run(broken).is_over)
    assert store.run(broken).status == store.run(unbroken).status == Status.FINISHED
    assert curve(store, broken) == curve(store, unbroken)
    told = [[event for _, event in store.events(run) if isinstance(event, OwnEvaluated)] for run in (broken, unbroken)]
    assert told[0] == told[1]
    assert [(event.epoch, event.step, event.own_count, event.held_out) for event in told[0]] == [
        (epoch, epoch * 20, 4, True) for epoch in range(3)
    ]
    assert told[0][0].test_accuracy == measured(store, base)[-1].test_accuracy
    again = store.create_run(config, tuning=tuning).id
    engine.wake()
    until(lambda: store.run(again).is_over)
    end = store.events(again)[-1][1]
    assert isinstance(end, Failed)
    assert (end.reason, end.step) == ("base_lost", 0)
