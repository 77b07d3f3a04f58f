"""Processes are killed at work: records stay, waiting jobs continue, nothing is left over."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lib.core.studies.configs import CompareConfig
from lib.core.studies.events import Began, Sampled
from lib.core.training.config import TrainConfig
from lib.core.training.events import Failed
from lib.runs.db.store import Store, open_store
from lib.runs.engine import cluster
from lib.runs.engine.cluster import LOCK_KEPT_SECONDS, OwnCluster, is_dead, lock_of, sweep
from lib.runs.model.run import Run, Status
from tests.runs import light
from tests.runs.light import ENDLESS
from tests.runs.processes import all_gone, descendants, engine_on, engine_process, kill, ready, server
from tests.waiting import PATIENCE, until

SHORT = TrainConfig(epochs=3, steps_per_call=10)


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    store = open_store()
    yield store
    store.close()


@pytest.fixture
def runs(store: Store) -> tuple[str, str]:
    """A run that only ends when allowed to, and a short one that waits behind it."""
    return store.create_run(ENDLESS).id, store.create_run(SHORT).id


def under_way(store: Store, run_id: str, after: int = 0) -> Run:
    """The run, once it has made more than `after` steps."""
    return until(lambda: store.run(run_id) if store.run(run_id).step > after else None)


def under_way_again(store: Store, run_id: str, deaths: int) -> None:
    """Waits until another worker has taken it over."""
    until(lambda: store.run(run_id).deaths == deaths and store.run(run_id).status == Status.RUNNING)


def worker_of(store: Store, run_id: str) -> int:
    """The id of the process that has the run."""
    worker = until(lambda: store.job(run_id).worker)
    return int(worker.split("/")[1].partition(":")[2])


def assert_unbroken(store: Store, run_id: str, deaths: int = 0) -> None:
    """Lets the run end and waits for it: its curve equals that of an undisturbed run."""
    light.let_end()
    assert_finished(store, run_id)
    run = store.run(run_id)
    parts = store.progress(run_id)
    assert [part.last_step + 1 for part in parts[:-1]] == [part.first_step for part in parts[1:]]
    losses = [float(loss) for part in parts for loss in part.losses]
    assert losses == light.losses_up_to(run.step) != []
    assert run.deaths == deaths


def assert_given_up(store: Store, run_id: str) -> None:
    run = until(lambda: store.run(run_id) if store.run(run_id).is_over else None)
    end = store.events(run_id)[-1][1]
    assert isinstance(end, Failed), run.status
    assert (end.reason, run.deaths) == ("worker_died", 3)
    assert end.step == run.step == sum(len(part.losses) for part in store.progress(run_id)) > 0


def assert_finished(store: Store, run_id: str) -> None:
    until(lambda: store.run(run_id).status == Status.FINISHED)


def test_a_killed_worker_is_back_and_goes_on_with_its_run(store: Store, runs: tuple[str, str], home: Path) -> None:
    with engine_on(store) as engine:
        pid = ready(engine)
        under_way(store, runs[0], after=50)
        kill(pid)
        under_way_again(store, runs[0], deaths=1)
        assert_unbroken(store, runs[0], deaths=1)
        assert_unbroken(store, runs[1])
        until(lambda: engine.state().phase == "ready" and engine.state().workers[0].pid != pid)
    assert len(list((home / "weights").iterdir())) == 2


def test_without_a_checkpoint_the_run_begins_anew(store: Store) -> None:
    run_id = store.create_run(replace(ENDLESS, seed=light.NO_CHECKPOINT)).id
    with engine_on(store):
        under_way(store, run_id)
        kill(worker_of(store, run_id))
        under_way_again(store, run_id, deaths=1)
        assert_unbroken(store, run_id, deaths=1)


def test_a_run_that_kills_its_workers_is_given_up_and_the_others_are_not(store: Store) -> None:
    deadly = store.create_run(replace(ENDLESS, patience=0, seed=light.DEADLY)).id
    fine = store.create_run(SHORT).id
    with engine_on(store):
        assert_given_up(store, deadly)
        assert_unbroken(store, fine)


def test_a_study_whose_worker_is_killed_begins_anew(store: Store) -> None:
    study_id = store.create_study(CompareConfig(work="matmul", sizes=(10,), seed=light.WAITS)).id
    with engine_on(store):
        until(lambda: store.study(study_id).step > 1)
        read = store.events(study_id)[-1][0]
        kill(worker_of(store, study_id))
        light.let_end()
        until(lambda: store.study(study_id).status == Status.FINISHED)
    study, events = store.study(study_id), store.events(study_id)
    assert (study.deaths, study.step, study.total_steps) == (1, light.ROUNDS["quick"], light.ROUNDS["quick"])
    assert isinstance(events[0][1], Began)
    assert events[0][0] > read
    assert [event.round for _, event in events if isinstance(event, Sampled)] == list(range(1, study.step + 1))


def test_a_study_that_kills_its_workers_is_given_up_and_the_next_one_is_not(store: Store) -> None:
    deadly = store.create_study(CompareConfig(work="matmul", sizes=(1,), seed=light.DEADLY)).id
    fine = store.create_study(CompareConfig(work="matmul", sizes=(1,))).id
    with engine_on(store):
        until(lambda: store.study(fine).status == Status.FINISHED)
    end = store.events(deadly)[-1][1]
    assert isinstance(end, Failed)
    assert (end.reason, end.step, store.study(deadly).deaths) == ("worker_died", 1, 3)
    assert store.study(fine).deaths == 0


def test_a_pause_survives_the_death_of_the_worker(store: Store, runs: tuple[str, str]) -> None:
    with engine_on(store) as engine:
        pid = ready(engine)
        under_way(store, runs[0])
        store.pause(runs[0])
        until(lambda: store.run(runs[0]).status == Status.PAUSED)
        rested = store.run(runs[0]).step
        assert_finished(store, runs[1])
        kill(pid)
        store.resume(runs[0])
        engine.wake()
        under_way(store, runs[0], after=rested)
        assert_unbroken(store, runs[0])


def test_a_run_is_waiting_until_the_worker_is_loaded(store: Store, home: Path) -> None:
    stopped, run_id = store.create_run(SHORT).id, store.create_run(SHORT).id
    with engine_on(store, "tests.runs.light:held") as engine:
        state = until(lambda: engine.state() if engine.state().workers else None)
        assert state.phase == "loading"
        assert not state.workers[0].loaded
        until(lambda: store.run(run_id).engine)
        store.stop(stopped)
        kill(state.workers[0].pid)
        until(lambda: engine.state().workers and engine.state().workers[0].pid != state.workers[0].pid)
        assert store.run(run_id).status == Status.WAITING
        (home / "go").touch()
        assert_finished(store, run_id)
    assert store.run(stopped).status == Status.STOPPED


def test_a_killed_engine_is_back_and_goes_on_with_its_runs(store: Store, runs: tuple[str, str]) -> None:
    with engine_on(store) as engine:
        ready(engine)
        under_way(store, runs[0])
        processes = descendants()
        kill(engine_process().pid)
        until(lambda: all_gone(processes))
        under_way_again(store, runs[0], deaths=1)
        assert_unbroken(store, runs[0], deaths=1)
        assert_finished(store, runs[1])
        ready(engine)


def test_a_killed_server_leaves_no_process_and_the_next_one_goes_on(store: Store, runs: tuple[str, str]) -> None:
    with server() as first:
        under_way(store, runs[0])
        processes = descendants(first.pid)
        assert len(processes) >= 2
        first.kill()
        first.wait()
        until(lambda: all_gone(processes))
    assert store.run(runs[0]).is_open
    reached = store.run(runs[0]).step
    with engine_on(store):
        under_way(store, runs[0], after=reached)
        assert_unbroken(store, runs[0])
        assert_finished(store, runs[1])


def test_a_server_that_ends_leaves_no_process(store: Store, runs: tuple[str, str]) -> None:
    with server() as process:
        under_way(store, runs[0])
        processes = descendants(process.pid)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(PATIENCE) == 0
        until(lambda: all_gone(processes))


def test_closing_the_engine_waits_for_no_run_and_leaves_no_process(
    store: Store, runs: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run would go on for ever, and nobody loses patience and kills the engine: it ends when it is told to."""
    monkeypatch.setattr(cluster, "PATIENCE_SECONDS", 10 * PATIENCE)
    with engine_on(store) as engine:
        under_way(store, runs[0])
        ready(engine)
        processes = descendants()
        engine.close()
        assert store.run(runs[0]).is_open
        until(lambda: all_gone(processes))


