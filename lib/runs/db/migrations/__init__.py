"""The schema's history: each revision changes the tables of the one before, and every database notes its own.

A change of `lib.runs.db.tables` comes with a new file in `versions/`, and HEAD becomes its revision. Let it only add
what older versions can leave alone: one of them may have the same database open.
"""

from __future__ import annotations

import threading
from pathlib import Path

import sqlalchemy as sa

from lib.runs.model.unavailable import StoreUnavailable

HEAD = "0001"
"""The newest revision. Later ones have higher numbers, of as many digits."""
NOTE = sa.Table("tf2lab_schema", sa.MetaData(), sa.Column("version_num", sa.String(32), primary_key=True))
"""Alembic's table, in which a database notes its revision, by a name of our own: others may keep tables beside ours."""
FOLDER = Path(__file__).parent

_turn = threading.Lock()
"""Alembic keeps what it is working on in one place for the whole process."""


def revision(connection: sa.Connection) -> str | None:
    """The revision that the database notes; None where it notes none."""
    if not sa.inspect(connection).has_table(NOTE.name):
        return None
    return connection.execute(sa.select(NOTE.c.version_num)).scalar()


def is_current(connection: sa.Connection) -> bool:
    """Whether the database is at HEAD, or at the revision of a later version."""
    return (revision(connection) or "") >= HEAD


def note(connection: sa.Connection) -> None:
    """Notes of a database that was just made that it is at HEAD: nothing of it has to be upgraded."""
    NOTE.create(connection)
    connection.execute(NOTE.insert().values(version_num=HEAD))


def upgrade(connection: sa.Connection) -> None:
    """Brings the database to HEAD within the transaction of `connection`, whatever it was.

    Raises StoreUnavailable where the database notes a revision that there never was.
    """
    # Here: importing Alembic takes longer than all else that opening a database does, and 13 MB.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    try:
        with _turn:
            command.upgrade(config, "head")
    except CommandError as error:
        raise StoreUnavailable("database_schema", str(error)) from error
