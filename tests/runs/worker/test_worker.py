"""`perform` on a run, in this process and with a training without TensorFlow."""

import logging
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from lib.core.training.config import TrainConfig
from lib.core.training.events import REASONS, Failed, Finished, Progress, RateChanged, Started, Stopped
from lib.runs.db import tables
from lib.runs.db.store import Store, StoreUnavailable, open_store
from lib.runs.engine.cluster import ROOT
from lib.runs.model.run import Run, Status
from lib.runs.worker import attempt, worker
from tests.runs import light
from tests.runs.examples import chunk
from tests.runs.postgres import drop_connections, new_database
from tests.waiting import ended, until

SHORT = TrainConfig(epochs=3, steps_per_call=10)


@pytest.fixture
def store(light_store: Store) -> Store:
    return light_store


def curve(store: Store, run_id: str) -> list[float]:
    """The recorded losses; every step must occur once."""
    chunks = store.progress(run_id)
    steps = [step for part in chunks for step in range(part.first_step, part.last_step + 1)]
    assert steps == list(range(1, len(steps) + 1))
    return [float(loss) for part in chunks for loss in part.losses]


def performed(store: Store, config: TrainConfig) -> tuple[Run, object]:
    run_id = store.create_run(config).id
    worker.perform(run_id, 0)
    return store.run(run_id), store.events(run_id)[-1][1]


def test_a_run_is_taken_to_its_end(store: Store) -> None:
    run, end = performed(store, SHORT)
    assert (run.status, run.step, run.total_steps) == (Status.FINISHED, 30, 30)
    assert end == Finished(step=30, reason="epochs")
    assert curve(store, run.id) == light.losses_up_to(30)
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


def test_a_run_pauses_frees_the_worker_and_goes_on(store: Store) -> None:
    run_id = store.create_run(TrainConfig(epochs=10, steps_per_call=10), pause_after=1).id
    for turn, until_step in enumerate((11, 25, 30, None)):
        worker.perform(run_id, turn)
        run = store.run(run_id)
        assert (run.status, run.worker) == (Status.PAUSED, None)
        worker.perform(run_id, turn)  # a run that rests is left alone
        store.resume(run_id, pause_after=until_step)
        assert store.run(run_id).step == [1, 11, 25, 30][turn]
    worker.perform(run_id, 4)
    assert store.run(run_id).status == Status.FINISHED
    assert curve(store, run_id) == light.losses_up_to(100)
    begun = [event.step for _, event in store.events(run_id) if isinstance(event, Started)]
    assert begun == [0, 1, 11, 25, 30]


def test_a_task_of_an_earlier_turn_does_nothing(store: Store) -> None:
    run_id = store.create_run(SHORT).id
    store.pause(run_id)
    store.resume(run_id)
    worker.perform(run_id, 0)
    assert store.run(run_id).status == Status.WAITING
    store.claim(run_id, "/host:1/a")
    worker.perform(run_id, 0)
    assert store.run(run_id).worker == "/host:1/a"
    worker.perform(run_id, 1)
    assert store.run(run_id).status == Status.FINISHED


def test_another_learning_rate_reaches_the_training_once(store: Store) -> None:
    run_id = store.create_run(SHORT, pause_after=15).id
    store.set_learning_rate(run_id, 0.5)
    worker.perform(run_id, 0)
    store.set_learning_rate(run_id, 0.25)
    store.resume(run_id)
    worker.perform(run_id, 1)
    changes = [event for _, event in store.events(run_id) if isinstance(event, RateChanged)]
    assert changes == [RateChanged(step=0, learning_rate=0.5), RateChanged(step=15, learning_rate=0.25)]


