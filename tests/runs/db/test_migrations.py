"""Every database ends up with the same tables and records their revision, whatever it was before."""

import json
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from lib.core.training.config import TrainConfig
from lib.core.training.events import Finished, Stopped
from lib.runs.db import migrations, tables
from lib.runs.db.store import Store, StoreUnavailable
from lib.runs.model.group import Kind
from lib.runs.model.run import Status
from tests.runs.db.test_older_database import older_schema
from tests.runs.examples import COMPILED, EVALUATED, STARTED, chunk
from tests.waiting import PATIENCE

CONFIG = TrainConfig(epochs=2, network="lenet")
ADDITIONS = ("add_table", "add_column", "add_index")

LATER = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "9999", {before!r}


def upgrade() -> None:
    op.add_column("runs", sa.Column("mood", sa.String(8), nullable=False, server_default="fine"))
    op.execute({sql!r})
"""
"""A possible later revision."""


@pytest.fixture
def engine(url: str) -> Iterator[sa.Engine]:
    """The same database, bypassing the store."""
    engine = sa.create_engine(tables.address(url))
    yield engine
    engine.dispose()


def noted(engine: sa.Engine) -> list[str]:
    """The revisions that the database records."""
    with engine.connect() as connection:
        return list(connection.execute(sa.text(f"SELECT version_num FROM {migrations.NOTE.name}")).scalars())


def differences(engine: sa.Engine) -> list[Any]:
    """Differences between this version's tables and the database, as found by Alembic."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": migrations.NOTE.name})
        return list(compare_metadata(context, tables.metadata))


def forget_note(engine: sa.Engine) -> None:
    """Turns it into a database of the last version that recorded no revision."""
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP TABLE {migrations.NOTE.name}")


def filled(url: str) -> str:
    """The id of an ended run in a database of the current version."""
    store = Store(url)
    run_id = store.create_run(CONFIG, owner="ann", guess=0.9).id
    for event in (STARTED, COMPILED, chunk(1, 25), EVALUATED, Finished(step=3750, reason="epochs")):
        store.append(run_id, event)
    store.close()
    return run_id


def assert_is_whole(store: Store, run_id: str) -> None:
    run = store.run(run_id)
    assert (run.config, run.owner, run.guess, run.status) == (CONFIG, "ann", 0.9, Status.FINISHED)
    kinds = [type(event).__name__ for _, event in store.events(run_id)]
    assert kinds == ["Started", "Compiled", "Evaluated", "Finished"]
    assert [part.losses.tolist() for part in store.progress(run_id)] == [chunk(1, 25).losses.tolist()]


def test_the_newest_revision_is_the_one_that_is_looked_for() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations.FOLDER))
    script = ScriptDirectory.from_config(config)
    assert script.get_heads() == [migrations.HEAD]
    revisions = [one.revision for one in script.walk_revisions()]
    assert revisions == sorted(revisions, reverse=True), "a later one has a higher number"
    assert {len(revision) for revision in revisions} == {len(migrations.HEAD)}


def test_a_new_database_has_the_tables_of_this_version(url: str, engine: sa.Engine) -> None:
    Store(url).close()
    assert noted(engine) == [migrations.HEAD]
    assert differences(engine) == []


def test_all_revisions_one_after_another_come_to_the_same_tables(url: str, engine: sa.Engine) -> None:
    with engine.begin() as connection:
        migrations.upgrade(connection)
    assert noted(engine) == [migrations.HEAD]
    assert differences(engine) == []
    filled(url)


