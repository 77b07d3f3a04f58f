"""The database: its tables, and connections that behave alike on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from lib.runs.run import Status

BUSY_SECONDS = 15
"""How long a writer waits for another one before SQLite says 'database is locked'."""


class Moment(sa.TypeDecorator[datetime]):
    """An aware datetime in UTC, stored without a zone: SQLite knows none."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value else None


# Kept as its lower-case text, which any version and any tool can read.
STATUS = sa.Enum(Status, native_enum=False, create_constraint=False, length=16, values_callable=list)

metadata = sa.MetaData()


def _run_id() -> sa.Column[str]:
    return sa.Column("run_id", sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)


runs = sa.Table(
    "runs",
    metadata,
    # The order of creation: moments can be equal, numbers cannot.
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("id", sa.String(32), nullable=False, unique=True),
    sa.Column("config", sa.Text, nullable=False),
    sa.Column("status", STATUS, nullable=False, index=True),
    sa.Column("step", sa.Integer, nullable=False, default=0),
    sa.Column("total_steps", sa.Integer, nullable=False, default=0),
    sa.Column("wish", sa.String(64)),
    sa.Column("engine", sa.String(128)),
    sa.Column("worker", sa.String(255)),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("claimed_at", Moment),
    sa.Column("ended_at", Moment),
    # A number is never given twice, not even after the newest run was deleted.
    sqlite_autoincrement=True,
)

events = sa.Table(
    "events",
    metadata,
    _run_id(),
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)

progress = sa.Table(
    "progress",
    metadata,
    _run_id(),
    sa.Column("last_step", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("first_step", sa.Integer, nullable=False),
    sa.Column("losses", sa.LargeBinary, nullable=False),
    sa.Column("accuracies", sa.LargeBinary, nullable=False),
    sa.Column("images_per_second", sa.Float(53)),  # NULL is not a number: SQLite keeps no NaN
)

checkpoints = sa.Table(
    "checkpoints",
    metadata,
    _run_id(),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
)


def address(url: str) -> sa.URL:
    """The URL that means the same database in every process, with the driver that we use."""
    # Many hosts hand out the old scheme, which SQLAlchemy no longer takes.
    found = sa.make_url(url.replace("postgres://", "postgresql://", 1))
    if found.drivername == "postgresql":
        return found.set(drivername="postgresql+psycopg")
    if found.get_backend_name() == "sqlite" and found.database:
        # A worker may have another working folder.
        return found.set(database=str(Path(found.database).absolute()))
    return found


def connect(url: str) -> sa.Engine:
    """A pool of connections to the database at `url`, for any thread; tables are made where missing."""
    if address(url).get_backend_name() == "sqlite":
        engine = sa.create_engine(address(url), connect_args={"timeout": BUSY_SECONDS})
        sa.event.listen(engine, "connect", _set_up_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    else:
        engine = sa.create_engine(address(url), pool_pre_ping=True)
    _create_tables(engine)
    return engine


def writing(engine: sa.Engine) -> sa.Engine:
    """The same pool for transactions that write: SQLite lets them in one at a time from their first statement on.

    A SQLite transaction that begins by reading and then writes can be refused at once, whatever its timeout.
    """
    return engine.execution_options(writes=True)


def _create_tables(engine: sa.Engine) -> None:
    """Web process and workers may come first at the same moment: SQLite takes turns, PostgreSQL needs a lock."""
    with writing(engine).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(8412)"))
        metadata.create_all(connection)


def _set_up_sqlite(connection: Any, record: object) -> None:
    # The driver must not begin transactions by itself: `_begin_sqlite` does.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
