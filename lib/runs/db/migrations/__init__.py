"""The history of the schema: each revision changes the previous tables, and every database records its revision.

A change of `lib.runs.db.tables` needs a new file in `versions/`, whose revision becomes HEAD. It should only add what
older versions can ignore: one of them may have the same database open.
"""

from __future__ import annotations

import threading
from pathlib import Path

import sqlalchemy as sa

from lib.runs.model.unavailable import StoreUnavailable

HEAD = "0004"
"""The newest revision. Later ones have higher numbers with the same number of digits."""
NOTE = sa.Table("tf2lab_schema", sa.MetaData(), sa.Column("version_num", sa.String(32), primary_key=True))
"""Alembic's table with the database's revision, under our own name: other programs may keep tables beside ours."""
FOLDER = Path(__file__).parent

_turn = threading.Lock()
"""Alembic keeps its current state in one place per process."""


def revision(connection: sa.Connection) -> str | None:
    """The revision that the database notes; None where it notes none."""
    if not sa.inspect(connection).has_table(NOTE.name):
        return None
    return connection.execute(sa.select(NOTE.c.version_num)).scalar()


def is_current(connection: sa.Connection) -> bool:
    """Whether the database is at HEAD, or at the revision of a later version."""
    return (revision(connection) or "") >= HEAD


def note(connection: sa.Connection) -> None:
    """Records that a new database is at HEAD, so that nothing is upgraded."""
    NOTE.create(connection)
    connection.execute(NOTE.insert().values(version_num=HEAD))


def upgrade(connection: sa.Connection) -> None:
    """Upgrades any database to HEAD within the transaction of `connection`.

    Raises StoreUnavailable if the recorded revision is not one of ours.
    """
    # Imported here: Alembic takes longer than the rest of opening a database, and 13 MB.
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