def damage(home: Path, how: str) -> None:
    (file,) = (home / "weights").iterdir()
    data = file.read_bytes()
    if how == "removed":
        file.unlink()
    else:
        file.write_bytes(data[: len(data) // 2] if how == "truncated" else data[:-40] + b"x" + data[-39:])


@pytest.mark.parametrize("died", [True, False])
@pytest.mark.parametrize(
    ("how", "reason"),
    [("removed", "checkpoint_lost"), ("truncated", "checkpoint_damaged"), ("altered", "checkpoint_damaged")],
)
def test_a_run_whose_checkpoint_is_lost_fails_and_keeps_its_curve(
    store: Store, home: Path, how: str, reason: str, died: bool
) -> None:
    run_id, other = store.create_run(SHORT, pause_after=20).id, store.create_run(SHORT).id
    worker.perform(run_id, 0)
    store.resume(run_id)
    if died:
        store.claim(run_id, "/host:1/a")
        store.append(run_id, chunk(21, 25))
    damage(home, how)
    worker.perform(run_id, 1)
    worker.perform(other, 0)
    end = store.events(run_id)[-1][1]
    assert isinstance(end, Failed)
    assert (end.reason, end.step) == (reason, 25 if died else 20)
    assert len(curve(store, run_id)) == end.step
    assert reason in REASONS
    assert store.run(other).status == Status.FINISHED


def test_a_checkpoint_that_the_database_forgot_is_lost_too(store: Store) -> None:
    run_id = store.create_run(SHORT, pause_after=20).id
    worker.perform(run_id, 0)
    engine = tables.connect(store.url)
    with tables.writing(engine).begin() as connection:
        connection.execute(tables.checkpoints.delete())
    engine.dispose()
    store.resume(run_id)
    worker.perform(run_id, 1)
    end = store.events(run_id)[-1][1]
    assert isinstance(end, Failed)
    assert end.reason == "checkpoint_lost"


def left_behind(store: Store, attempt: str, steps: int = 35) -> str:
    """A run whose worker is gone; its checkpoint was made after step 20."""
    run_id = store.create_run(TrainConfig(epochs=6, steps_per_call=10), pause_after=20).id
    worker.perform(run_id, 0)
    store.resume(run_id)
    store.claim(run_id, attempt)
    store.append(run_id, chunk(21, steps), attempt)
    return run_id


@pytest.mark.parametrize(("server", "deaths"), [("here", 1), ("there", 0)])
def test_a_run_whose_worker_is_gone_goes_on_from_its_checkpoint(
    store: Store, server: str, deaths: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF2LAB_SERVER", "here")
    run_id = left_behind(store, f"{server}/host:1/abc")
    worker.perform(run_id, 1)
    run = store.run(run_id)
    assert (run.status, run.deaths) == (Status.FINISHED, deaths)
    assert curve(store, run_id) == light.losses_up_to(60)
    assert store.resume_point(run_id) is None


def test_the_third_death_is_the_last(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = left_behind(store, "/host:1/abc")
    for _ in range(2):
        store.count_death(run_id, "/host:1/abc")
    monkeypatch.setenv("TF2LAB_TRAINING", "nothing:needed")  # to give a run up takes no TensorFlow
    worker.perform(run_id, 1)
    run, end = store.run(run_id), store.events(run_id)[-1][1]
    assert isinstance(end, Failed)
    assert (end.reason, end.step, run.deaths, len(curve(store, run_id))) == ("worker_died", 35, 3, 35)


def test_a_worker_believed_dead_gives_its_run_up(store: Store) -> None:
    run_id = store.create_run(light.ENDLESS).id
    thread = threading.Thread(target=worker.perform, args=[run_id, 0])
    thread.start()
    name = until(lambda: store.run(run_id).worker if store.run(run_id).step > 0 else None)
    store.take_over(run_id, "/host:1/b", earlier=name)
    ended(thread)
    run = store.run(run_id)
    assert (run.worker, run.is_open) == ("/host:1/b", True)
    light.let_end()
    worker.perform(run_id, 0)
    assert curve(store, run_id) == light.losses_up_to(store.run(run_id).step) != []


def test_what_a_worker_believed_dead_records_until_its_run_is_taken_is_not_done_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It makes another checkpoint in the last moment: the run goes on from there."""
    earlier, take_over = "there/host:1/abc", Store.take_over
    run_id = left_behind(store, earlier)
    work = light.Work(store.run(run_id).config, store.resume_point(run_id), None)
    work.steps(15)

    def take_over_late(self: Store, *args: object, **named: object) -> object:
        losses = work.steps(5)
        self.append(run_id, Progress(first_step=36, losses=losses, accuracies=losses, images_per_second=1e3), earlier)
        self.append(run_id, work.checkpoint(), earlier)
        return take_over(self, *args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Store, "take_over", take_over_late)
    worker.perform(run_id, 1)
    assert store.run(run_id).status == Status.FINISHED, store.events(run_id)[-1]
    assert curve(store, run_id)[35:] == light.losses_up_to(60)[35:]


def test_a_run_that_is_deleted_is_left_alone(store: Store) -> None:
    other = store.create_run(SHORT)
    worker.perform("nobody", 0)
    assert store.open_runs() == [other]
    assert store.events("nobody") == []


def test_a_wish_reaches_the_training(store: Store) -> None:
    run_id = store.create_run(light.ENDLESS).id
    thread = threading.Thread(target=worker.perform, args=[run_id, 0])
    thread.start()
    until(lambda: store.run(run_id).step > 0)
    store.stop(run_id)
    ended(thread)
    run = store.run(run_id)
    assert run.status == Status.STOPPED
    assert store.events(run_id)[-1][1] == Stopped(step=run.step)
    assert 0 < run.step < run.total_steps


def test_a_run_that_is_over_is_left_alone(store: Store) -> None:
    run_id = store.create_run(SHORT).id
    store.stop(run_id)
    before = store.run(run_id), store.events(run_id)
    worker.perform(run_id, 0)
    assert before == (store.run(run_id), store.events(run_id))


def assert_goes_on_to_its_end(store: Store, run_id: str, thread: threading.Thread) -> None:
    """The run makes further steps, is then allowed to end, and has each step once."""
    reached = store.run(run_id).step
    until(lambda: store.run(run_id).step > reached)
    light.let_end()
    ended(thread)
    assert store.run(run_id).status == Status.FINISHED
    assert [part.first_step for part in store.progress(run_id)] == list(range(1, store.run(run_id).step + 1, 10))


def test_a_database_that_is_locked_for_a_moment_costs_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tables, "BUSY_SECONDS", 0.01)
    run_id = store.create_run(light.ENDLESS).id
    thread = threading.Thread(target=worker.perform, args=[run_id, 0])
    thread.start()
    until(lambda: store.run(run_id).step > 0)
    engine = tables.connect(store.url)
    with caplog.at_level(logging.WARNING), tables.writing(engine).begin():
        until(lambda: "the store does not answer" in caplog.text)
    engine.dispose()
    assert_goes_on_to_its_end(store, run_id, thread)


def test_connections_that_the_database_drops_cost_nothing(
    postgres: str, light_worker: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(new_database(postgres, "dropped"))
    monkeypatch.setenv("TF2LAB_DATABASE_URL", store.url)
    run_id = store.create_run(light.ENDLESS).id
    thread = threading.Thread(target=worker.perform, args=[run_id, 0])
    thread.start()
    until(lambda: store.run(run_id).step > 0)
    assert drop_connections(postgres, "dropped")
    assert_goes_on_to_its_end(store, run_id, thread)
    store.close()


def test_the_web_process_imports_neither_tensorflow_nor_the_cluster() -> None:
    heavy = {"tensorflow", "keras", "lib.ml", "distributed", "dask"}
    check = f"import sys, lib.runs.engine.engine; print(sorted({heavy} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"


def test_the_engines_process_has_neither_a_database_nor_pages() -> None:
    needless = {"sqlalchemy", "streamlit", "lib.runs.db", "lib.core.training", "numpy"}
    check = f"import sys, lib.runs.engine.cluster; print(sorted({needless} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"


def test_a_worker_opens_the_database_once_for_all_its_tasks(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Store] = []
    monkeypatch.setattr(worker, "open_store", lambda: opened.append(open_store()) or opened[-1])
    for _ in range(3):
        assert performed(store, SHORT)[0].status == Status.FINISHED
    assert len(opened) == 1


def test_a_worker_whose_database_is_away_opens_it_as_soon_as_it_is_there(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [StoreUnavailable("database", "not yet")] * 2

    def away_at_first() -> Store:
        if answers:
            raise answers.pop()
        return open_store()

    monkeypatch.setattr(worker, "open_store", away_at_first)
    monkeypatch.setattr(attempt, "growing_pauses", lambda: iter([0.0] * 3))
    assert performed(store, SHORT)[0].status == Status.FINISHED
    assert attempt.troubles.code() is None
