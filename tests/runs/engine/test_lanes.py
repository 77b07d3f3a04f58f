"""Two lanes: short studies have a second worker, which exists only while it is needed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from filelock import FileLock, Timeout

from lib.core.jobs.lanes import Lane
from lib.core.studies.configs import CompareConfig, RetraceConfig
from lib.core.training.config import TrainConfig
from lib.runs.db.store import Store, open_store
from lib.runs.engine import cluster, dispatch
from lib.runs.engine.engine import Engine
from lib.runs.model.run import Job, Status
from lib.runs.model.state import EngineState, WorkerState
from tests.runs import light
from tests.runs.db.test_exclusive import standing
from tests.runs.light import ENDLESS
from tests.runs.processes import all_gone, descendants, engine_on, kill, ready
from tests.waiting import PATIENCE, until

SHORT = RetraceConfig()
ENDLESS_SHORT = RetraceConfig(calls=light.ENDLESS_CALLS)


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    store = open_store()
    yield store
    store.close()


@pytest.fixture
def engine(store: Store) -> Iterator[Engine]:
    with engine_on(store) as engine:
        yield engine


def train(store: Store, engine: Engine) -> str:
    """An endless run that has begun."""
    run_id = store.create_run(ENDLESS).id
    engine.wake()
    until(lambda: store.run(run_id).step > 0)
    return run_id


def ask(store: Store, engine: Engine, config: RetraceConfig | CompareConfig = SHORT) -> str:
    study_id = store.create_study(config).id
    engine.wake()
    return study_id


def answered(store: Store, study_id: str) -> Job:
    return until(lambda: store.study(study_id) if store.study(study_id).status == Status.FINISHED else None)


def process_of(job: Job) -> int:
    """The worker process that performed it."""
    assert job.worker
    return int(job.worker.split("/")[1].partition(":")[2])


def short_workers(engine: Engine) -> list[int]:
    return [worker.pid for worker in engine.state().workers if worker.lanes == {Lane.SHORT}]


def test_a_short_study_does_not_wait_for_a_run(store: Store, engine: Engine) -> None:
    run_id, behind = train(store, engine), store.create_run(TrainConfig(epochs=1)).id
    first, second = (answered(store, ask(store, engine)) for _ in range(2))
    run = store.run(run_id)
    assert run.status == Status.RUNNING
    assert store.run(behind).status == Status.WAITING
    assert process_of(first) == process_of(second) != process_of(run)
    assert until(lambda: short_workers(engine)) == [process_of(first)]
    assert engine.state().workers[0].pid == process_of(run)


def test_while_nothing_long_is_open_the_first_worker_answers_and_there_is_no_other(
    store: Store, engine: Engine
) -> None:
    pid, before = ready(engine), descendants()
    assert process_of(answered(store, ask(store, engine))) == pid
    assert descendants() == before


def test_long_work_never_goes_to_the_short_lane(store: Store, engine: Engine) -> None:
    run_id = train(store, engine)
    answered(store, ask(store, engine))
    others = [store.create_run(TrainConfig(epochs=1)).id for _ in range(3)]
    engine.wake()
    light.let_end()
    until(lambda: not store.open_runs())
    assert {process_of(store.run(other)) for other in others} == {process_of(store.run(run_id))}


def test_an_idle_worker_ends_and_another_one_starts_when_needed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "IDLE_SECONDS", 0.2)
    with engine_on(store) as engine:
        run_id = train(store, engine)
        before = descendants()
        pids = set()
        for _ in range(2):
            pids.add(process_of(answered(store, ask(store, engine))))
            until(lambda: all_gone([process for process in descendants() if process not in before]))
            until(lambda: not short_workers(engine))
        assert len(pids) == 2
        assert store.run(run_id).status == Status.RUNNING
        assert store.run(run_id).deaths == 0


def test_a_small_machines_only_worker_rests_and_comes_back_for_any_work(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF2LAB_SMALL", "1")
    monkeypatch.setattr(cluster, "IDLE_SECONDS", 1.0)
    with engine_on(store, lanes=1) as engine:
        until(lambda: engine.state().phase == "resting")
        pids = set()
        for config in (TrainConfig(epochs=1), SHORT):
            job_id = (store.create_run(config) if isinstance(config, TrainConfig) else store.create_study(config)).id
            engine.wake()
            worker = process_of(until(lambda job_id=job_id: job if (job := store.job(job_id)).is_over else None))
            pids.add(worker)
            assert store.job(job_id).status == Status.FINISHED
            until(lambda worker=worker: not psutil.pid_exists(worker))  # the engine's state may be that of before
            until(lambda: engine.state().phase == "resting" and not engine.state().workers)
        assert len(pids) == 2
        run_id = train(store, engine)
        worker = int(store.run(run_id).worker.split("/")[1].partition(":")[2])  # type: ignore[union-attr]
        assert psutil.Process(worker).environ()["MALLOC_ARENA_MAX"] == "2"


def test_a_study_whose_worker_is_killed_is_performed_by_another_one(store: Store, engine: Engine) -> None:
    run_id = train(store, engine)
    study_id = ask(store, engine, ENDLESS_SHORT)
    first = process_of(until(lambda: store.study(study_id) if store.study(study_id).step else None))
    kill(first)
    until(lambda: store.study(study_id).deaths == 1 and store.study(study_id).step)
    light.let_end()
    done = answered(store, study_id)
    assert process_of(done) != first
    assert store.run(run_id).deaths == 0


def test_closing_the_engine_ends_both_workers(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE_SECONDS", 10 * PATIENCE)
    with engine_on(store) as engine:
        train(store, engine)
        study_id = ask(store, engine, ENDLESS_SHORT)
        until(lambda: store.study(study_id).step)
        processes = descendants()
        engine.close()
        until(lambda: all_gone(processes))


def test_with_one_lane_a_short_study_has_its_turn_in_the_queue(store: Store) -> None:
    with engine_on(store, lanes=1) as engine:
        run_id = train(store, engine)
        study_id, last = ask(store, engine), store.create_run(TrainConfig(epochs=1)).id
        light.let_end()
        until(lambda: not store.open_runs())
        jobs = [store.job(job_id) for job_id in (run_id, study_id, last)]
        moments = [moment for job in jobs for moment in (job.claimed_at, job.ended_at) if moment]
        assert len(moments) == 6
        assert moments == sorted(moments)
        assert len({process_of(job) for job in jobs}) == 1


def test_a_comparison_waits_for_the_short_study_under_way(store: Store, engine: Engine) -> None:
    run_id = train(store, engine)
    study_id = ask(store, engine, ENDLESS_SHORT)
    until(lambda: store.study(study_id).step)
    comparison = ask(store, engine, CompareConfig(work="matmul", sizes=(1,)))
    store.stop(run_id)
    until(lambda: standing(store.url, comparison))
    assert store.study(comparison).status == Status.WAITING
    light.let_end()
    done = answered(store, comparison)
    ended = store.study(study_id).ended_at
    assert ended is not None
    assert done.claimed_at is not None
    assert ended <= done.claimed_at


def test_nothing_short_starts_beside_a_comparison(store: Store, engine: Engine) -> None:
    """Neither a study whose worker is there already, nor a worker."""
    run_id = train(store, engine)
    answered(store, ask(store, engine))
    store.stop(run_id)
    comparison = ask(store, engine, CompareConfig(work="matmul", sizes=(1,), seed=light.WAITS))
    until(lambda: store.study(comparison).step)
    studies = [ask(store, engine) for _ in range(2)]
    light.let_end()
    measured = answered(store, comparison)
    for study_id in studies:
        begun = answered(store, study_id).claimed_at
        assert begun is not None
        assert measured.ended_at is not None
        assert measured.ended_at <= begun


def test_while_a_comparison_is_measured_no_second_worker_is_started(store: Store, engine: Engine) -> None:
    ready(engine)
    comparison = ask(store, engine, CompareConfig(work="matmul", sizes=(1,), seed=light.WAITS))
    until(lambda: store.study(comparison).step)
    before, study_id = descendants(), ask(store, engine)
    job = store.job(study_id)
    assert dispatch.is_held_back(job, store.open_runs(), engine.state())
    light.let_end()
    answered(store, study_id)
    assert [process for process in descendants() if process not in before] == []


def test_a_comparison_does_not_begin_while_the_second_worker_loads(store: Store, home: Path) -> None:
    (home / "go").touch()
    with engine_on(store, "tests.runs.light:held") as engine:
        run_id = train(store, engine)
        (home / "go").unlink()
        study_id = ask(store, engine)
        until(lambda: short_workers(engine) and is_held(home / "loading.lock"))
        comparison = ask(store, engine, CompareConfig(work="matmul", sizes=(1,)))
        last = store.create_run(TrainConfig(epochs=1)).id
        store.stop(run_id)
        until(lambda: store.run(run_id).is_over)
        assert store.study(comparison).status == Status.WAITING
        (home / "go").touch()
        until(lambda: not store.open_runs())
        done = [store.job(job_id) for job_id in (study_id, comparison, last)]
    assert [job.status for job in done] == [Status.FINISHED] * 3
    ready_at = datetime.fromtimestamp((home / "go").stat().st_mtime, UTC)
    assert done[1].claimed_at is not None
    assert done[1].claimed_at >= ready_at


def is_held(path: Path) -> bool:
    """Whether another process holds the lock on this file."""
    try:
        with FileLock(path, timeout=0):
            return False
    except Timeout:
        return True


# Where a job goes.

BOTH = frozenset(Lane)


def worker(*lanes: Lane, loaded: bool = True) -> WorkerState:
    return WorkerState(pid=1, host="here", threads=1, loaded=loaded, lanes=frozenset(lanes))


@pytest.mark.parametrize(
    ("workers", "lanes", "busy", "way"),
    [
        ((worker(Lane.LONG), worker(Lane.SHORT)), BOTH, False, Lane.SHORT),
        ((worker(Lane.LONG), worker(Lane.SHORT, loaded=False)), BOTH, False, Lane.LONG),
        ((worker(Lane.LONG), worker(Lane.SHORT, loaded=False)), BOTH, True, Lane.SHORT),
        ((worker(Lane.LONG),), BOTH, True, Lane.SHORT),
        ((worker(Lane.LONG),), BOTH, False, Lane.LONG),
        ((), BOTH, False, Lane.SHORT),
        ((worker(), worker()), frozenset(), True, None),
        ((worker(), worker(Lane.SHORT)), frozenset({Lane.SHORT}), True, Lane.SHORT),
        ((worker(), worker(Lane.SHORT)), frozenset({Lane.SHORT}), False, Lane.SHORT),
    ],
)
def test_the_way_of_a_short_study(
    store: Store, workers: tuple[WorkerState, ...], lanes: frozenset[Lane], busy: bool, way: Lane | None
) -> None:
    study = store.create_study(SHORT)
    if busy:
        store.create_run(ENDLESS)
    state = EngineState(phase="ready", workers=workers, lanes=lanes)
    assert dispatch.way_of(study, store.open_runs(), state) == way


@pytest.mark.parametrize(("lanes", "way"), [(BOTH, Lane.LONG), ({Lane.SHORT}, None), ((), None)])
def test_the_way_of_a_run(store: Store, lanes: set[Lane], way: Lane | None) -> None:
    run, workers = store.create_run(ENDLESS), (worker(Lane.LONG), worker(Lane.SHORT))
    state = EngineState(phase="ready", workers=workers, lanes=frozenset(lanes))
    assert dispatch.way_of(run, store.open_runs(), state) == way
