"""The parts of a transaction on a room: its row, who is in it, and what follows from its members' runs."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from lib.core.classroom.codes import new_code
from lib.runs.db import tables
from lib.runs.db.rows import Row
from lib.runs.model.room import MOST_MEMBERS, Doors, Member, Room, RoomError, Seat

CODE_LASTS = timedelta(hours=4)
"""How long people can join with a code."""
UNUSED = timedelta(hours=12)
"""A room in which nobody has been for this long is over."""

ROOMS, MEMBERS, RUNS = tables.rooms, tables.room_members, tables.runs

# Each statement is built once: building one takes longer than executing it.
VISITOR: sa.BindParameter[str] = sa.bindparam("visitor")
SINCE: sa.BindParameter[datetime] = sa.bindparam("since", type_=tables.Moment)
_LIVE = ROOMS.c.ended_at.is_(None) & (ROOMS.c.used_at > SINCE)
_THEIRS = sa.union_all(
    sa.select(MEMBERS.c.room_id).where(MEMBERS.c.visitor == VISITOR),
    sa.select(ROOMS.c.id).where(ROOMS.c.teacher == VISITOR),
)
SEAT = (
    sa.select(ROOMS, MEMBERS)
    .outerjoin(MEMBERS, (MEMBERS.c.room_id == ROOMS.c.id) & (MEMBERS.c.visitor == VISITOR))
    .where(ROOMS.c.id.in_(_THEIRS), _LIVE)
    .order_by(sa.case((ROOMS.c.teacher == VISITOR, 0), else_=1), MEMBERS.c.joined_at.desc(), ROOMS.c.id)
    .limit(1)
)
"""The room that a visitor teaches, else the one that they joined last, with their row in it."""


def live() -> dict[str, datetime]:
    """The value of SINCE: when a room that is not over was last used."""
    return {"since": datetime.now(UTC) - UNUSED}


def room_of(row: Row) -> Room:
    """The room in a row of `rooms`."""
    return Room(
        id=row.id,
        code=row.code or "",
        code_expires_at=row.code_expires_at,
        teacher=row.teacher,
        paused=row.paused,
        held=frozenset(json.loads(row.held)),
        opened=row.opened,
        opened_at=row.opened_at,
        locked=frozenset(json.loads(row.locked)),
        hidden=frozenset(json.loads(row.hidden)),
        names_hidden=row.names_hidden,
        doors=Doors.KNOCK if row.doors == Doors.KNOCK else Doors.OPEN,
        created_at=row.created_at,
        used_at=row.used_at,
        ended_at=row.ended_at,
    )


def member_of(row: Row) -> Member:
    """The member in a row of `room_members`."""
    return Member(
        visitor=row.visitor,
        nickname=row.nickname,
        admitted=row.admitted,
        removed=row.removed,
        joined_at=row.joined_at,
        seen_at=row.seen_at,
        where=row.place,
        doing=row.doing,
    )


def seat_of(connection: sa.Connection, visitor: str) -> Seat | None:
    """The visitor in the room that they teach, else in the one that they joined last; None if it is over."""
    row = connection.execute(SEAT, {"visitor": visitor, **live()}).one_or_none()
    if row is None:
        return None
    return Seat(room=room_of(row), member=None if row.teacher == visitor else member_of(row))


def joined_names(names: Collection[str]) -> str:
    """Names as they are kept in a column."""
    return json.dumps(sorted(names))


def held_row(connection: sa.Connection, room_id: str, teacher: str | None = None) -> Row:
    """The row of a room that is not over, locked against other writers.

    Raises RoomError if it is over, or if another than `teacher` has the teacher's rights.
    """
    query = sa.select(ROOMS).where(ROOMS.c.id == room_id, _LIVE).with_for_update()
    row = connection.execute(query, live()).one_or_none()
    if row is None:
        raise RoomError("over")
    if teacher is not None and row.teacher != teacher:
        raise RoomError("teacher")
    return row


def update(connection: sa.Connection, room_id: str, **changes: Any) -> None:
    """Sets columns of the room's row."""
    connection.execute(ROOMS.update().where(ROOMS.c.id == room_id).values(**changes))


