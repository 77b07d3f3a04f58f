"""One engine with its real processes and one lane, and a training without TensorFlow."""

import itertools
import os
import timeit
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from lib.core.studies.configs import CompareConfig, RetraceConfig, XrayConfig
from lib.core.training.config import TrainConfig
from lib.core.training.events import Failed
from lib.runs.db.store import Store, open_store
from lib.runs.engine import engine as engine_module
from lib.runs.engine.engine import Engine
from lib.runs.engine.tidying import Kept
from lib.runs.model.group import Kind
from lib.runs.model.run import Status
from tests.runs import light
from tests.runs.light import ENDLESS
from tests.runs.processes import descendants, engine_on, ready
from tests.waiting import PATIENCE, until

SHORT = TrainConfig(epochs=3, steps_per_call=10)
KEPT = 20
COMPARISON = CompareConfig(work="matmul", sizes=(1, 2))


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
    with engine_on(store, kept=Kept(weights=KEPT), lanes=1) as engine:
        yield engine


@pytest.fixture(autouse=True)
def nothing_may_end_yet(home: Path) -> None:
    """All tests here share a home: this withdraws the permission to end that an earlier test gave."""
    (home / "enough").unlink(missing_ok=True)


def submit(store: Store, engine: Engine, config: TrainConfig = SHORT) -> str:
    run_id = store.create_run(config).id
    engine.wake()
    return run_id


def test_a_run_submitted_before_the_engine_is_up_is_performed(store: Store, engine: Engine) -> None:
    run_id = submit(store, engine)
    until(lambda: store.run(run_id).status == Status.FINISHED)


def test_the_state_names_the_worker_and_returns_at_once(store: Store, engine: Engine) -> None:
    pid = ready(engine)
    (worker,) = engine.state().workers
    assert pid != os.getpid()
    assert pid in [process.pid for process in descendants()]
    assert worker.loaded
    assert worker.threads >= 1
    assert worker.devices == ("CPU",)
    assert worker.versions == {"light": "1"}
    # The quickest of many times: whatever else this machine does, it does not hinder all of them.
    assert min(timeit.repeat(engine.state, number=100, repeat=50)) < 0.01


def test_runs_are_performed_one_at_a_time_in_the_order_they_came(store: Store, engine: Engine) -> None:
    ready(engine)
    first = submit(store, engine, ENDLESS)
    ids = [first, *(submit(store, engine) for _ in range(6))]
    assert [len(store.queue(store.run(run_id))) for run_id in ids] == list(range(7))
    light.let_end()
    until(lambda: not store.open_runs())
    runs = [store.run(run_id) for run_id in ids]
    for earlier, later in itertools.pairwise(runs):
        assert earlier.ended_at is not None
        assert later.claimed_at is not None
        assert earlier.ended_at <= later.claimed_at


def test_the_later_runs_of_a_group_let_others_go_first(store: Store, engine: Engine) -> None:
    ready(engine)
    group = store.create_group(Kind.SEEDS, {}, [(ENDLESS, ""), (SHORT, ""), (SHORT, "")])
    engine.wake()
    first, second, third = (run.id for run in store.group_runs(group.id))
    until(lambda: store.run(first).status == Status.RUNNING)
    ids = [first, submit(store, engine), submit(store, engine), second, third]
    assert [run.id for run in store.open_runs()] == ids
    # Whoever the engine has not seen yet when a worker becomes free does not take part.
    until(lambda: all(store.run(run_id).engine for run_id in ids))
    light.let_end()
    until(lambda: not store.open_runs())
    ended = [store.run(run_id).ended_at for run_id in ids]
    assert ended == sorted(moment for moment in ended if moment)


def test_studies_have_their_turn_among_the_runs(store: Store, engine: Engine) -> None:
    ready(engine)
    first = submit(store, engine, ENDLESS)
    studies = [store.create_study(config).id for config in (COMPARISON, RetraceConfig(), XrayConfig())]
    last = submit(store, engine)
    assert len(store.queue(store.run(last))) == 4
    light.let_end()
    until(lambda: not store.open_runs())
    jobs = [store.job(job_id) for job_id in (first, *studies, last)]
    assert [job.status for job in jobs] == [Status.FINISHED] * 5
    for earlier, later in itertools.pairwise(jobs):
        assert earlier.ended_at is not None
        assert later.claimed_at is not None
        assert earlier.ended_at <= later.claimed_at


