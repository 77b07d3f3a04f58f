"""The database: its tables, and connections that behave alike on SQLite and PostgreSQL."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from lib.runs.db import migrations
from lib.runs.model.health import OUR_MISTAKES
from lib.runs.model.listing import NAME_LENGTH
from lib.runs.model.run import Status
from lib.runs.model.unavailable import StoreUnavailable

logger = logging.getLogger(__name__)

BUSY_SECONDS = 15
"""How long a writer waits for another before the database reports that it is locked."""


class Moment(sa.TypeDecorator[datetime]):
    """A timezone-aware datetime in UTC, stored without a zone, because SQLite has none."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value else None


# Stored as its lower-case text, which any version and tool can read.
STATUS = sa.Enum(Status, native_enum=False, create_constraint=False, length=16, values_callable=list)

metadata = sa.MetaData()


def _run_id() -> sa.Column[str]:
    return sa.Column("run_id", sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)


TRAIN = "train"
"""The kind of a training run; the other kinds are in `lib.core.studies.configs.KINDS`."""

DEVICE_LENGTH = 80
"""Characters of a device's name that are kept for lists."""
OPENED_LENGTH, PLACE_LENGTH = 200, 64
"""Characters of the page that a teacher has opened for all, and of the place where a member is."""

runs = sa.Table(
    "runs",
    metadata,
    # The order of creation: timestamps can be equal, numbers cannot.
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("id", sa.String(32), nullable=False, unique=True),
    sa.Column("kind", sa.String(16), nullable=False, server_default=TRAIN),
    sa.Column("config", sa.Text, nullable=False),
    sa.Column("status", STATUS, nullable=False, index=True),
    sa.Column("step", sa.Integer, nullable=False, default=0),
    sa.Column("total_steps", sa.Integer, nullable=False, default=0),
    # The number of the newest event: never reused, even if events were removed.
    sa.Column("sequence", sa.Integer, nullable=False, server_default="0"),
    sa.Column("owner", sa.String(64), nullable=False, server_default=""),
    sa.Column("guess", sa.Float(53)),
    # The run whose weights this one began with. Not a foreign key: it may be deleted, or on another server.
    sa.Column("base", sa.String(32), nullable=False, server_default=""),
    # The group that it was started with, empty for a run alone.
    sa.Column("group_id", sa.String(32), nullable=False, server_default=""),
    # The room whose member or teacher started it, empty outside of a class.
    sa.Column("room_id", sa.String(32), nullable=False, server_default=""),
    sa.Column("stop_wished", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("pause_after", sa.Integer),
    sa.Column("rate_wished", sa.Float(53)),
    # How its random numbers were drawn (lib.core.seeds). Versions that only had the first scheme leave it out.
    sa.Column("scheme", sa.Integer, nullable=False, server_default="1"),
    sa.Column("pinned", sa.Boolean, nullable=False, server_default=sa.false()),
    # What lists of runs show and are sorted by, from the run's events: the accuracy on the test images after the newest
    # epoch (-1 before the first), the seconds of all epochs, and the device.
    sa.Column("accuracy", sa.Float(53), nullable=False, server_default="-1"),
    sa.Column("seconds", sa.Float(53), nullable=False, server_default="0"),
    sa.Column("device", sa.String(DEVICE_LENGTH), nullable=False, server_default=""),
    # The visitor's name for it, and the time when they deleted it, which can be undone for a while.
    sa.Column("name", sa.String(NAME_LENGTH), nullable=False, server_default=""),
    sa.Column("deleted_at", Moment),
    sa.Column("deaths", sa.Integer, nullable=False, server_default="0"),
    sa.Column("turn", sa.Integer, nullable=False, server_default="0"),
    sa.Column("engine", sa.String(128)),
    sa.Column("worker", sa.String(255)),
    # The host that was not idle when a comparison was last refused, and the time of that refusal.
    sa.Column("stands_on", sa.String(255)),
    sa.Column("stands_at", Moment),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("queued_at", Moment),  # NULL if an older version wrote it: then created_at counts
    sa.Column("claimed_at", Moment),
    sa.Column("ended_at", Moment),
    # For lists of runs: a visitor's or everybody's, the newest or the best first.
    sa.Index("ix_runs_owner_number", "owner", "kind", "number"),
    sa.Index("ix_runs_owner_accuracy", "owner", "kind", "accuracy"),
    sa.Index("ix_runs_kind_number", "kind", "number"),
    sa.Index("ix_runs_kind_accuracy", "kind", "accuracy"),
    sa.Index("ix_runs_deleted_at", "deleted_at"),
    sa.Index("ix_runs_group_number", "group_id", "number"),
    sa.Index("ix_runs_room_number", "room_id", "number"),
    # A number is never reused, not even after the newest run was deleted.
    sqlite_autoincrement=True,
)

# Runs that one press started.
groups = sa.Table(
    "groups",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("plan", sa.Text, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Index("ix_groups_owner_created", "owner", "created_at"),
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
    sa.Column("images_per_second", sa.Float(53)),  # NULL means NaN, which SQLite cannot store
)

checkpoints = sa.Table(
    "checkpoints",
    metadata,
    _run_id(),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    # Covers the weights alone, if the file holds more.
    sa.Column("weights_sha256", sa.String(64)),
    # The resume point: the newest file with the necessary state, and the newest event before it.
    sa.Column("state_step", sa.Integer),
    sa.Column("state_path", sa.Text),
    sa.Column("state_sha256", sa.String(64)),
    sa.Column("state_sequence", sa.Integer),
)

# The digits that a run is tuned on, as they were when it was requested.
tunings = sa.Table("tunings", metadata, _run_id(), sa.Column("digits", sa.LargeBinary, nullable=False))

own_digits = sa.Table(
    "own_digits",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("owner", sa.String(64), nullable=False, index=True),
    sa.Column("label", sa.SmallInteger, nullable=False),
    sa.Column("image", sa.LargeBinary, nullable=False),
    sa.Column("kept_at", Moment, nullable=False),
    # A number is never reused: an outdated page must not name another digit than the one it shows.
    sqlite_autoincrement=True,
)

snapshots = sa.Table(
    "snapshots",
    metadata,
    _run_id(),
    sa.Column("step", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
)

# A class: see lib.runs.model.room.
rooms = sa.Table(
    "rooms",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    # NULL once the room has ended: its code is free for another one.
    sa.Column("code", sa.String(8), unique=True),
    sa.Column("code_expires_at", Moment, nullable=False),
    sa.Column("teacher", sa.String(64), nullable=False, index=True),
    # The SHA-256 of the secret in the link that moves the teacher's rights; NULL if there is no such link.
    sa.Column("secret_sha256", sa.String(64), unique=True),
    sa.Column("paused", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("held", sa.Text, nullable=False, server_default="[]"),
    sa.Column("opened", sa.String(OPENED_LENGTH), nullable=False, server_default=""),
    sa.Column("opened_at", Moment),
    sa.Column("locked", sa.Text, nullable=False, server_default="[]"),
    sa.Column("hidden", sa.Text, nullable=False, server_default="[]"),
    sa.Column("names_hidden", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("doors", sa.String(8), nullable=False, server_default="open"),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("used_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
)


def _room_id(primary_key: bool = True) -> sa.Column[str]:
    return sa.Column("room_id", sa.ForeignKey("rooms.id", ondelete="CASCADE"), primary_key=primary_key, nullable=False)


room_members = sa.Table(
    "room_members",
    metadata,
    _room_id(),
    sa.Column("visitor", sa.String(64), primary_key=True),
    sa.Column("nickname", sa.String(32), nullable=False),
    sa.Column("admitted", sa.Boolean, nullable=False),
    sa.Column("removed", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("joined_at", Moment, nullable=False),
    sa.Column("seen_at", Moment, nullable=False),
    sa.Column("place", sa.String(PLACE_LENGTH), nullable=False, server_default=""),
    sa.Column("doing", sa.String(32), nullable=False, server_default=""),
    sa.Index("ix_room_members_visitor", "visitor", "joined_at"),
    sa.Index("ix_room_members_nickname", "room_id", "nickname", unique=True),
)

# What the members of a room guess before a run or comparison.
room_guesses = sa.Table(
    "room_guesses",
    metadata,
    _room_id(),
    sa.Column("job_id", sa.String(32), primary_key=True),
    sa.Column("visitor", sa.String(64), primary_key=True),
    sa.Column("guess", sa.Float(53), nullable=False),
    sa.Column("made_at", Moment, nullable=False),
)

# The digits that members show to their class: a uint8 picture of 28 x 28, and what a network read.
room_digits = sa.Table(
    "room_digits",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    _room_id(primary_key=False),
    sa.Column("visitor", sa.String(64), nullable=False),
    sa.Column("label", sa.SmallInteger, nullable=False),
    sa.Column("image", sa.LargeBinary, nullable=False),
    sa.Column("prediction", sa.SmallInteger),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("removed", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index("ix_room_digits_room_number", "room_id", "number"),
    # A number is never reused: an outdated page must not remove another digit than the one it shows.
    sqlite_autoincrement=True,
)

engines = sa.Table(
    "engines",
    metadata,
    sa.Column("id", sa.String(128), primary_key=True),
    # Increases while the engine is alive. Only compared with itself, because two machines' clocks differ.
    sa.Column("beats", sa.Integer, nullable=False),
)


def address(url: str) -> sa.URL:
    """The URL that means the same database in every process, with our driver."""
    # Many hosts still provide the old scheme, which SQLAlchemy no longer accepts.
    found = sa.make_url(url.replace("postgres://", "postgresql://", 1))
    if found.drivername == "postgresql":
        return found.set(drivername="postgresql+psycopg")
    if found.get_backend_name() == "sqlite" and found.database:
        # A worker may have another working directory.
        return found.set(database=str(Path(found.database).absolute()))
    return found


def file_of(url: str) -> Path | None:
    """The file of a SQLite database; None for any other."""
    found = address(url)
    return Path(found.database) if found.get_backend_name() == "sqlite" and found.database else None


def connect(url: str) -> sa.Engine:
    """A pool of connections to the database at `url`, for any thread; missing tables and columns are added.

    Its errors, which are logged, do not hold the values of a statement: visitors' names and drawings are among them.
    """
    if address(url).get_backend_name() == "sqlite":
        engine = sa.create_engine(address(url), hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})
        sa.event.listen(engine, "connect", _set_up_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    else:
        engine = sa.create_engine(address(url), hide_parameters=True, pool_pre_ping=True)
        if engine.dialect.name == "postgresql":
            sa.event.listen(engine, "connect", _set_up_postgresql)
    try:
        _bring_up_to_date(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def writing(engine: sa.Engine) -> sa.Engine:
    """The same pool for transactions that write: SQLite then runs them one at a time from their first statement.

    A SQLite transaction that first reads and then writes can be refused at once, whatever its timeout.
    """
    return engine.execution_options(writes=True)


def _bring_up_to_date(engine: sa.Engine) -> None:
    """Creates what an empty or older database lacks: see `lib.runs.db.migrations`.

    A complete database is only read: one that cannot be written at present can still be viewed, and its user needs no
    permission to change tables. Raises StoreUnavailable if a change is refused.
    """
    with engine.connect() as connection:
        if migrations.is_current(connection):
            return
        lacks_note_alone = migrations.revision(connection) is None and not _missing(connection)
    try:
        _upgrade(engine)
    except SQLAlchemyError as error:
        if lacks_note_alone:
            logger.warning("the database lacks nothing but a note of its revision, which cannot be made now: %s", error)
        elif isinstance(error, OUR_MISTAKES):
            raise StoreUnavailable("database_schema", str(error)) from error
        else:
            raise


def _upgrade(engine: sa.Engine) -> None:
    # Web process and workers may get here at the same time: SQLite serialises writers, PostgreSQL needs a lock.
    with writing(engine).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(8412)"))
        if migrations.is_current(connection):
            return
        if metadata.tables.keys().isdisjoint(sa.inspect(connection).get_table_names()):
            metadata.create_all(connection)
            migrations.note(connection)
        else:
            migrations.upgrade(connection)


def _missing(connection: sa.Connection) -> list[str]:
    """The columns, of all tables, that the database does not have."""
    found = sa.inspect(connection).get_multi_columns(filter_names=list(metadata.tables))
    there = {f"{table}.{column['name']}" for (_, table), columns in found.items() for column in columns}
    return [str(column) for table in metadata.tables.values() for column in table.columns if str(column) not in there]


def _set_up_sqlite(connection: Any, record: object) -> None:
    # The driver must not begin transactions itself: `_begin_sqlite` does.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _set_up_postgresql(connection: Any, record: object) -> None:
    # By default it waits for a lock for ever.
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {int(BUSY_SECONDS * 1000)}")
    connection.commit()


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
