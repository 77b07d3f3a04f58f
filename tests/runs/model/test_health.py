"""Full disks, locked or read-only databases: caused, and then cured."""

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from lib.core.training.config import TrainConfig
from lib.core.training.events import REASONS, Failed
from lib.runs.db import tables
from lib.runs.db.store import Store, StoreUnavailable, open_store
from lib.runs.engine import heartbeat
from lib.runs.model.health import HealthRegistry
from lib.runs.model.run import Status
from lib.runs.worker import attempt, worker
from tests.runs import light
from tests.runs.postgres import drop_connections, new_database
from tests.runs.processes import engine_on, ready
from tests.runs.small_disk import SmallDisk, small_disk
from tests.waiting import ended, until

SHORT = TrainConfig(epochs=3, steps_per_call=10)
RUN = replace(light.ENDLESS, patience=100, train_size=50_000)
"""Its weights take 200 KB, and its records alone need minutes to fill a small disk."""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 0.2)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk") as disk:
        yield disk


@pytest.fixture
def weights_on_disk(disk: SmallDisk, monkeypatch: pytest.MonkeyPatch) -> SmallDisk:
    monkeypatch.setenv("TF2LAB_ARTIFACTS", str(disk.folder / "weights"))
    return disk


@pytest.fixture
def database_on_disk(disk: SmallDisk, monkeypatch: pytest.MonkeyPatch) -> SmallDisk:
    monkeypatch.setenv("TF2LAB_DATABASE_URL", f"sqlite:///{disk.folder / 'tf2lab.db'}")
    return disk


def losses(store: Store, run_id: str) -> list[float]:
    return [float(loss) for part in store.progress(run_id) for loss in part.losses]


def assert_finished(store: Store, run_id: str) -> None:
    """Lets the run end and waits for it; all its steps were made."""
    light.let_end()
    until(lambda: store.run(run_id).is_over)
    assert store.run(run_id).status == Status.FINISHED, store.events(run_id)[-1]
    assert losses(store, run_id) == light.losses_up_to(store.run(run_id).step) != []


