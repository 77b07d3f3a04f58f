"""What a class does together: guesses about a run, a wall of digits, a board of runs. Part of the store.

Members are those who are inside a room, and its teacher. Nobody else adds anything: what they ask for raises
ClassworkError("outside").
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import sqlalchemy as sa

from lib.core.data.dataset import SIDE, Bytes
from lib.core.mydigits.digit_sets import MAX_DIGITS, check_label
from lib.runs.db import ledger, rooms, tables
from lib.runs.db.classroom import Transaction
from lib.runs.db.rows import Row, job_of, run_of
from lib.runs.model.classwork import MOST_ASKED, MOST_OF_ONE, ClassworkError, Guesses, WallDigit
from lib.runs.model.run import OPEN, OVER, Job, Run, Status

ROOMS, MEMBERS, RUNS = tables.rooms, tables.room_members, tables.runs
GUESSES, DIGITS = tables.room_guesses, tables.room_digits

UNBEGUN = (RUNS.c.status == Status.PAUSED) & (RUNS.c.step == 0) & (RUNS.c.total_steps == 0)
"""Paused before its first step."""


@dataclass(frozen=True, slots=True)
class Classwork:
    """What classes do together, by the transactions that read a store and those that write."""

    reading: Transaction
    writing: Transaction

    # Runs.

    def room_of(self, visitor: str) -> str:
        """The id of the room in which this visitor takes part or teaches; '' if there is none."""
        with self.reading() as connection:
            return rooms.room_for(connection, visitor)

    def open_count(self, room_id: str) -> int:
        """How many runs and studies of the room wait or are under way; those of a group count as one."""
        with self.reading() as connection:
            return connection.execute(open_count_of(room_id)).scalar_one()

    def board(self, room_id: str, limit: int = 300) -> list[Run]:
        """The newest tested runs of the teacher and of everybody inside, newest first."""
        with self.reading() as connection:
            return [run_of(row) for row in connection.execute(board_of(room_id, limit))]

    # Guesses.

    def questions(self, room_id: str, limit: int = 5) -> list[Job]:
        """The teacher's newest runs and studies about which the class is asked or has guessed, newest first."""
        with self.reading() as connection:
            rows = connection.execute(questions_of(room_id).limit(limit))
            return [job for row in rows if (job := job_of(row))]

    def guesses(self, room_id: str, job_id: str, visitor: str = "") -> Guesses:
        """The class's guesses about a run or study of the room; `visitor` is whoever reads them."""
        query = sa.select(GUESSES.c.visitor, GUESSES.c.guess).where(_about(room_id, job_id))
        with self.reading() as connection:
            rows = connection.execute(query.order_by(GUESSES.c.guess)).all()
            status = connection.execute(sa.select(RUNS.c.status).where(RUNS.c.id == job_id)).scalar()
        mine = next((row.guess for row in rows if row.visitor == visitor), None)
        return Guesses(len(rows), tuple(row.guess for row in rows) if status in OVER else None, mine)

    def guess(self, room_id: str, job_id: str, visitor: str, guess: float) -> None:
        """Notes the guess of somebody in the room, in place of an earlier one of theirs.

        Raises ClassworkError("late") once the run or study has begun.
        """
        with self.writing() as connection:
            require_inside(connection, room_id, visitor)
            row = ledger.row_of(connection, job_id, lock=True)
            if row.room_id != room_id:
                raise ClassworkError("outside")
            if row.status not in (Status.PAUSED, Status.WAITING) or row.step or row.total_steps:
                raise ClassworkError("late")
            note_guess(connection, room_id, job_id, visitor, guess)

    def ask(self, room_id: str, teacher: str) -> None:
        """Raises ClassworkError("asked") if enough of the teacher's runs and studies wait for guesses already."""
        with self.reading() as connection:
            count = sa.select(sa.func.count()).where(RUNS.c.room_id == room_id, RUNS.c.owner == teacher, UNBEGUN)
            if connection.execute(count).scalar_one() >= MOST_ASKED:
                raise ClassworkError("asked")

    def begin(self, job_id: str, owner: str) -> bool:
        """Lets the owner's run or study begin about which the class was asked; False if it has begun or is over."""
        with self.writing() as connection:
            row = ledger.row_of(connection, job_id, lock=True)
            if row.owner != owner or row.status != Status.PAUSED:
                return False
            ledger.update(connection, job_id, pause_after=None)
            ledger.enqueue(connection, row)
            return True

    # The wall.

    def show_digit(self, room_id: str, visitor: str, label: int, image: Bytes, read: int | None = None) -> int:
        """Puts a digit of somebody in the room on its wall; returns its number. What hangs there hangs there once.

        Raises ClassworkError for too many, OwnDigitsError for an invalid label.
        """
        values = {"room_id": room_id, "visitor": visitor, "label": check_label(label), "image": image.tobytes()}
        with self.writing() as connection:
            require_inside(connection, room_id, visitor)
            hanging = sa.select(DIGITS.c.number, DIGITS.c.visitor, DIGITS.c.label, DIGITS.c.image).where(_on(room_id))
            there = connection.execute(hanging).all()
            mine = {(row.label, row.image): row.number for row in there if row.visitor == visitor}
            if (same := mine.get((values["label"], values["image"]))) is not None:
                return same
            if len(there) >= MAX_DIGITS:
                raise ClassworkError("wall_full")
            if len(mine) >= MOST_OF_ONE:
                raise ClassworkError("own_full")
            added = connection.execute(DIGITS.insert().values(**values, prediction=read, made_at=datetime.now(UTC)))
            assert added.inserted_primary_key is not None
            return int(added.inserted_primary_key[0])

    def wall(self, room_id: str) -> list[WallDigit]:
        """The digits on the room's wall, newest first, without those of members who are not inside."""
        with self.reading() as connection:
            return [_digit_of(row) for row in connection.execute(wall_of(room_id))]

    def take_down(self, room_id: str, visitor: str, numbers: Collection[int], removed: bool = True) -> int:
        """Takes digits off the wall, or puts them back: any for the teacher, their own for a member; returns how many.

        Numbers of other digits, or of none, are left out.
        """
        with self.writing() as connection:
            require_inside(connection, room_id, visitor)
            its = sa.select(DIGITS.c.number).where(DIGITS.c.room_id == room_id, DIGITS.c.removed != removed)
            if not _teaches(connection, room_id, visitor):
                its = its.where(DIGITS.c.visitor == visitor)
            # Intersected first: numbers from outside can be more and larger than a database accepts.
            chosen = set(connection.execute(its).scalars()) & set(numbers)
            connection.execute(DIGITS.update().where(DIGITS.c.number.in_(chosen)).values(removed=removed))
            return len(chosen)


