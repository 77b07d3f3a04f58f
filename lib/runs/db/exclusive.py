"""A comparison has its machine to itself: no other job runs on the same host while it measures.

So does one of a mode with itself. It waits for the running jobs on its host; meanwhile only jobs that were queued
before it may still start there. All decisions are made in the transaction that would give a run or study to a worker:
a blocked job stays unchanged, and is requested again. Hosts do not know of each other; they are identified by the host
name in every attempt's name.
"""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta

import psutil
import sqlalchemy as sa

from lib.core.studies.configs import UNDISTURBED_KINDS
from lib.runs.db import ledger, tables
from lib.runs.db.rows import Row
from lib.runs.model.run import CLAIMED, Status, host_of

STANDING_SECONDS = 10.0
"""A waiting comparison blocks other jobs for this long after its last request: its worker may be dead."""


def lock_host(connection: sa.Connection, host: str) -> None:
    """Keeps other processes from deciding about this host until the transaction ends.

    SQLite has only one writer at a time anyway. It must come before any row lock, to avoid deadlocks.
    """
    if host and connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(8413, hashtext(:host))"), {"host": host})


def is_blocked(connection: sa.Connection, row: Row, worker: str) -> bool:
    """Whether `worker` may not run the job for now, because it or another job on the host must be alone."""
    host = host_of(worker)
    neighbours = [other for other in _under_way(connection, host) if other.id != row.id] if host else []
    if row.kind in UNDISTURBED_KINDS:
        return bool(neighbours)
    return any(other.kind in UNDISTURBED_KINDS for other in neighbours)


def is_behind_reservation(connection: sa.Connection, row: Row, worker: str) -> bool:
    """Whether a comparison queued before this job is waiting for the host of `worker` to become idle."""
    table, young = tables.runs, datetime.now(UTC) - timedelta(seconds=STANDING_SECONDS)
    waiting = ledger.queued_before(row).where(
        table.c.status == Status.WAITING,
        table.c.kind.in_(UNDISTURBED_KINDS),
        table.c.stands_on == host_of(worker),
        table.c.stands_at > young,  # by the clock of that same host
    )
    return connection.execute(waiting).first() is not None


def reserve(connection: sa.Connection, row: Row, worker: str) -> None:
    """Notes that a comparison waits for the host of `worker` to become idle."""
    if row.kind in UNDISTURBED_KINDS:
        ledger.update(connection, row.id, stands_on=host_of(worker), stands_at=datetime.now(UTC))


def _under_way(connection: sa.Connection, host: str) -> list[Row]:
    """The jobs running on this host."""
    claimed = connection.execute(sa.select(tables.runs).where(tables.runs.c.status.in_(CLAIMED)))
    return [row for row in claimed if row.worker and host_of(row.worker) == host and _lives(row)]


def _lives(row: Row) -> bool:
    """False if the job's worker process was on this machine and has certainly ended.

    No job may wait for a dead worker: the waiting one may be the very worker that should take over its run.
    """
    host, _, process = row.worker.partition("/")[2].partition("/")[0].partition(":")
    if host != socket.gethostname() or not process.isdecimal():
        return True
    try:
        found = psutil.Process(int(process))
        # A process created after the claim is another one with the same id.
        return found.status() != psutil.STATUS_ZOMBIE and found.create_time() <= row.claimed_at.timestamp()
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True