@pytest.fixture
def opened(store: Store, light_worker: None, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store with the database that the workers in this process use."""
    monkeypatch.setenv("TF2LAB_DATABASE_URL", store.url)
    monkeypatch.setattr(attempt, "troubles", HealthRegistry())
    return store


def test_weights_find_no_room(weights_on_disk: SmallDisk) -> None:
    store = open_store()
    with engine_on(store) as engine:
        ready(engine)
        paused, failing = store.create_run(RUN, pause_after=10).id, store.create_run(RUN).id
        engine.wake()
        until(lambda: store.run(paused).status == Status.PAUSED)
        until(lambda: store.run(failing).step > 50)
        until(lambda: weights_on_disk.fill() or store.run(failing).is_over)
        end = store.events(failing)[-1][1]
        assert isinstance(end, Failed)
        assert end.reason == "disk_full"
        assert losses(store, failing) == light.losses_up_to(end.step)
        assert until(lambda: engine.state().trouble) == "disk_full"
        weights_on_disk.empty()
        until(lambda: engine.state().trouble is None)
        store.resume(paused)
        engine.wake()
        assert_finished(store, paused)
    store.close()


def test_weights_may_not_be_written(weights_on_disk: SmallDisk) -> None:
    store = open_store()
    with engine_on(store) as engine:
        ready(engine)
        weights_on_disk.forbid_writing()
        failing = store.create_run(SHORT).id
        engine.wake()
        until(lambda: store.run(failing).is_over)
        end = store.events(failing)[-1][1]
        assert isinstance(end, Failed)
        assert end.reason == "weights_read_only"
        assert until(lambda: engine.state().trouble) == "weights_read_only"
        weights_on_disk.allow_writing()
        until(lambda: engine.state().trouble is None)
        fine = store.create_run(SHORT).id
        engine.wake()
        assert_finished(store, fine)
    store.close()


def test_the_database_finds_no_room_and_the_run_goes_on_afterwards(database_on_disk: SmallDisk) -> None:
    store = open_store()
    with engine_on(store) as engine:
        pid = ready(engine)
        run_id = store.create_run(RUN).id
        engine.wake()
        until(lambda: store.run(run_id).step > 50)
        assert until(lambda: database_on_disk.fill() or engine.state().trouble) == "disk_full"
        assert store.run(run_id).is_open
        with pytest.raises(StoreUnavailable, match="disk_full"):
            until(lambda: store.create_run(RUN) and None)
        database_on_disk.empty()
        assert_finished(store, run_id)
        until(lambda: engine.state().trouble is None)
        assert engine.state().workers[0].pid == pid
        for run in store.open_runs():
            store.stop(run.id)
    store.close()


def test_nothing_finds_any_room(database_on_disk: SmallDisk, weights_on_disk: SmallDisk) -> None:
    store = open_store()
    with engine_on(store) as engine:
        ready(engine)
        run_id = store.create_run(RUN).id
        engine.wake()
        until(lambda: store.run(run_id).step > 50)
        assert until(lambda: database_on_disk.fill() or engine.state().trouble) == "disk_full"
        database_on_disk.empty()
        light.let_end()
        run = until(lambda: store.run(run_id) if store.run(run_id).is_over else None)
        # Whether the end could still be written while nothing else could is a matter of pages that SQLite had left.
        if run.status == Status.FAILED:
            assert store.events(run_id)[-1][1].reason == "disk_full"  # type: ignore[union-attr]
            assert losses(store, run_id) == light.losses_up_to(run.step)
        else:
            assert_finished(store, run_id)
        until(lambda: engine.state().trouble is None)
    store.close()


def test_a_read_only_database_is_told_and_its_runs_are_performed_afterwards(database_on_disk: SmallDisk) -> None:
    store = open_store()
    run_id = store.create_run(SHORT).id
    store.close()
    database_on_disk.forbid_writing()
    with engine_on(store) as engine:
        assert until(lambda: engine.state().trouble) == "database_read_only"
        ready(engine)
        with pytest.raises(StoreUnavailable, match="database_read_only"):
            store.create_run(SHORT)
        database_on_disk.allow_writing()
        assert_finished(store, run_id)
        until(lambda: engine.state().trouble is None)
    store.close()


def test_a_read_only_postgresql_is_told_and_its_runs_go_on_afterwards(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = new_database(postgres, "read_only")
    monkeypatch.setenv("TF2LAB_DATABASE_URL", url)
    store = open_store()

    def set_read_only(value: str) -> None:
        # Connections that are open keep what they began with.
        change = f"ALTER DATABASE read_only SET default_transaction_read_only = {value}"
        drop_connections(postgres, "read_only", change)

    with engine_on(store) as engine:
        run_id = store.create_run(RUN).id
        until(lambda: store.run(run_id).step > 50)
        set_read_only("on")
        assert until(lambda: engine.state().trouble == "database_read_only")
        assert store.run(run_id).is_open
        set_read_only("off")
        assert_finished(store, run_id)
        until(lambda: engine.state().trouble is None)
    store.close()


def hold(store: Store, run_id: str) -> sa.Connection:
    """A connection that locks the run against changes by others."""
    connection = sa.create_engine(tables.address(store.url)).connect()
    if connection.dialect.name == "sqlite":
        connection.connection.driver_connection.isolation_level = None  # type: ignore[union-attr]
        connection.exec_driver_sql("BEGIN EXCLUSIVE")
    else:
        connection.exec_driver_sql("LOCK TABLE runs, engines IN EXCLUSIVE MODE")
    return connection


def waits_in(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """The log records of an attempt that waits."""
    return [record for record in caplog.records if record.name == attempt.__name__]


def test_a_database_locked_for_longer_than_anybody_waits(
    opened: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tables, "BUSY_SECONDS", 0.05)
    monkeypatch.setattr(attempt, "growing_pauses", lambda: iter([0.2, 0.5, *[1.0] * 30]))
    store = Store(opened.url)
    run_id = store.create_run(RUN).id
    beating = HealthRegistry()
    watch = heartbeat.Heartbeat(store, beating, "engine")
    thread = threading.Thread(target=worker.perform, args=[run_id, 0])
    thread.start()
    until(lambda: store.run(run_id).step > 50)
    other = hold(store, run_id)
    until(lambda: attempt.troubles.code() == "database_locked")
    until(lambda: beating.code() == "database_locked")
    with pytest.raises(StoreUnavailable, match="database_locked"):
        store.create_run(SHORT) if "sqlite" in store.url else store.stop(run_id)
    caplog.clear()
    since = time.monotonic()
    waits = until(lambda: found if len(found := waits_in(caplog)) >= 3 else [])
    assert len(waits) <= 3 + (time.monotonic() - since), "asked again now and then, not all the time"
    assert {record.levelno for record in waits} == {logging.WARNING}
    other.close()
    other.engine.dispose()
    light.let_end()
    ended(thread)
    assert_finished(store, run_id)
    assert attempt.troubles.code() is None
    until(lambda: beating.code() is None)
    watch.close()
    store.close()


def test_an_engine_outlives_a_store_that_is_away(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    url = new_database(postgres, "away")
    monkeypatch.setenv("TF2LAB_DATABASE_URL", url)
    store = open_store()

    def allow(value: str) -> None:
        drop_connections(postgres, "away", f"ALTER DATABASE away ALLOW_CONNECTIONS {value}")

    with engine_on(store) as engine:
        pid = ready(engine)
        run_id = store.create_run(RUN).id
        engine.wake()
        until(lambda: store.run(run_id).step > 50)
        allow("false")
        assert until(lambda: engine.state().trouble) == "database"
        with pytest.raises(StoreUnavailable, match="database"):
            store.run(run_id)
        allow("true")
        until(lambda: engine.state().trouble is None)
        assert_finished(store, run_id)
        assert ready(engine) == pid
    store.close()


def test_every_trouble_that_ends_a_run_has_words() -> None:
    assert {"disk_full", "weights_read_only", "weights_unreachable"} <= REASONS.keys()
