"""The digits that each visitor keeps, and the digits that a run is tuned on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

import numpy as np
import sqlalchemy as sa

from lib.core.data.dataset import SIDE
from lib.core.mydigits.digit_sets import MAX_DIGITS, Digits, OwnDigitsError, check_label, from_npz, to_npz
from lib.core.mydigits.finetune_plan import Tuning
from lib.runs.db import ledger, tables
from lib.runs.db.rows import Row
from lib.runs.model.run import OwnDigit

TABLE = tables.own_digits


def kept(connection: sa.Connection, owner: str) -> list[OwnDigit]:
    """The owner's digits, newest first."""
    query = sa.select(TABLE).where(TABLE.c.owner == owner).order_by(TABLE.c.number.desc())
    return [_digit_of(row) for row in connection.execute(query)]


def count(connection: sa.Connection, owner: str) -> int:
    """How many digits the owner keeps."""
    query = sa.select(sa.func.count()).select_from(TABLE).where(TABLE.c.owner == owner)
    return connection.execute(query).scalar_one()


def _digit_of(row: Row) -> OwnDigit:
    image = np.frombuffer(row.image, np.uint8).reshape(SIDE, SIDE)
    return OwnDigit(id=row.number, label=row.label, image=image, kept_at=row.kept_at)


def keep(connection: sa.Connection, owner: str, digits: Digits) -> int:
    """Adds the digits to the owner's; returns how many. Raises OwnDigitsError for more than MAX_DIGITS in all."""
    if not owner:
        raise ValueError("digits belong to somebody: an empty owner would share them among all who have no name")
    _hold(connection, owner)
    total = len(digits) + count(connection, owner)
    if total > MAX_DIGITS:
        raise OwnDigitsError("many", f"{total:,}")
    now = datetime.now(UTC)
    rows = [
        {"owner": owner, "label": label, "image": image.tobytes(), "kept_at": now}
        for label, image in zip(digits.labels.tolist(), digits.images, strict=True)
    ]
    if rows:
        connection.execute(TABLE.insert(), rows)
    return len(rows)


def relabel(connection: sa.Connection, owner: str, number: int, label: int) -> bool:
    """Gives the owner's digit another label; False if they have no such digit. Raises OwnDigitsError."""
    right = check_label(label)
    if number not in _numbers(connection, owner):
        return False
    connection.execute(TABLE.update().where(TABLE.c.number == number, TABLE.c.owner == owner).values(label=right))
    return True


def forget(connection: sa.Connection, owner: str, numbers: Collection[int]) -> int:
    """Deletes those of the owner's digits that are among `numbers`; returns how many."""
    # Intersected first: numbers from outside can be more and larger than a database accepts.
    theirs = _numbers(connection, owner) & set(numbers)
    deleted = connection.execute(TABLE.delete().where(TABLE.c.owner == owner, TABLE.c.number.in_(theirs)))
    return deleted.rowcount


def _numbers(connection: sa.Connection, owner: str) -> set[int]:
    return set(connection.execute(sa.select(TABLE.c.number).where(TABLE.c.owner == owner)).scalars())


def _hold(connection: sa.Connection, owner: str) -> None:
    """Prevents two tabs of one owner from counting at the same time; SQLite has only one writer at a time anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(8414, hashtext(:owner))"), {"owner": owner})


def attach(connection: sa.Connection, run_id: str, tuning: Tuning) -> None:
    """Stores the base and the digits with the run: later changes to the owner's digits do not affect it."""
    ledger.update(connection, run_id, base=tuning.base)
    connection.execute(tables.tunings.insert().values(run_id=run_id, digits=to_npz(tuning.digits)))


def tuning_of(connection: sa.Connection, run: Row) -> Tuning | None:
    """The tuning stored with the run; None if it is not tuned."""
    query = sa.select(tables.tunings.c.digits).where(tables.tunings.c.run_id == run.id)
    digits = connection.execute(query).scalar_one_or_none()
    return None if digits is None else Tuning(base=run.base, digits=from_npz(digits))
