"""Processes are killed at work: what is recorded stays, what waits goes on, nothing is left over."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.core.config import TrainConfig
from lib.core.events import Failed
from lib.runs.cluster import LOCK_KEPT_SECONDS, OwnCluster, is_dead, lock_of, sweep
from lib.runs.run import Run, Status
from lib.runs.store import Store, open_store
from tests.runs.processes import all_gone, descendants, engine_on, engine_process, kill, ready, server
from tests.waiting import until

SHORT = TrainConfig(epochs=3, steps_per_call=10)
LONG = TrainConfig(epochs=100, steps_per_call=10, patience=100)


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    store = open_store()
    yield store
    store.close()


@pytest.fixture
def runs(store: Store) -> tuple[str, str]:
    """A long run and a short one that waits behind it."""
    return store.create_run(LONG).id, store.create_run(SHORT).id


def under_way(store: Store, run_id: str) -> Run:
    return until(lambda: store.run(run_id) if store.run(run_id).step > 0 else None)


def assert_failed(store: Store, run_id: str, reason: str) -> None:
    run = until(lambda: None if store.run(run_id).is_open else store.run(run_id))
    end = store.events(run_id)[-1][1]
    assert isinstance(end, Failed), run.status
    assert end.reason == reason
    assert end.step == run.step == sum(len(part.losses) for part in store.progress(run_id)) > 0


def assert_finished(store: Store, run_id: str) -> None:
    until(lambda: store.run(run_id).status == Status.FINISHED)


def test_a_killed_worker_is_back_and_only_its_run_is_lost(store: Store, runs: tuple[str, str]) -> None:
    with engine_on(store) as engine:
        pid = ready(engine)
        under_way(store, runs[0])
        kill(pid)
        assert_failed(store, runs[0], "worker_died")
        assert_finished(store, runs[1])
        until(lambda: engine.state().phase == "ready" and engine.state().workers[0].pid != pid)


def test_a_worker_killed_again_and_again_costs_waiting_runs_nothing(store: Store) -> None:
    long = [store.create_run(LONG).id for _ in range(5)]
    last = store.create_run(SHORT).id
    with engine_on(store):
        for run_id in long:
            run = under_way(store, run_id)
            kill(int((run.worker or "").split("/")[1].partition(":")[2]))
        for run_id in long:
            assert_failed(store, run_id, "worker_died")
        assert_finished(store, last)


def test_a_run_is_waiting_until_the_worker_is_loaded(store: Store, home: Path) -> None:
    stopped, run_id = store.create_run(SHORT).id, store.create_run(SHORT).id
    with engine_on(store, "tests.runs.light:held") as engine:
        state = until(lambda: engine.state() if engine.state().workers else None)
        assert state.phase == "loading"
        assert not state.workers[0].loaded
        until(lambda: store.run(run_id).engine)
        store.set_wish(stopped, "stop")
        kill(state.workers[0].pid)
        until(lambda: engine.state().workers and engine.state().workers[0].pid != state.workers[0].pid)
        assert store.run(run_id).status == Status.WAITING
        (home / "go").touch()
        assert_finished(store, run_id)
    assert store.run(stopped).status == Status.STOPPED


def test_a_killed_engine_is_back_and_its_runs_are_settled(store: Store, runs: tuple[str, str]) -> None:
    with engine_on(store) as engine:
        ready(engine)
        under_way(store, runs[0])
        processes = descendants()
        kill(engine_process().pid)
        until(lambda: all_gone(processes))
        assert_failed(store, runs[0], "worker_died")
        assert_finished(store, runs[1])
        ready(engine)


def test_a_killed_server_leaves_no_process_and_the_next_one_settles_its_runs(
    store: Store, runs: tuple[str, str]
) -> None:
    with server() as first:
        under_way(store, runs[0])
        processes = descendants(first.pid)
        assert len(processes) >= 2
        first.kill()
        first.wait()
        until(lambda: all_gone(processes), seconds=5)
    assert store.run(runs[0]).is_open
    with engine_on(store):
        assert_failed(store, runs[0], "server_stopped")
        assert_finished(store, runs[1])


def test_a_server_that_ends_leaves_no_process(store: Store, runs: tuple[str, str]) -> None:
    with server() as process:
        under_way(store, runs[0])
        processes = descendants(process.pid)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(10) == 0
        until(lambda: all_gone(processes), seconds=5)


def test_closing_the_engine_takes_moments_and_leaves_no_process(store: Store, runs: tuple[str, str]) -> None:
    with engine_on(store) as engine:
        under_way(store, runs[0])
        ready(engine)
        processes = descendants()
        started = time.perf_counter()
        engine.close()
        assert time.perf_counter() - started < 3
        until(lambda: all_gone(processes), seconds=5)


def test_an_engine_may_be_closed_at_once(store: Store) -> None:
    with engine_on(store) as engine:
        assert engine.state().phase == "starting"
    assert all_gone(descendants())


def test_a_second_server_leaves_the_runs_of_the_first_alone(store: Store, runs: tuple[str, str]) -> None:
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
            assert_failed(store, runs[0], "server_stopped")
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
