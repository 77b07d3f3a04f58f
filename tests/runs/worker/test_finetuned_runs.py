"""A worker begins a tuned run with its base's weights and the digits as they were, and only if necessary."""

from pathlib import Path

import numpy as np
import pytest

from lib.core.mydigits.digit_sets import Digits
from lib.core.mydigits.finetune_plan import InitialWeights, Tuning
from lib.core.training.config import TrainConfig
from lib.core.training.events import Checkpoint, Failed, Finished, Paused
from lib.runs import artifacts
from lib.runs.db.store import Store
from lib.runs.model.run import Status
from lib.runs.worker import worker
from tests.runs import light
from tests.runs.examples import COMPILED, STARTED, chunk

SHORT = TrainConfig(epochs=3, steps_per_call=10)
DIGITS = Digits(images=np.ones((3, 28, 28), np.uint8), labels=np.array([1, 2, 3], np.uint8))


@pytest.fixture
def store(light_store: Store) -> Store:
    return light_store


@pytest.fixture
def base(store: Store) -> str:
    """A finished run."""
    run_id = store.create_run(SHORT, owner="bob").id
    worker.perform(run_id, 0)
    return run_id


def tune(store: Store, base: str, pause_after: int | None = None) -> str:
    tuning = Tuning(base=base, digits=DIGITS)
    return store.create_run(SHORT, owner="ann", pause_after=pause_after, tuning=tuning).id


def expected(store: Store, base: str, steps: int = 30) -> list[float]:
    """The losses of an uninterrupted run tuned from `base` as it is now."""
    checkpoint = store.weights(base)
    assert checkpoint is not None
    return light.losses_up_to(steps, InitialWeights(digits=DIGITS, weights=checkpoint.weights))


def curve(store: Store, run_id: str) -> list[float]:
    return [float(loss) for part in store.progress(run_id) for loss in part.losses]


def lose(store: Store, base: str) -> None:
    artifact = store.checkpoint(base)
    assert artifact is not None
    artifacts.remove(artifact.path)


def test_it_begins_with_the_weights_of_its_base_and_its_digits(store: Store, base: str) -> None:
    run_id = tune(store, base)
    worker.perform(run_id, 0)
    assert store.run(run_id).status == Status.FINISHED
    assert curve(store, run_id) == expected(store, base) != light.losses_up_to(30)


def test_it_begins_with_the_newest_weights_that_a_base_under_way_has_then(store: Store) -> None:
    base = store.create_run(SHORT).id
    run_id = tune(store, base)
    for step in (10, 20):
        store.append(base, Checkpoint(step=step, weights={"dense/kernel": np.full(2, step, np.float32)}))
    worker.perform(run_id, 0)
    assert curve(store, run_id) == light.losses_up_to(
        30, InitialWeights(digits=DIGITS, weights={"dense/kernel": np.full(2, 20, np.float32)})
    )


def failure(store: Store, run_id: str) -> Failed:
    worker.perform(run_id, 0)
    end = store.events(run_id)[-1][1]
    assert isinstance(end, Failed)
    assert store.run(run_id).status == Status.FAILED
    assert (end.step, curve(store, run_id)) == (0, [])
    return end


def test_without_the_weights_of_its_base_it_says_so(store: Store, base: str) -> None:
    run_id = tune(store, base)
    lose(store, base)
    assert failure(store, run_id).reason == "base_lost"


def test_nor_does_it_begin_where_they_were_never_kept_or_are_not_any_more(store: Store, base: str) -> None:
    not_begun = store.create_run(SHORT).id
    assert failure(store, tune(store, not_begun)).reason == "base_lost"
    pruned = tune(store, base)
    store.prune(keep=0)
    assert failure(store, pruned).reason == "base_lost"


def test_damaged_weights_of_its_base_are_told_from_lost_ones(store: Store, base: str, home: Path) -> None:
    (file,) = (home / "weights").glob(f"{base}-*")
    file.write_bytes(file.read_bytes()[:-1])
    assert failure(store, tune(store, base)).reason == "base_damaged"


def test_a_run_that_rested_goes_on_without_its_base(store: Store, base: str) -> None:
    run_id = tune(store, base, pause_after=7)
    worker.perform(run_id, 0)
    assert store.events(run_id)[-1][1] == Paused(step=7)
    unbroken = expected(store, base)
    lose(store, base)
    store.resume(run_id)
    worker.perform(run_id, 1)
    assert store.events(run_id)[-1][1] == Finished(step=30, reason="epochs")
    assert curve(store, run_id) == unbroken


def test_a_run_that_rests_before_its_first_step_begins_with_its_base_too(store: Store, base: str) -> None:
    run_id = tune(store, base, pause_after=0)
    store.resume(run_id)
    worker.perform(run_id, 1)
    assert curve(store, run_id) == expected(store, base)


def test_a_run_whose_worker_died_before_its_first_checkpoint_begins_with_its_base_again(
    store: Store, base: str
) -> None:
    run_id = tune(store, base)
    store.claim(run_id, "/another:1/a")
    for event in (STARTED, COMPILED, chunk(1, 10)):
        store.append(run_id, event, "/another:1/a")
    worker.perform(run_id, 0)
    assert store.run(run_id).status == Status.FINISHED
    assert curve(store, run_id) == expected(store, base)
