"""Lists of runs, a page at a time, and the deletion of runs, which can be undone for a while."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from lib.runs.db import checkpoint_store, groups, snapshot_store, tables
from lib.runs.model.listing import ON_A_PAGE, Which
from lib.runs.model.run import OPEN, OVER, Status

TABLE = tables.runs
ORDERS: dict[str, tuple[sa.ColumnElement[Any], ...]] = {
    "newest": (TABLE.c.number.desc(),),
    "oldest": (TABLE.c.number,),
    "best": (TABLE.c.accuracy.desc(), TABLE.c.number.desc()),
    "shortest": (TABLE.c.accuracy < 0, TABLE.c.seconds, TABLE.c.number.desc()),
    "longest": (TABLE.c.seconds.desc(), TABLE.c.number.desc()),
    "name": (TABLE.c.name == "", sa.func.lower(TABLE.c.name), TABLE.c.number.desc()),
}
STATES: dict[str, sa.ColumnElement[bool]] = {
    "all": sa.true(),
    "open": TABLE.c.status.in_([*OPEN, Status.PAUSED]),
    "finished": TABLE.c.status == Status.FINISHED,
    "other": TABLE.c.status.in_([Status.STOPPED, Status.FAILED]),
    "pinned": TABLE.c.pinned,
}
"""How the parts and orders of `lib.runs.model.listing` are asked for."""
RESTS = TABLE.c.status.in_([*OVER, Status.PAUSED])
"""Runs that no worker has and that wait for none."""


def count_of(which: Which) -> sa.Select[Any]:
    """The query for the number of rows on all pages."""
    return sa.select(sa.func.count()).select_from(TABLE).where(*conditions(which))


def rows_of(which: Which, number: int, size: int = ON_A_PAGE) -> sa.Select[Any]:
    """The query for the rows of page `number`, counted from 1, of `size` rows."""
    start = (max(1, number) - 1) * size
    return sa.select(TABLE).where(*conditions(which)).order_by(*ORDERS[which.order]).limit(size).offset(start)


def conditions(which: Which) -> list[sa.ColumnElement[bool]]:
    """What the rows of a list fulfil."""
    found = [TABLE.c.kind == tables.TRAIN, TABLE.c.deleted_at.is_(None), STATES[which.state]]
    if which.owner is not None:
        found.append(TABLE.c.owner == which.owner)
    for word in which.words.split():
        texts = (TABLE.c.name, TABLE.c.id, TABLE.c.config)
        found.append(sa.or_(*(text.icontains(word, autoescape=True) for text in texts)))
    return found


def delete(connection: sa.Connection, owner: str, ids: Collection[str]) -> int:
    """Deletes the owner's runs with one of `ids` unless a worker has them or they wait for one; returns how many."""
    change = TABLE.update().where(_of(owner, ids), TABLE.c.deleted_at.is_(None), RESTS)
    return connection.execute(change.values(deleted_at=datetime.now(UTC))).rowcount


def undelete(connection: sa.Connection, owner: str, ids: Collection[str]) -> int:
    """Brings back deleted runs; returns how many."""
    change = TABLE.update().where(_of(owner, ids), TABLE.c.deleted_at.is_not(None))
    return connection.execute(change.values(deleted_at=None)).rowcount


def purge(connection: sa.Connection, before: datetime) -> tuple[int, set[str]]:
    """Removes the runs deleted before this time, with all their records; returns how many, and their files."""
    gone = sa.select(TABLE.c.id).where(TABLE.c.deleted_at < before, RESTS).with_for_update()
    ids = connection.execute(gone).scalars().all()
    files: set[str] = set()
    for run_id in ids:
        files |= checkpoint_store.files_of(connection, run_id) | snapshot_store.files_of(connection, run_id)
    connection.execute(TABLE.delete().where(TABLE.c.id.in_(ids)))
    if ids:
        groups.forget_empty(connection)
    return len(ids), files


def _of(owner: str, ids: Collection[str]) -> sa.ColumnElement[bool]:
    return (TABLE.c.kind == tables.TRAIN) & (TABLE.c.owner == owner) & TABLE.c.id.in_(list(ids))
