from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from lib.core.seeds import SCHEME
from lib.core.training.config import TrainConfig
from lib.core.training.control import ControlRequests
from lib.core.training.events import Checkpoint, Failed, Finished, Paused, Progress, RateChanged, Stopped
from lib.runs.artifacts import ArtifactMissing
from lib.runs.db import tables
from lib.runs.db.store import Store, open_store
from lib.runs.model.run import RunOver, Status, StepRepeated, UnknownRun
from lib.runs.model.unavailable import StoreUnavailable
from tests.runs.examples import COMPILED, EVALUATED, STARTED, chunk

CONFIG = TrainConfig(epochs=2, learning_rate=0.003, network="lenet")


def test_a_new_run_waits(store: Store) -> None:
    run = store.create_run(CONFIG)
    assert (run.status, run.step, run.total_steps, run.ended_at) == (Status.WAITING, 0, 0, None)
    assert (run.owner, run.guess, run.requests, run.pinned, run.deaths) == ("", None, ControlRequests(), False, 0)
    assert run.is_open
    assert not run.is_over
    assert run.config == CONFIG
    assert run == store.run(run.id)
    assert timedelta(0) <= datetime.now(UTC) - run.created_at < timedelta(seconds=30)


def test_ids_are_long_and_differ(store: Store) -> None:
    ids = {store.create_run(CONFIG).id for _ in range(20)}
    assert len(ids) == 20
    assert all(len(run_id) >= 10 and run_id.replace("-", "").replace("_", "").isalnum() for run_id in ids)


def test_an_unknown_run_is_refused_everywhere(store: Store) -> None:
    for ask in (store.run, store.requests, store.stop, store.pause, store.resume, store.pin):
        with pytest.raises(UnknownRun, match="nobody"):
            ask("nobody")
    with pytest.raises(UnknownRun):
        store.append("nobody", COMPILED)
    with pytest.raises(UnknownRun):
        store.append("nobody", Checkpoint(step=1, weights={}))
    assert store.events("nobody") == []
    assert store.progress("nobody") == []
    assert store.weights("nobody") is None


def test_status_and_step_follow_from_the_log(store: Store) -> None:
    run_id = store.create_run(CONFIG).id
    seen = []
    for event in (STARTED, COMPILED, chunk(1, 25), EVALUATED, Finished(step=3750, reason="epochs")):
        store.append(run_id, event)
        run = store.run(run_id)
        seen.append((run.status, run.step))
    assert seen == [("starting", 0), ("running", 0), ("running", 25), ("running", 1875), ("finished", 3750)]
    assert run.total_steps == STARTED.total_steps
    assert not run.is_open
    assert run.ended_at is not None
    assert run.ended_at >= run.created_at


def test_what_was_drawn_once_stays_drawn_by_its_scheme(store: Store) -> None:
    """A run of an older version, which told of no scheme, goes on here from the weights that it has."""
    run_id = store.create_run(CONFIG).id
    assert store.run(run_id).scheme == SCHEME
    store.append(run_id, replace(STARTED, scheme=None))
    assert store.run(run_id).scheme == 1
    for event in (chunk(1, 25), Paused(step=25), replace(STARTED, step=25, scheme=None)):
        store.append(run_id, event)
        assert store.run(run_id).scheme == 1


@pytest.mark.parametrize("end", [Stopped(step=9), Failed(step=9, reason="error", detail="\0 한", suspects=("epochs",))])
def test_other_ends(store: Store, end: Stopped | Failed) -> None:
    run_id = store.create_run(CONFIG).id
    store.append(run_id, end)
    assert store.run(run_id).status == type(end).__name__.lower()
    assert store.events(run_id) == [(1, end)]


def test_events_come_back_in_order_and_from_where_one_was(store: Store) -> None:
    run_id, other = store.create_run(CONFIG).id, store.create_run(CONFIG).id
    for event in (STARTED, chunk(1, 25), COMPILED):
        store.append(run_id, event)
        store.append(other, event)
    assert store.events(run_id) == [(1, STARTED), (2, COMPILED)]
    assert store.events(run_id, after=1) == [(2, COMPILED)]
    assert store.events(run_id, after=2) == []