def test_stop_ends_the_study_under_way_and_the_next_one_begins(store: Store, engine: Engine) -> None:
    ready(engine)
    under_way = store.create_study(replace(COMPARISON, depth="thorough", sizes=(10,))).id
    waiting, last = store.create_study(COMPARISON).id, store.create_study(XrayConfig()).id
    engine.wake()
    until(lambda: store.study(under_way).step > 0)
    store.stop(waiting)
    store.stop(under_way)
    until(lambda: store.study(last).status == Status.FINISHED)
    assert store.study(under_way).status == store.study(waiting).status == Status.STOPPED
    assert store.study(waiting).worker is None


def test_stop_ends_the_run_under_way_and_takes_a_waiting_one_out(store: Store, engine: Engine) -> None:
    running, waiting, last = submit(store, engine, ENDLESS), submit(store, engine), submit(store, engine)
    until(lambda: store.run(running).step > 0)
    store.stop(waiting)
    assert store.run(waiting).status == Status.STOPPED
    store.stop(running)
    until(lambda: store.run(running).status == Status.STOPPED)
    until(lambda: store.run(last).status == Status.FINISHED)
    assert store.run(waiting).worker is None
    assert store.progress(waiting) == []


def test_step_by_step_and_nobody_waits_for_a_run_that_rests(store: Store, engine: Engine) -> None:
    ready(engine)
    stepping, other = store.create_run(ENDLESS, pause_after=0).id, submit(store, engine)
    until(lambda: store.run(other).status == Status.FINISHED)
    for step in range(1, 6):
        store.resume(stepping, pause_after=step)
        engine.wake()
        until(lambda: store.run(stepping).status == Status.PAUSED and store.run(stepping).step == step)  # noqa: B023
    assert store.run(stepping).turn == 5
    store.stop(stepping)


def test_resume_is_answered_without_waiting_for_the_next_look(
    store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready(engine)
    run_id = store.create_run(ENDLESS, pause_after=1).id
    # The engine would not look again while this test lasts: being asked is what wakes it.
    monkeypatch.setattr(engine_module, "LOOK_SECONDS", 10 * PATIENCE)
    engine.wake()
    for step in range(2, 12):
        until(lambda: store.run(run_id).status == Status.PAUSED)
        store.resume(run_id, pause_after=step)
        engine.wake()
        until(lambda: store.run(run_id).step == step)  # noqa: B023
    until(lambda: store.run(run_id).status == Status.PAUSED)
    store.stop(run_id)
    monkeypatch.undo()
    engine.wake()


def test_a_resumed_run_does_not_jump_the_queue(store: Store, engine: Engine) -> None:
    ready(engine)
    resumed = store.create_run(SHORT, pause_after=10).id
    engine.wake()
    until(lambda: store.run(resumed).status == Status.PAUSED)
    first = submit(store, engine, ENDLESS)
    second = submit(store, engine)
    store.resume(resumed)
    engine.wake()
    last = submit(store, engine)
    light.let_end()
    until(lambda: not store.open_runs())
    ended = [store.run(run_id).ended_at for run_id in (first, second, resumed, last)]
    assert ended == sorted(moment for moment in ended if moment)


def test_when_a_run_has_ended_the_oldest_weights_go(store: Store, engine: Engine, home: Path) -> None:
    ready(engine)
    pinned, *runs = [submit(store, engine) for _ in range(KEPT + 3)]
    store.pin(pinned, True)
    until(lambda: not store.open_runs())
    until(lambda: store.weights(runs[1]) is None)
    assert store.weights(pinned) is not None
    assert all(store.weights(run_id) for run_id in runs[2:])
    assert len(list((home / "weights").iterdir())) == KEPT + 1


def test_a_run_that_breaks_does_not_break_the_next(store: Store, engine: Engine) -> None:
    pid = ready(engine)
    broken = submit(store, engine, TrainConfig(epochs=3, seed=light.ERROR))
    fine = submit(store, engine)
    until(lambda: store.run(fine).status == Status.FINISHED)
    end = store.events(broken)[-1][1]
    assert isinstance(end, Failed)
    assert end.reason == "error"
    assert ready(engine) == pid


def test_submitting_twice_performs_once(store: Store, engine: Engine) -> None:
    run_id = submit(store, engine)
    engine.wake()
    until(lambda: store.run(run_id).status == Status.FINISHED)
    engine.wake()
    after = submit(store, engine)
    until(lambda: store.run(after).status == Status.FINISHED)
    assert [sequence for sequence, _ in store.events(run_id)] == [1, 2, 3]


def test_nothing_listens_but_on_this_machine(engine: Engine) -> None:
    ready(engine)
    processes = descendants()
    listening = [
        connection.laddr.ip
        for process in processes
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert set(listening) == {"127.0.0.1"}


def test_the_worker_calculates_with_all_its_threads(engine: Engine) -> None:
    names = psutil.Process(ready(engine)).environ().keys() - set(os.environ)
    assert not names & {"OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MALLOC_TRIM_THRESHOLD_"}
