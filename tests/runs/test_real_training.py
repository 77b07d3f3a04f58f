"""The real training in the real worker: TensorFlow is imported once for this whole file."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from lib.core.config import TrainConfig
from lib.core.events import Compiled, Evaluated, Finished, Started, Stopped
from lib.runs.engine import Engine
from lib.runs.run import Status
from lib.runs.store import Store, open_store
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
    engine.submit(run_id)
    run = until(lambda: None if store.run(run_id).is_open else store.run(run_id), seconds=90)
    events = [event for _, event in store.events(run_id)]
    assert [type(event) for event in events] == [Started, Compiled, Evaluated, Evaluated, Finished], events
    assert (run.step, run.total_steps) == (40, 40)
    losses = np.concatenate([part.losses for part in store.progress(run_id)])
    assert losses.shape == (40,)
    assert losses[-5:].mean() < losses[:5].mean()
    newest = store.weights(run_id)
    assert newest is not None
    assert newest.step == 40
    assert all(np.isfinite(array).all() for array in newest.weights.values())


def test_the_state_tells_what_computes(store: Store, engine: Engine) -> None:
    state = until(lambda: engine.state() if engine.state().phase == "ready" else None, seconds=60)
    (worker,) = state.workers
    assert worker.versions["tensorflow"].startswith("2.")
    assert worker.devices


def test_stop_keeps_what_was_reached(store: Store, engine: Engine) -> None:
    run_id = store.create_run(TrainConfig(network="mlp", epochs=100)).id
    engine.submit(run_id)
    until(lambda: store.run(run_id).step > 0, seconds=60)
    store.set_wish(run_id, "stop")
    until(lambda: store.run(run_id).status == Status.STOPPED)
    run = store.run(run_id)
    assert store.events(run_id)[-1][1] == Stopped(step=run.step)
    newest = store.weights(run_id)
    assert newest is not None
    assert newest.step == run.step