def test_nothing_is_added_to_a_run_that_is_over(store: Store, home: Path) -> None:
    run_id = store.create_run(CONFIG).id
    store.append(run_id, Stopped(step=3))
    before = store.run(run_id)
    for event in (STARTED, chunk(1, 2), Finished(step=3, reason="epochs"), Checkpoint(step=3, weights={})):
        with pytest.raises(RunOver, match="stopped"):
            store.append(run_id, event)
    assert store.run(run_id) == before
    assert len(store.events(run_id)) == 1
    assert list((home / "weights").iterdir()) == []


def test_progress_comes_back_exactly(store: Store) -> None:
    run_id = store.create_run(CONFIG).id
    losses = np.array([1.5, np.nan, np.inf, 1e-30], np.float32)
    sent = Progress(first_step=1, losses=losses, accuracies=losses[::-1], images_per_second=float("nan"))
    store.append(run_id, sent)
    (back,) = store.progress(run_id)
    assert (back.first_step, back.last_step) == (1, 4)
    assert back.losses.dtype == np.float32
    assert back.losses.tobytes() == losses.tobytes()
    assert back.accuracies.tobytes() == losses[::-1].tobytes()
    assert np.isnan(back.images_per_second)


def test_progress_from_where_one_was(store: Store) -> None:
    run_id = store.create_run(CONFIG).id
    for first in (1, 26, 51):
        store.append(run_id, chunk(first, first + 24))
    assert [part.first_step for part in store.progress(run_id)] == [1, 26, 51]
    assert [part.first_step for part in store.progress(run_id, after_step=25)] == [26, 51]
    assert [part.first_step for part in store.progress(run_id, after_step=30)] == [26, 51]
    assert store.progress(run_id, after_step=75) == []


@pytest.mark.parametrize("again", [chunk(1, 25), chunk(25, 30), chunk(10, 12)])
def test_no_step_is_recorded_twice(store: Store, again: Progress) -> None:
    run_id = store.create_run(CONFIG).id
    store.append(run_id, chunk(1, 25))
    with pytest.raises(StepRepeated, match="step 25"):
        store.append(run_id, again)
    assert store.run(run_id).step == 25
    assert len(store.progress(run_id)) == 1


def test_what_a_worker_sends_again_for_want_of_an_answer_is_recorded_once(store: Store) -> None:
    """A database that is restarted in the moment of a commit keeps the event, and its worker does not hear of it."""
    run_id = store.create_run(CONFIG).id
    store.claim(run_id, "w")
    changed = RateChanged(step=25, learning_rate=0.5)
    for event in (chunk(1, 25), chunk(1, 25), changed, changed, chunk(26, 50), chunk(26, 50)):
        store.append(run_id, event, "w")
    assert [part.first_step for part in store.progress(run_id)] == [1, 26]
    assert [event for _, event in store.events(run_id)] == [changed]
    with pytest.raises(StepRepeated):
        store.append(run_id, replace(chunk(26, 50), images_per_second=1.0), "w")