def open_count_of(room_id: str) -> sa.Select[Any]:
    """The query for the number of a room's open runs and studies; those of a group count as one."""
    group = sa.case((RUNS.c.group_id != "", RUNS.c.group_id), else_=RUNS.c.id)
    return sa.select(sa.func.count(group.distinct())).where(RUNS.c.room_id == room_id, RUNS.c.status.in_(OPEN))


def board_of(room_id: str, limit: int) -> sa.Select[Any]:
    """The query for `Classwork.board`."""
    tested = (RUNS.c.room_id == room_id) & (RUNS.c.accuracy >= 0) & RUNS.c.deleted_at.is_(None)
    theirs = tested & (RUNS.c.kind == tables.TRAIN) & _is_seen(room_id, RUNS.c.owner)
    return sa.select(RUNS).where(theirs).order_by(RUNS.c.number.desc()).limit(limit)


def questions_of(room_id: str) -> sa.Select[Any]:
    """The query for all questions of a room."""
    guessed = sa.select(GUESSES.c.job_id).where(GUESSES.c.room_id == room_id, GUESSES.c.visitor != RUNS.c.owner)
    teacher = sa.select(ROOMS.c.teacher).where(ROOMS.c.id == room_id).scalar_subquery()
    its = (RUNS.c.room_id == room_id) & (RUNS.c.owner == teacher) & RUNS.c.deleted_at.is_(None)
    asked = UNBEGUN | guessed.where(GUESSES.c.job_id == RUNS.c.id).exists()
    return sa.select(RUNS).where(its, asked).order_by(RUNS.c.number.desc())


def wall_of(room_id: str) -> sa.Select[Any]:
    """The query for `Classwork.wall`."""
    seen = _on(room_id) & _is_seen(room_id, DIGITS.c.visitor)
    return sa.select(DIGITS).where(seen).order_by(DIGITS.c.number.desc())


def note_guess(connection: sa.Connection, room_id: str, job_id: str, visitor: str, guess: float) -> None:
    """Keeps the guess in place of an earlier one of the same visitor about the same job."""
    its = _about(room_id, job_id) & (GUESSES.c.visitor == visitor)
    now = datetime.now(UTC)
    if not connection.execute(GUESSES.update().where(its).values(guess=guess, made_at=now)).rowcount:
        values = {"room_id": room_id, "job_id": job_id, "visitor": visitor, "guess": guess, "made_at": now}
        connection.execute(GUESSES.insert().values(**values))


def require_inside(connection: sa.Connection, room_id: str, visitor: str) -> None:
    """Raises ClassworkError unless the room is open and the visitor takes part in it, or teaches."""
    if not room_id or rooms.room_for(connection, visitor) != room_id:
        raise ClassworkError("outside")


def _teaches(connection: sa.Connection, room_id: str, visitor: str) -> bool:
    its = (ROOMS.c.id == room_id) & (ROOMS.c.teacher == visitor)
    return connection.execute(sa.select(ROOMS.c.id).where(its)).one_or_none() is not None


def _is_seen(room_id: str, visitor: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether others see what this visitor does in the room: unless they wait at its door or were removed."""
    unseen = (MEMBERS.c.room_id == room_id) & (~MEMBERS.c.admitted | MEMBERS.c.removed)
    return visitor.not_in(sa.select(MEMBERS.c.visitor).where(unseen))


def _about(room_id: str, job_id: str) -> sa.ColumnElement[bool]:
    return (GUESSES.c.room_id == room_id) & (GUESSES.c.job_id == job_id)


def _on(room_id: str) -> sa.ColumnElement[bool]:
    return (DIGITS.c.room_id == room_id) & ~DIGITS.c.removed


def _digit_of(row: Row) -> WallDigit:
    return WallDigit(
        number=row.number,
        visitor=row.visitor,
        label=row.label,
        image=np.frombuffer(row.image, np.uint8).reshape(SIDE, SIDE),
        read=row.prediction,
        made_at=row.made_at,
    )