def unused_code(connection: sa.Connection) -> str:
    """A code that no room has."""
    while True:
        code = new_code()
        if connection.execute(sa.select(ROOMS.c.id).where(ROOMS.c.code == code)).one_or_none() is None:
            return code


def make(connection: sa.Connection, teacher: str) -> str:
    """Adds a room of this teacher; returns its id. Their earlier rooms end."""
    now, room_id = datetime.now(UTC), secrets.token_urlsafe(9)
    end_those_of(connection, teacher)
    values = {"code": unused_code(connection), "code_expires_at": now + CODE_LASTS, "created_at": now, "used_at": now}
    connection.execute(ROOMS.insert().values(id=room_id, teacher=teacher, **values))
    return room_id


def end_those_of(connection: sa.Connection, teacher: str) -> None:
    """Ends every room of this teacher; codes and secrets lead nowhere then."""
    theirs = (ROOMS.c.teacher == teacher) & ROOMS.c.ended_at.is_(None)
    ended = {"ended_at": datetime.now(UTC), "code": None, "secret_sha256": None, "paused": False}
    connection.execute(ROOMS.update().where(theirs).values(**ended))


def with_code(connection: sa.Connection, code: str) -> Row | None:
    """The row of the room that people can join with this code now."""
    valid = (ROOMS.c.code == code) & (ROOMS.c.code_expires_at > datetime.now(UTC)) & _LIVE
    return connection.execute(sa.select(ROOMS).where(valid), live()).one_or_none()


def with_secret(connection: sa.Connection, secret: str) -> Row | None:
    """The row of the room to whose teacher's link this secret belongs, locked against other writers."""
    its = (ROOMS.c.secret_sha256 == digest(secret)) & _LIVE
    return connection.execute(sa.select(ROOMS).where(its).with_for_update(), live()).one_or_none()


def join(connection: sa.Connection, room: Row, visitor: str, nickname: str) -> Row:
    """Adds the visitor to the room's members; returns their row. Raises RoomError("taken") or RoomError("full").

    The room's row must be locked: two who come at once do not get one name.
    """
    there = connection.execute(sa.select(MEMBERS.c.nickname).where(MEMBERS.c.room_id == room.id)).scalars().all()
    if nickname in there:
        raise RoomError("taken", nickname)
    if len(there) >= MOST_MEMBERS:
        raise RoomError("full")
    now = datetime.now(UTC)
    values = {"nickname": nickname, "admitted": room.doors != Doors.KNOCK, "joined_at": now, "seen_at": now}
    connection.execute(MEMBERS.insert().values(room_id=room.id, visitor=visitor, **values))
    update(connection, room.id, used_at=now)
    return connection.execute(sa.select(MEMBERS).where(_theirs(room.id, visitor))).one()


def member_row(connection: sa.Connection, room_id: str, visitor: str) -> Row | None:
    """The row of this member, removed or not."""
    return connection.execute(sa.select(MEMBERS).where(_theirs(room_id, visitor))).one_or_none()


def change_member(connection: sa.Connection, room_id: str, visitor: str, **changes: Any) -> bool:
    """Sets columns of the member's row; False if there is none."""
    changed = connection.execute(MEMBERS.update().where(_theirs(room_id, visitor)).values(**changes))
    return bool(changed.rowcount)


def _theirs(room_id: str, visitor: str) -> sa.ColumnElement[bool]:
    return (MEMBERS.c.room_id == room_id) & (MEMBERS.c.visitor == visitor)


def leave_all(connection: sa.Connection, visitor: str) -> None:
    """Takes the visitor out of every room; where they were removed, that stays noted."""
    connection.execute(MEMBERS.delete().where(MEMBERS.c.visitor == visitor, ~MEMBERS.c.removed))


def room_for(connection: sa.Connection, owner: str) -> str:
    """The id of the room to which what this owner starts now belongs; '' for who waits at its door."""
    if not owner:
        return ""
    seat = seat_of(connection, owner)
    return seat.room.id if seat and seat.takes_part else ""


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