def test_a_commit_without_an_answer_does_not_lose_its_weights(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = store.create_run(CONFIG).id
    store.claim(run_id, "w")
    whole = Checkpoint(step=25, weights={"a": np.ones(3, np.float32)}, state={"b": np.ones(1)})
    commit = sa.Connection._commit_impl

    def lost(connection: sa.Connection) -> None:
        commit(connection)
        raise sa.exc.OperationalError("COMMIT", {}, Exception("the connection was lost"))

    with monkeypatch.context() as patch:
        patch.setattr(sa.Connection, "_commit_impl", lost)
        with pytest.raises(StoreUnavailable):
            store.append(run_id, whole, "w")
    back = store.resume_point(run_id)
    assert back is not None
    assert back.step == 25
    store.append(run_id, whole, "w")
    assert store.resume_point(run_id) is not None


def test_runs_newest_first_and_open_ones_oldest_first(store: Store) -> None:
    ids = [store.create_run(CONFIG).id for _ in range(4)]
    store.append(ids[1], Stopped(step=0))
    assert [run.id for run in store.runs()] == ids[::-1]
    assert [run.id for run in store.runs(limit=2)] == ids[:1:-1]
    assert [run.id for run in store.open_runs()] == [ids[0], ids[2], ids[3]]


def test_the_place_in_the_queue(store: Store) -> None:
    runs = [store.create_run(CONFIG) for _ in range(3)]
    assert [len(store.queue(run)) for run in runs] == [0, 1, 2]
    assert store.queue(runs[2]) == (runs[0], runs[1])
    store.append(runs[0].id, STARTED)
    assert len(store.queue(runs[2])) == 2
    store.append(runs[0].id, Stopped(step=0))
    assert [len(store.queue(run)) for run in runs] == [0, 0, 1]


def test_stop_takes_a_waiting_run_out_of_the_queue(store: Store) -> None:
    run = store.create_run(CONFIG)
    store.stop(run.id)
    assert store.run(run.id).status == Status.STOPPED
    assert store.events(run.id) == [(1, Stopped(step=0))]
    assert store.claim(run.id, "worker").worker is None


def test_stop_is_left_for_the_worker_of_a_run_under_way(store: Store) -> None:
    run = store.create_run(CONFIG)
    store.claim(run.id, "worker")
    assert not store.requests(run.id).stop
    store.stop(run.id)
    assert store.requests(run.id).stop
    assert store.run(run.id).status == Status.STARTING


def test_only_one_worker_claims_a_run(store: Store) -> None:
    run_id = store.create_run(CONFIG).id
    first, second = store.claim(run_id, "a"), store.claim(run_id, "b")
    assert (first.worker, second.worker) == ("a", "a")
    assert first.claimed_at == second.claimed_at is not None
    assert first.status == Status.STARTING


def test_a_run_moves_between_engines_once(store: Store) -> None:
    run_id = store.create_run(CONFIG).id
    assert store.assign(run_id, "a", earlier=None)
    assert not store.assign(run_id, "b", earlier=None)
    assert store.assign(run_id, "b", earlier="a")
    store.append(run_id, Stopped(step=0))
    assert not store.assign(run_id, "c", earlier="b")
    assert store.run(run_id).engine == "b"


def test_only_the_newest_checkpoint_is_kept(store: Store, home: Path) -> None:
    run_id = store.create_run(CONFIG).id
    assert store.checkpoint(run_id) is None
    for step in (5, 5, 10):
        store.append(run_id, Checkpoint(step=step, weights={"a": np.full(2, step)}))
    artifact = store.checkpoint(run_id)
    assert artifact is not None
    assert artifact.step == store.run(run_id).step == 10
    newest = store.weights(run_id)
    assert newest is not None
    assert newest.weights["a"].tolist() == [10, 10]
    (file,) = (home / "weights").iterdir()
    file.unlink()
    with pytest.raises(ArtifactMissing):
        store.weights(run_id)


def test_settings_of_another_version_do_not_break_the_run(url: str, store: Store) -> None:
    run_id = store.create_run(CONFIG).id
    old = '{"network": "transformer", "epochs": 7, "batch_size": 0, "hat": "red"}'
    engine = tables.connect(url)
    with tables.writing(engine).begin() as connection:
        connection.execute(tables.runs.update().values(config=old))
    engine.dispose()
    (run,) = store.runs()
    assert run.id == run_id
    assert run.config == TrainConfig(epochs=7)
    assert set(run.unread) == {"network", "batch_size", "hat"}


def test_an_event_of_another_version_is_passed_over(url: str, store: Store) -> None:
    run_id = store.create_run(CONFIG).id
    store.append(run_id, STARTED)
    engine = tables.connect(url)
    row = {"run_id": run_id, "sequence": 2, "kind": "Teleported", "body": "{}"}
    with tables.writing(engine).begin() as connection:
        connection.execute(tables.events.insert().values(row))
    engine.dispose()
    store.append(run_id, COMPILED)
    assert store.events(run_id) == [(1, STARTED), (3, COMPILED)]


def test_by_default_the_store_is_a_file_in_the_apps_folder(home: Path) -> None:
    store = open_store()
    store.create_run(CONFIG)
    store.close()
    assert (home / "tf2lab.db").exists()


def test_the_environment_names_another_database(url: str, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    run = store.create_run(CONFIG)
    monkeypatch.setenv("TF2LAB_DATABASE_URL", url.replace("postgresql://", "postgres://"))
    other = open_store()
    assert other.run(run.id) == run
    other.close()


def test_a_relative_file_is_the_same_one_for_every_process(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    store = Store("sqlite:///here.db")
    assert store.url == f"sqlite:///{home / 'here.db'}"
    store.close()


def test_sqlite_is_set_up_for_several_processes(home: Path) -> None:
    engine = tables.connect(f"sqlite:///{home / 'x.db'}")
    with engine.connect() as connection:
        found = [connection.execute(sa.text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "foreign_keys")]
        assert found == ["wal", 1]
        assert connection.execute(sa.text("PRAGMA busy_timeout")).scalar() == tables.BUSY_SECONDS * 1000
    engine.dispose()
