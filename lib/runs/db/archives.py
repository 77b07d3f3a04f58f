"""Runs that leave as an archive, and runs that come back from one.

A run that was brought in looks like any other that is over. Its column `engine` says that no engine had it, and which
id it had where it was trained (BROUGHT).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from lib.core.exports.archive import ArchiveError, RunArchive
from lib.core.exports.archive_events import LAST
from lib.core.studies.events import stored_name
from lib.core.training.events import Checkpoint, Event, Progress, Stopped
from lib.runs.artifacts import Artifact
from lib.runs.db import checkpoint_store, ledger, tables
from lib.runs.db.json_events import AnyEvent, event_to_json
from lib.runs.db.rows import STATUS_AFTER, progress_row
from lib.runs.model.listing import short_name
from lib.runs.model.run import BROUGHT, Run, TooManyBrought

TABLE = tables.runs


def archive_of(
    run: Run, events: Sequence[AnyEvent], progress: Sequence[Progress], weights: Checkpoint | None
) -> RunArchive:
    """The run as an archive holds it: if it is not over, as if it were stopped now. Raises ArchiveError."""
    if run.unread:
        raise ArchiveError("unread", ", ".join(run.unread))
    own: list[Event] = [event for event in events if isinstance(event, Event)]
    last_step = progress[-1].last_step if progress else 0
    # The log says whether it is over: the run itself may have ended since its log was read.
    is_over = bool(own) and isinstance(own[-1], LAST)
    return RunArchive(
        origin=run.origin,
        config=run.config,
        scheme=run.scheme,
        name=run.name,
        base=run.base,
        guess=run.guess,
        created_at=run.created_at,
        ended_at=run.ended_at,
        events=own if is_over else [*own, Stopped(step=last_step)],
        progress=progress,
        weights=weights,
    )


def brought_by(owner: str) -> sa.Select[Any]:
    """The query for how many runs the owner has brought in that are not yet gone for good."""
    theirs = (TABLE.c.owner == owner) & (TABLE.c.kind == tables.TRAIN) & TABLE.c.engine.startswith(BROUGHT)
    return sa.select(sa.func.count()).select_from(TABLE).where(theirs)


def bring(
    connection: sa.Connection, run_id: str, owner: str, archive: RunArchive, artifact: Artifact | None, most: int
) -> None:
    """Writes the run with all its records. Raises TooManyBrought."""
    _hold(connection, owner)
    if connection.execute(brought_by(owner)).scalar_one() >= most:
        raise TooManyBrought(most=f"{most:,}")
    connection.execute(TABLE.insert().values(id=run_id, owner=owner, **_columns(archive)))
    if events := list(archive.events):
        connection.execute(
            tables.events.insert(), [_row(run_id, number, event) for number, event in enumerate(events, 1)]
        )
    if archive.progress:
        connection.execute(tables.progress.insert(), [progress_row(run_id, chunk) for chunk in archive.progress])
    ledger.update(connection, run_id, **ledger.results(connection, run_id))
    if artifact and archive.weights:
        checkpoint_store.replace(connection, ledger.row_of(connection, run_id), artifact, archive.weights)


def _columns(archive: RunArchive) -> dict[str, Any]:
    """The columns of the run's row, apart from its id, its owner and its results."""
    started = archive.started
    return {
        "config": json.dumps(archive.config.to_dict()),
        "status": STATUS_AFTER[type(archive.events[-1])],
        "step": archive.last_step,
        "total_steps": started.total_steps if started else 0,
        "sequence": len(archive.events),
        "guess": archive.guess,
        "base": archive.base,
        "scheme": archive.scheme,
        "name": short_name(archive.name),
        "device": started.device[: tables.DEVICE_LENGTH] if started else "",
        "engine": BROUGHT + archive.origin,
        "created_at": archive.created_at,
        "queued_at": archive.created_at,
        "ended_at": archive.ended_at,
    }


def _row(run_id: str, sequence: int, event: Event) -> dict[str, Any]:
    return {"run_id": run_id, "sequence": sequence, "kind": stored_name(type(event)), "body": event_to_json(event)}


def _hold(connection: sa.Connection, owner: str) -> None:
    """Prevents two tabs of one owner from counting at the same time; SQLite has only one writer at a time anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(8415, hashtext(:owner))"), {"owner": owner})
