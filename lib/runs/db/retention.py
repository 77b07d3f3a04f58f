"""How much the database holds, and which of it is old: jobs and digits go by age and number."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from lib.core.studies.configs import EXPORT
from lib.runs.db import checkpoint_store, groups, snapshot_store, tables
from lib.runs.model.run import OVER

TABLE, DIGITS = tables.runs, tables.own_digits


def drop_old(connection: sa.Connection, keep: int, before: datetime | None) -> tuple[int, set[str]]:
    """Removes, with all their records, runs and studies that are over and not pinned.

    Those go that are not among the newest `keep` or were created before this time. Returns how many, and their files.
    Exports have files of another kind and a number of their own (`lib.runs.db.export_store`).
    """
    there = (TABLE.c.kind != EXPORT) & TABLE.c.deleted_at.is_(None)
    newest = sa.select(TABLE.c.number).where(there).order_by(TABLE.c.number.desc())
    edge = connection.execute(newest.offset(keep).limit(1)).scalar_one_or_none()
    old = sa.false() if edge is None else TABLE.c.number <= edge
    if before is not None:
        old |= TABLE.c.created_at < before
    gone = sa.select(TABLE.c.id).where(there, old, TABLE.c.status.in_(OVER), ~TABLE.c.pinned).with_for_update()
    ids = connection.execute(gone).scalars().all()
    files: set[str] = set()
    for run_id in ids:
        files |= checkpoint_store.files_of(connection, run_id) | snapshot_store.files_of(connection, run_id)
    for start in range(0, len(ids), 500):  # databases bear only so many values in a statement
        connection.execute(TABLE.delete().where(TABLE.c.id.in_(ids[start : start + 500])))
    if ids:
        groups.forget_empty(connection)
    return len(ids), files


def drop_digits(connection: sa.Connection, keep: int) -> int:
    """Removes all but the newest `keep` of the digits that visitors keep; returns how many."""
    newest = sa.select(DIGITS.c.number).order_by(DIGITS.c.number.desc())
    edge = connection.execute(newest.offset(keep).limit(1)).scalar_one_or_none()
    if edge is None:
        return 0
    return connection.execute(DIGITS.delete().where(DIGITS.c.number <= edge)).rowcount


def pinned_runs(connection: sa.Connection) -> int:
    """How many runs are pinned."""
    pinned = TABLE.c.pinned & TABLE.c.deleted_at.is_(None)
    return connection.execute(sa.select(sa.func.count()).select_from(TABLE).where(pinned)).scalar_one()


def counts_by_status(connection: sa.Connection) -> dict[tuple[str, str], int]:
    """How many runs and studies there are, by kind and status."""
    query = sa.select(TABLE.c.kind, TABLE.c.status, sa.func.count()).where(TABLE.c.deleted_at.is_(None))
    grouped = connection.execute(query.group_by(TABLE.c.kind, TABLE.c.status))
    return {(kind, str(status)): count for kind, status, count in grouped}


def size(connection: sa.Connection) -> int:
    """The bytes of the database that are in use: SQLite uses the pages of removed rows again."""
    if connection.dialect.name == "postgresql":
        return int(connection.execute(sa.text("SELECT pg_database_size(current_database())")).scalar_one())
    pages, free, of_a_page = (
        connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
        for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * of_a_page)