def test_an_engine_may_be_closed_at_once(store: Store) -> None:
    with engine_on(store) as engine:
        assert engine.state().phase == "starting"
    assert all_gone(descendants())


def test_a_second_server_leaves_the_runs_of_the_first_alone(store: Store) -> None:
    runs = store.create_run(ENDLESS).id, store.create_run(SHORT).id
    with server() as first:
        under_way(store, runs[0])
        owner = store.run(runs[0]).engine
        assert owner is not None
        assert not is_dead(owner)
        with engine_on(store) as second:
            ready(second)
            mine = store.create_run(SHORT).id
            store.assign(mine, str(owner), earlier=None)
            assert {store.run(run_id).engine for run_id in runs} == {owner}
            assert store.run(runs[0]).status == Status.RUNNING
            first.kill()
            first.wait()
            # Only now they are its own.
            under_way(store, runs[0], after=store.run(runs[0]).step)
            assert_unbroken(store, runs[0])
            assert_finished(store, runs[1])
            assert_finished(store, mine)


def test_an_engine_that_this_home_knows_nothing_of_counts_as_living(home: Path) -> None:
    assert not is_dead("0123abcd-1")
    assert not is_dead("tcp://10.0.0.1:8786")
    lock_of("0123abcd-1").touch()
    assert is_dead("0123abcd-1")


def test_an_engine_that_cannot_come_up_says_so(home: Path) -> None:
    (home / "engines").touch()
    with pytest.raises(OSError, match="before it was up"):
        OwnCluster("0123abcd-1", {})


def test_locks_of_the_long_dead_are_swept_away(home: Path) -> None:
    old, needed, young = (lock_of(f"0123abcd-{number}") for number in (1, 2, 3))
    for lock in (old, needed, young):
        lock.touch()
    for lock in (old, needed):
        moment = lock.stat().st_mtime - LOCK_KEPT_SECONDS - 1
        os.utime(lock, (moment, moment))
    sweep(keep={"0123abcd-2", None})
    assert set((home / "engines").iterdir()) == {needed, young}
