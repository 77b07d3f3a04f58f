"""Rooms of classes: made by a teacher, joined with a code, over after a lesson. Part of the store."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from lib.core.classroom.codes import read_code
from lib.core.classroom.nicknames import ALL, three
from lib.core.studies.events import stored_name
from lib.core.training.events import Failed
from lib.runs.db import rooms, tables
from lib.runs.db.rooms import CODE_LASTS, MEMBERS, ROOMS, held_row, member_of, room_of
from lib.runs.db.rows import job_of
from lib.runs.model.room import Doors, Member, Room, RoomError, Seat
from lib.runs.model.run import OPEN, Job, Status

USED_EVERY = timedelta(minutes=10)
"""How often it is noted that a room is in use: its members all say where they are."""

MOST_FAILURES = 100
FAILED = stored_name(Failed)

Transaction = Callable[[], AbstractContextManager[sa.Connection]]


@dataclass(frozen=True, slots=True)
class Classroom:
    """The rooms in a store, by the transactions that read it and those that write.

    Methods that take a `teacher` raise RoomError("teacher") for anyone else, and RoomError("over") for a room that has
    ended or that nobody has used for long.
    """

    reading: Transaction
    writing: Transaction

    # Queries.

    def room(self, room_id: str) -> Room:
        """The room, also if it is over. Raises RoomError("over") if there is none."""
        with self.reading() as connection:
            row = connection.execute(sa.select(ROOMS).where(ROOMS.c.id == room_id)).one_or_none()
        if row is None:
            raise RoomError("over")
        return room_of(row)

    def room_by_code(self, typed: str) -> Room:
        """The room that people can join now with the code that somebody typed. Raises RoomError("code")."""
        with self.reading() as connection:
            row = rooms.with_code(connection, code) if (code := read_code(typed)) else None
        if row is None:
            raise RoomError("code", typed)
        return room_of(row)

    def seat_of(self, visitor: str) -> Seat | None:
        """The visitor in the room that they teach, else in the one that they joined last; None if it is over."""
        with self.reading() as connection:
            return rooms.seat_of(connection, visitor)

    def taught_by(self, visitor: str) -> Room | None:
        """The room in which this visitor has the teacher's rights; None if there is none, or it is over."""
        seat = self.seat_of(visitor)
        return seat.room if seat and seat.is_teacher else None

    def attended_by(self, visitor: str) -> tuple[Room, Member] | None:
        """The room that this visitor joined last, and they in it, let in or not, removed or not; None if it is over."""
        seat = self.seat_of(visitor)
        return (seat.room, seat.member) if seat and seat.member else None

    def members(self, room_id: str) -> list[Member]:
        """Everybody who joined, in the order in which they came; also who waits at the door and who was removed."""
        query = sa.select(MEMBERS).where(MEMBERS.c.room_id == room_id)
        with self.reading() as connection:
            rows = connection.execute(query.order_by(MEMBERS.c.joined_at, MEMBERS.c.visitor))
            return [member_of(row) for row in rows]

    def nicknames(self, room_id: str) -> tuple[str, ...]:
        """Three nicknames that nobody in the room has."""
        return three({member.nickname for member in self.members(room_id)})

    def jobs(self, room_id: str, limit: int = 200, only_open: bool = False) -> list[Job]:
        """The newest runs and studies of the room, newest first, without deleted ones."""
        table = tables.runs
        query = sa.select(table).where(table.c.room_id == room_id, table.c.deleted_at.is_(None))
        if only_open:
            query = query.where(table.c.status.in_(OPEN))
        with self.reading() as connection:
            rows = connection.execute(query.order_by(table.c.number.desc()).limit(limit))
            return [job for row in rows if (job := job_of(row))]

    def reasons_of_failures(self, room_id: str) -> dict[str, str]:
        """Why the room's newest failed runs and studies failed: a code of `lib.core.errors.REASONS` by id."""
        table, events = tables.runs, tables.events
        query = sa.select(table.c.id, events.c.body).join(events, events.c.run_id == table.c.id)
        failed = (table.c.room_id == room_id) & (table.c.status == Status.FAILED) & (events.c.kind == FAILED)
        with self.reading() as connection:
            rows = connection.execute(query.where(failed).order_by(table.c.number.desc()).limit(MOST_FAILURES))
            return {row.id: str(json.loads(row.body)["reason"]) for row in rows}

    # Requests of visitors.

    def make_room(self, teacher: str) -> Room:
        """A new room of this visitor, whose earlier room ends; they leave any that they are in."""
        with self.writing() as connection:
            rooms.leave_all(connection, teacher)
            room_id = rooms.make(connection, teacher)
        return self.room(room_id)

    def join(self, room_id: str, visitor: str, nickname: str) -> Member:
        """The visitor as a member of the room: let in, or waiting at the door where the room says so.

        Who is a member already stays who they are. They leave any other room. Raises RoomError, with one of the codes
        over, yours, name, taken, full and removed.
        """
        if nickname not in ALL:
            raise RoomError("name", nickname)
        with self.writing() as connection:
            room = held_row(connection, room_id)
            seat = rooms.seat_of(connection, visitor)
            if seat and seat.is_teacher:
                raise RoomError("yours")
            there = rooms.member_row(connection, room_id, visitor)
            if there is None:
                rooms.leave_all(connection, visitor)
                there = rooms.join(connection, room, visitor, nickname)
            if there.removed:
                raise RoomError("removed")
            return member_of(there)

    def leave(self, visitor: str) -> None:
        """Takes the visitor out of the room that they are in, unless they were removed; their runs stay the room's."""
        with self.writing() as connection:
            rooms.leave_all(connection, visitor)

    def say_where(self, room_id: str, visitor: str, where: str, doing: str = "") -> None:
        """Notes on which page the member is, and with which run or study; too long a place is cut."""
        now, place = datetime.now(UTC), where[: tables.PLACE_LENGTH]
        with self.writing() as connection:
            rooms.change_member(connection, room_id, visitor, seen_at=now, place=place, doing=doing[:32])
            stale = (ROOMS.c.id == room_id) & (ROOMS.c.used_at < now - USED_EVERY) & ROOMS.c.ended_at.is_(None)
            connection.execute(ROOMS.update().where(stale).values(used_at=now))

    # Requests of the teacher.

    def new_code(self, room_id: str, teacher: str) -> Room:
        """The room with another code, valid from now on; nobody can join with the earlier one."""
        with self.writing() as connection:
            held_row(connection, room_id, teacher)
            code, until = rooms.unused_code(connection), datetime.now(UTC) + CODE_LASTS
            rooms.update(connection, room_id, code=code, code_expires_at=until)
        return self.room(room_id)

    def change(
        self,
        room_id: str,
        teacher: str,
        *,
        paused: bool | None = None,
        held: Collection[str] | None = None,
        opened: str | None = None,
        locked: Collection[str] | None = None,
        hidden: Collection[str] | None = None,
        names_hidden: bool | None = None,
        doors: Doors | None = None,
    ) -> Room:
        """Changes those of the room's settings that are given: see `lib.runs.model.room.Room`.

        Opening the doors lets in whoever waits there. Raises ValueError for a page with too long a link.
        """
        if opened is not None and len(opened) > tables.OPENED_LENGTH:
            raise ValueError(f"the link of the page is longer than {tables.OPENED_LENGTH} characters")
        now = datetime.now(UTC)
        names = {"held": held, "locked": locked, "hidden": hidden}
        changes: dict[str, Any] = {name: rooms.joined_names(some) for name, some in names.items() if some is not None}
        plain = {"paused": paused, "opened": opened, "names_hidden": names_hidden, "doors": doors and str(doors)}
        changes |= {name: value for name, value in plain.items() if value is not None}
        with self.writing() as connection:
            held_row(connection, room_id, teacher)
            opening = {} if opened is None else {"opened_at": now}
            rooms.update(connection, room_id, **changes, **opening, used_at=now)
            if doors == Doors.OPEN:
                waiting = (MEMBERS.c.room_id == room_id) & ~MEMBERS.c.admitted
                connection.execute(MEMBERS.update().where(waiting).values(admitted=True))
        return self.room(room_id)

    def admit(self, room_id: str, teacher: str, visitor: str) -> bool:
        """Lets in who waits at the door, or was removed; False if they are gone."""
        with self.writing() as connection:
            held_row(connection, room_id, teacher)
            return rooms.change_member(connection, room_id, visitor, admitted=True, removed=False)

    def remove(self, room_id: str, teacher: str, visitor: str) -> bool:
        """Removes a member, who can come back only if the teacher lets them in; False if they are gone."""
        with self.writing() as connection:
            held_row(connection, room_id, teacher)
            return rooms.change_member(connection, room_id, visitor, removed=True)

    def teacher_link(self, room_id: str, teacher: str) -> str:
        """A secret that moves the teacher's rights to the browser that brings it; earlier ones are void."""
        secret = secrets.token_urlsafe()
        with self.writing() as connection:
            held_row(connection, room_id, teacher)
            rooms.update(connection, room_id, secret_sha256=rooms.digest(secret))
        return secret

    def move_teacher(self, secret: str, visitor: str) -> Room:
        """Gives the teacher's rights in the secret's room to this visitor; the secret is void then.

        They leave the room that they are in, and an earlier room of their own ends. Raises RoomError("secret").
        """
        with self.writing() as connection:
            room = rooms.with_secret(connection, secret)
            if room is None:
                raise RoomError("secret")
            if room.teacher != visitor:
                rooms.end_those_of(connection, visitor)
                rooms.leave_all(connection, visitor)
            rooms.update(connection, room.id, teacher=visitor, secret_sha256=None, used_at=datetime.now(UTC))
        return self.room(room.id)

    def end(self, room_id: str, teacher: str) -> None:
        """Closes the room: its code leads nowhere, and its members are in no room. What they made stays."""
        with self.writing() as connection:
            held_row(connection, room_id, teacher)
            rooms.end_those_of(connection, teacher)

    # Requests of engines.

    def prune(self, older_than: timedelta) -> int:
        """Removes the rooms that nobody has used for so long, with their members, guesses and digits; returns how many.

        Runs that were started there stay.
        """
        with self.writing() as connection:
            return connection.execute(ROOMS.delete().where(ROOMS.c.used_at < datetime.now(UTC) - older_than)).rowcount
