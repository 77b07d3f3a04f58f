"""Groups of runs that one press started. Each of them counts as a run of its owner's: see `lib.runs.db.turns`."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from lib.core.training.config import TrainConfig
from lib.core.training.sweep import MOST_RUNS
from lib.runs.db import rooms, tables, turns
from lib.runs.db.rows import Row
from lib.runs.model.group import Group, Kind
from lib.runs.model.listing import short_name
from lib.runs.model.run import Status, UnknownRun

RUNS, GROUPS = tables.runs, tables.groups


def create(
    connection: sa.Connection,
    kind: Kind,
    plan: Mapping[str, Any],
    members: Sequence[tuple[TrainConfig, str]],
    owner: str,
) -> str:
    """Adds the group and its runs; returns its id, which cannot be guessed. Raises ValueError for a wrong number."""
    if not 1 <= len(members) <= MOST_RUNS:
        raise ValueError(f"a group has 1 to {MOST_RUNS} runs, not {len(members)}")
    group_id, now = secrets.token_urlsafe(9), datetime.now(UTC)
    room_id = rooms.room_for(connection, owner)
    first, turn = turns.place(connection, owner, tables.TRAIN), turns.turn_of(tables.TRAIN)
    connection.execute(
        GROUPS.insert().values(id=group_id, owner=owner, kind=kind, plan=json.dumps(plan), created_at=now)
    )
    rows = [
        {
            "id": secrets.token_urlsafe(9),
            "group_id": group_id,
            "kind": tables.TRAIN,
            "config": json.dumps(config.to_dict()),
            "name": short_name(name),
            "status": Status.WAITING,
            "owner": owner,
            "room_id": room_id,
            "created_at": now,
            "queued_at": first + place * turn,
        }
        for place, (config, name) in enumerate(members)
    ]
    connection.execute(RUNS.insert(), rows)
    return group_id


def group_of(connection: sa.Connection, group_id: str) -> Group:
    """The group with this id. Raises UnknownRun."""
    row = connection.execute(sa.select(GROUPS).where(GROUPS.c.id == group_id)).one_or_none()
    if row is None:
        raise UnknownRun(group_id)
    return read(row)


def read(row: Row) -> Group:
    """The group in a row of `groups`."""
    return Group(id=row.id, owner=row.owner, kind=row.kind, plan=json.loads(row.plan), created_at=row.created_at)


def rows_of(group_id: str) -> sa.Select[Any]:
    """The query for the group's runs, without deleted ones, in the order of their start."""
    its = (RUNS.c.group_id == group_id) & RUNS.c.deleted_at.is_(None)
    return sa.select(RUNS).where(its).order_by(RUNS.c.number)


def newest(owner: str, limit: int) -> sa.Select[Any]:
    """The query for the owner's newest groups."""
    return sa.select(GROUPS).where(GROUPS.c.owner == owner).order_by(GROUPS.c.created_at.desc()).limit(limit)


def forget_empty(connection: sa.Connection) -> None:
    """Removes the groups none of whose runs is left."""
    left = sa.select(RUNS.c.number).where(RUNS.c.group_id == GROUPS.c.id)
    connection.execute(GROUPS.delete().where(~left.exists()))