@pytest.mark.parametrize("earlier", ["0001", "0002"])
def test_a_database_of_each_earlier_revision_is_brought_to_this_one(
    url: str, engine: sa.Engine, earlier: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as then, engine.begin() as connection:
        upgrade = command.upgrade
        then.setattr(command, "upgrade", lambda config, _head: upgrade(config, earlier))
        migrations.upgrade(connection)
        row = {"config": json.dumps(CONFIG.to_dict()), "now": "2026-01-01 10:00:00"}
        insert = (
            "INSERT INTO runs (id, config, status, step, total_steps, owner, guess, created_at) "
            "VALUES ('old', :config, 'finished', 3, 3, 'ann', 0.9, :now)"
        )
        connection.execute(sa.text(insert), row)
    assert noted(engine) == [earlier]
    store = Store(url)
    assert noted(engine) == [migrations.HEAD]
    assert differences(engine) == []
    run = store.run("old")
    assert (run.config, run.owner, run.guess, run.group) == (CONFIG, "ann", 0.9, "")
    store.create_group(Kind.SEEDS, {}, [(CONFIG, "")])
    store.close()


def test_a_database_of_the_version_before_keeps_what_it_holds_and_gets_its_note(url: str, engine: sa.Engine) -> None:
    run_id = filled(url)
    forget_note(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE runs SET accuracy = -1, seconds = 0, device = ''")
    store = Store(url)
    assert noted(engine) == [migrations.HEAD]
    assert differences(engine) == []
    assert_is_whole(store, run_id)
    run = store.run(run_id)
    assert (run.accuracy, run.seconds, run.device) == (EVALUATED.test_accuracy, 10.0, STARTED.device)
    store.append(store.create_run(CONFIG).id, STARTED)
    store.close()


def test_an_older_database_keeps_what_it_holds_and_gets_what_it_lacks(url: str, engine: sa.Engine) -> None:
    with engine.begin() as connection:
        for statement in older_schema(engine.dialect.name):
            connection.exec_driver_sql(statement)
        connection.execute(
            sa.text("UPDATE runs SET config = :config WHERE id = 'over'"), {"config": json.dumps(CONFIG.to_dict())}
        )
    store = Store(url)
    assert noted(engine) == [migrations.HEAD]
    lacking = [change for change in differences(engine) if isinstance(change, tuple) and change[0] in ADDITIONS]
    assert lacking == []
    assert [(run.id, run.status) for run in store.runs()] == [
        ("waits", Status.WAITING),
        ("begun", Status.RUNNING),
        ("over", Status.FINISHED),
    ]
    assert store.run("over").config == CONFIG
    assert store.events("over") == [(7, Stopped(step=5))]
    checkpoint = store.checkpoint("begun")
    assert checkpoint is not None
    assert (checkpoint.step, checkpoint.path) == (20, "/nowhere/x.npz")
    store.close()


def test_many_may_come_first_to_an_older_database_at_the_same_moment(url: str, engine: sa.Engine) -> None:
    run_id = filled(url)
    forget_note(engine)
    together = Barrier(8)

    def open_one(number: int) -> str:
        together.wait(PATIENCE)
        store = Store(url)
        found = store.run(run_id).id
        store.close()
        return found

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(open_one, range(8))) == {run_id}
    assert noted(engine) == [migrations.HEAD]


def test_a_database_of_a_later_version_is_used_as_it_is(url: str, engine: sa.Engine) -> None:
    run_id = filled(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE runs ADD COLUMN mood VARCHAR(8)")
        connection.exec_driver_sql(f"UPDATE {migrations.NOTE.name} SET version_num = '9999'")
    store = Store(url)
    assert_is_whole(store, run_id)
    assert store.create_run(CONFIG).status == Status.WAITING
    assert noted(engine) == ["9999"]
    store.close()


def test_a_database_that_lacks_nothing_is_opened_without_what_takes_long(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = filled(url)
    monkeypatch.setattr(migrations, "upgrade", lambda connection: pytest.fail("it lacked nothing"))
    store = Store(url)
    assert_is_whole(store, run_id)
    store.close()


@contextmanager
def held(engine: sa.Engine) -> Iterator[None]:
    """Keeps other processes from upgrading the database meanwhile."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.connection.driver_connection.isolation_level = None  # type: ignore[union-attr]
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(8412)")
        yield
        connection.rollback()


def test_a_database_that_lacks_but_its_note_can_be_looked_at_while_it_cannot_be_written(
    url: str, engine: sa.Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tables, "BUSY_SECONDS", 0.05)
    run_id = filled(url)
    forget_note(engine)
    with held(engine):
        store = Store(url)
        assert_is_whole(store, run_id)
        store.close()
    assert "lacks nothing but a note of its revision" in caplog.text
    with engine.connect() as connection:
        assert not migrations.is_current(connection)
    Store(url).close()
    assert noted(engine) == [migrations.HEAD]


def test_an_older_database_that_cannot_be_written_is_not_there(
    url: str, engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "BUSY_SECONDS", 0.05)
    with engine.begin() as connection:
        for statement in older_schema(engine.dialect.name):
            connection.exec_driver_sql(statement)
    with held(engine), pytest.raises(StoreUnavailable) as caught:
        Store(url)
    assert caught.value.code == "database_locked"
    store = Store(url)
    assert [run.id for run in store.runs()] == ["waits", "begun", "over"]
    store.close()


GUEST = (
    "CREATE ROLE guest LOGIN",
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO guest",
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO guest",
)
"""Somebody who may use the tables that there are, and make or change none."""


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_who_may_not_change_the_tables_may_use_them_where_they_lack_nothing(url: str, engine: sa.Engine) -> None:
    run_id = filled(url)
    forget_note(engine)
    with engine.begin() as connection:
        for statement in GUEST:
            connection.exec_driver_sql(statement)
    store = Store(url.replace("tester@", "guest@"))
    assert_is_whole(store, run_id)
    assert store.create_run(CONFIG).status == Status.WAITING
    store.close()
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE runs DROP COLUMN pinned")
    with pytest.raises(StoreUnavailable, match=r"permission denied|must be owner") as caught:
        Store(url.replace("tester@", "guest@"))
    assert caught.value.code == "database_schema"
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP OWNED BY guest")
        connection.exec_driver_sql("DROP ROLE guest")


def test_a_note_that_was_never_made_by_us_says_that_the_store_is_not_there(url: str, engine: sa.Engine) -> None:
    run_id = filled(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE {migrations.NOTE.name} SET version_num = '0000'")
    with pytest.raises(StoreUnavailable, match="0000") as caught:
        Store(url)
    assert caught.value.code == "database_schema"
    with engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE {migrations.NOTE.name} SET version_num = '{migrations.HEAD}'")
    store = Store(url)
    assert_is_whole(store, run_id)
    store.close()


def next_version(folder: Path, monkeypatch: pytest.MonkeyPatch, sql: str) -> None:
    """Adds a revision, which ends with the statement `sql`, and makes it HEAD."""
    shutil.copytree(migrations.FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "r9999_mood.py").write_text(LATER.format(sql=sql, before=migrations.HEAD))
    monkeypatch.setattr(migrations, "FOLDER", folder)
    monkeypatch.setattr(migrations, "HEAD", "9999")


def moods(engine: sa.Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(sa.text("SELECT mood FROM runs")).scalars())


@pytest.mark.parametrize("has_note", [True, False])
def test_the_version_after_this_one_changes_the_tables_that_hold_data(
    url: str, engine: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_note: bool
) -> None:
    run_id = filled(url)
    if not has_note:
        forget_note(engine)
    next_version(tmp_path / "next 100%", monkeypatch, "UPDATE runs SET mood = 'good' WHERE status = 'finished'")
    store = Store(url)
    assert noted(engine) == ["9999"]
    assert moods(engine) == ["good"]
    assert_is_whole(store, run_id)
    store.close()


def test_a_revision_that_is_refused_leaves_everything_as_it_was(
    url: str, engine: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = filled(url)
    with monkeypatch.context() as after:
        next_version(tmp_path / "next", after, "UPDATE runs SET id = NULL")
        with pytest.raises(StoreUnavailable) as caught:
            Store(url)
    assert caught.value.code == "database_schema"
    assert noted(engine) == [migrations.HEAD]
    assert differences(engine) == []
    store = Store(url)
    assert_is_whole(store, run_id)
    store.close()
