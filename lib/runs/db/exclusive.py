"""A comparison has its machine to itself: nothing else is performed on the same host while it is measured.

It waits for what is under way on its host, and there only what was in the queue before it may still begin. Everything
is decided in the transaction that would give a run or study to a worker: what is is_blocked there stays as it is, and
is asked for again. Hosts know nothing of each other, and go by the name that is part of every attempt's.
"""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta

import psutil
import sqlalchemy as sa

from lib.core.studies.configs import CompareConfig, study_kind
from lib.runs.db import ledger, tables
from lib.runs.db.rows import Row
from lib.runs.model.run import CLAIMED, Status

ALONE = study_kind(CompareConfig())
"""The kind of study that has its machine to itself."""

STANDING_SECONDS = 10.0
"""For so long after it was asked for, a comparison that waits keeps others from beginning: its worker may be dead."""


def host_of(attempt: str) -> str:
    """The host in an attempt's name, server/host:process/number; empty where there is none."""
    return attempt.partition("/")[2].partition(":")[0]


def lock_host(connection: sa.Connection, host: str) -> None:
    """Keeps everybody else from deciding about this host until the transaction is over.

    SQLite lets writers in one at a time anyway. Before any row is locked: so nobody waits for each other.
    """
    if host and connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(8413, hashtext(:host))"), {"host": host})


def is_blocked(connection: sa.Connection, row: Row, worker: str) -> bool:
    """Whether the run or study may not be performed by `worker` for now, since it or a neighbour is to be alone."""
    host = host_of(worker)
    neighbours = [other for other in _under_way(connection, host) if other.id != row.id] if host else []
    if row.kind == ALONE:
        return bool(neighbours)
    return any(other.kind == ALONE for other in neighbours)


def is_behind_reservation(connection: sa.Connection, row: Row, worker: str) -> bool:
    """Whether a comparison that was in the queue before is waiting for the host of `worker` to become quiet."""
    table, young = tables.runs, datetime.now(UTC) - timedelta(seconds=STANDING_SECONDS)
    waiting = ledger.queued_before(row).where(
        table.c.status == Status.WAITING,
        table.c.kind == ALONE,
        table.c.stands_on == host_of(worker),
        table.c.stands_at > young,  # by the clock of that same host
    )
    return connection.execute(waiting).first() is not None


def reserve(connection: sa.Connection, row: Row, worker: str) -> None:
    """Notes that a comparison waits for the host of `worker` to become quiet."""
    if row.kind == ALONE:
        ledger.update(connection, row.id, stands_on=host_of(worker), stands_at=datetime.now(UTC))


def _under_way(connection: sa.Connection, host: str) -> list[Row]:
    """What is performed on this host."""
    claimed = connection.execute(sa.select(tables.runs).where(tables.runs.c.status.in_(CLAIMED)))
    return [row for row in claimed if row.worker and host_of(row.worker) == host and _lives(row)]


def _lives(row: Row) -> bool:
    """False where the process that has the run is one of this machine and certainly gone.

    Nobody may wait for such a one: who waits may be the very worker that is to take its run over.
    """
    host, _, process = row.worker.partition("/")[2].partition("/")[0].partition(":")
    if host != socket.gethostname() or not process.isdecimal():
        return True
    try:
        found = psutil.Process(int(process))
        # A process that began after the claim has no more than the same number.
        return found.status() != psutil.STATUS_ZOMBIE and found.create_time() <= row.claimed_at.timestamp()
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True
