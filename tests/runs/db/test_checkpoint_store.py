"""The point where a run resumes, the records removed then, and the files that are kept."""

from pathlib import Path

import numpy as np
import pytest

from lib.core.training.config import TrainConfig
from lib.core.training.events import Checkpoint, Evaluated, Failed, Finished, Paused, RateChanged, Started, Stopped
from lib.runs.db.store import Store
from lib.runs.model.run import RunLost, Status
from tests.runs.examples import COMPILED, EVALUATED, STARTED, chunk

CONFIG = TrainConfig(epochs=2)
RATE = RateChanged(step=25, learning_rate=0.1)


def saved(step: int, state: bool = True) -> Checkpoint:
    arrays = {"a": np.full(2, step)}
    return Checkpoint(step=step, weights=arrays, state={"m": np.full(3, step)} if state else {})


def under_way(store: Store, *events: object) -> str:
    run_id = store.create_run(CONFIG).id
    store.claim(run_id, "w")
    for event in (STARTED, COMPILED, *events):
        store.append(run_id, event, "w")  # type: ignore[arg-type]
    return run_id


def files(home: Path) -> int:
    return len(list((home / "weights").iterdir()))


def curve(store: Store, run_id: str) -> list[tuple[int, int]]:
    return [(part.first_step, part.last_step) for part in store.progress(run_id)]


def kinds(store: Store, run_id: str) -> list[type]:
    return [type(event) for _, event in store.events(run_id)]


def test_the_newest_state_is_where_a_run_goes_on_from(store: Store, home: Path) -> None:
    run_id = store.create_run(CONFIG).id
    assert store.resume_point(run_id) is None
    for step in (5, 5, 10):
        store.append(run_id, saved(step))
    point, weights = store.resume_point(run_id), store.weights(run_id)
    assert point is not None
    assert weights is not None
    assert (point.step, point.weights["a"].tolist(), point.state["m"].tolist()) == (10, [10, 10], [10, 10, 10])
    assert (weights.step, weights.weights["a"].tolist(), weights.state) == (10, [10, 10], {})
    assert files(home) == 1


def test_the_last_weights_leave_the_state_until_the_end_is_recorded(store: Store, home: Path) -> None:
    run_id = under_way(store, chunk(1, 25), saved(25), chunk(26, 50), saved(50, state=False))
    point, weights = store.resume_point(run_id), store.weights(run_id)
    assert (point and point.step, weights and weights.step, files(home)) == (25, 50, 2)
    store.append(run_id, Finished(step=50, reason="epochs"), "w")
    weights = store.weights(run_id)
    assert (store.resume_point(run_id), weights and weights.step, files(home)) == (None, 50, 1)


def test_a_run_that_fails_keeps_the_weights_it_had(store: Store, home: Path) -> None:
    run_id = under_way(store, chunk(1, 25), saved(25), Failed(step=25, reason="error"))
    weights = store.weights(run_id)
    assert (weights and weights.step, store.resume_point(run_id), files(home)) == (25, None, 1)


def test_what_came_after_the_resume_point_is_taken_back(store: Store) -> None:
    run_id = under_way(store, chunk(1, 20), chunk(21, 25), saved(25), RATE, chunk(26, 50), EVALUATED, chunk(1876, 1880))
    run = store.take_over(run_id, "v", earlier="w")
    assert (run.status, run.worker, run.step) == (Status.STARTING, "v", 25)
    assert curve(store, run_id) == [(1, 20), (21, 25)]
    assert kinds(store, run_id) == [Started, type(COMPILED)]
    store.append(run_id, STARTED, "v")
    store.append(run_id, chunk(26, 50), "v")
    assert curve(store, run_id) == [(1, 20), (21, 25), (26, 50)]


def test_events_of_the_checkpoints_own_step_stay_if_they_came_before_it(store: Store) -> None:
    run_id = under_way(store, chunk(1, 1875), EVALUATED, saved(1875), RATE)
    store.take_over(run_id, "v", earlier="w")
    assert kinds(store, run_id) == [Started, type(COMPILED), Evaluated]


def test_the_pause_stays_and_what_came_after_it_goes(store: Store) -> None:
    run_id = under_way(store, chunk(1, 25), saved(25))
    store.pause(run_id)
    store.append(run_id, Paused(step=25), "w")
    store.resume(run_id)
    store.claim(run_id, "v")
    for event in (STARTED, COMPILED, chunk(26, 50)):
        store.append(run_id, event, "v")
    store.take_over(run_id, "u", earlier="v")
    assert kinds(store, run_id) == [Started, type(COMPILED), Paused]
    assert curve(store, run_id) == [(1, 25)]


def test_numbers_of_events_taken_back_are_not_given_again(store: Store) -> None:
    run_id = under_way(store, chunk(1, 25), saved(25), RATE, chunk(26, 50))
    (newest, _) = store.events(run_id)[-1]
    store.take_over(run_id, "v", earlier="w")
    store.append(run_id, STARTED, "v")
    assert store.events(run_id, after=newest) == [(newest + 1, STARTED)]


@pytest.mark.parametrize("state", [False, None])
def test_without_a_state_the_run_begins_anew(store: Store, home: Path, state: bool | None) -> None:
    run_id = under_way(store, chunk(1, 25), *([] if state is None else [saved(25, state=False)]), chunk(26, 30))
    run = store.take_over(run_id, "v", earlier="w")
    assert (run.step, curve(store, run_id), kinds(store, run_id)) == (0, [], [])
    assert store.weights(run_id) is None
    assert state is None or files(home) == 0


def test_of_two_that_take_over_one_does(store: Store) -> None:
    run_id = under_way(store, chunk(1, 25))
    assert store.take_over(run_id, "v", earlier="w").worker == "v"
    assert store.take_over(run_id, "u", earlier="w").worker == "v"
    assert store.count_death(run_id, "w").deaths == 0
    assert store.count_death(run_id, "v").deaths == 1


def test_a_checkpoint_of_a_worker_believed_dead_leaves_no_file(store: Store, home: Path) -> None:
    run_id = under_way(store, chunk(1, 25), saved(25))
    store.take_over(run_id, "v", earlier="w")
    with pytest.raises(RunLost):
        store.append(run_id, saved(30), "w")
    assert files(home) == 1


def finished(store: Store) -> str:
    run_id = under_way(store, chunk(1, 25), saved(25, state=False))
    store.append(run_id, Stopped(step=25))
    return run_id


def test_only_the_newest_weights_are_kept_and_those_still_needed(store: Store, home: Path) -> None:
    old, pinned, older = finished(store), finished(store), finished(store)
    store.pin(pinned, True)
    going_on = under_way(store, chunk(1, 25), saved(25))
    paused = under_way(store, chunk(1, 25), saved(25), Paused(step=25))
    empty = store.create_run(CONFIG).id
    newest = finished(store)
    assert files(home) == 6
    assert store.prune(keep=10) == 0
    assert store.prune(keep=1) == 2
    kept = [run_id for run_id in (old, pinned, older, going_on, paused, empty, newest) if store.weights(run_id)]
    assert kept == [pinned, going_on, paused, newest]
    assert files(home) == 4
    assert curve(store, old) == [(1, 25)]


def test_weights_that_are_gone_already_are_no_obstacle(store: Store, home: Path) -> None:
    runs = [finished(store) for _ in range(3)]
    for file in (home / "weights").iterdir():
        file.unlink()
    assert store.prune(keep=0) == 3
    assert all(store.weights(run_id) is None for run_id in runs)
