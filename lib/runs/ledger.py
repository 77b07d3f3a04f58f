"""What a transaction on one run is made of: its row, its log, and the columns that follow from the log."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from lib.core.events import Event, Progress, Started
from lib.runs import tables
from lib.runs.artifacts import Artifact
from lib.runs.json_events import event_to_json
from lib.runs.rows import STATUS_AFTER, Row, progress_row
from lib.runs.run import OPEN, RunOver, StepRepeated, UnknownRun


def row_of(connection: sa.Connection, run_id: str, lock: bool = False) -> Row:
    """The run's row, held against other writers where `lock`. Raises UnknownRun."""
    query = sa.select(tables.runs).where(tables.runs.c.id == run_id)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise UnknownRun(run_id)
    return row


def artifact_of(connection: sa.Connection, run_id: str) -> Artifact | None:
    """Where the run's newest weights lie."""
    row = connection.execute(sa.select(tables.checkpoints).where(tables.checkpoints.c.run_id == run_id)).one_or_none()
    return Artifact(step=row.step, path=row.path, sha256=row.sha256) if row else None


def require_open(row: Row, addition: str) -> None:
    """Raises RunOver for a run that has ended: a worker that was given up on must not add to its log."""
    if row.status not in OPEN:
        raise RunOver(f"run {row.id} is {row.status}: {addition} comes too late")


def replace_artifact(connection: sa.Connection, row: Row, artifact: Artifact) -> Artifact | None:
    """Makes `artifact` the run's newest weights and returns the one before it. Raises RunOver."""
    require_open(row, "Checkpoint")
    earlier = artifact_of(connection, row.id)
    connection.execute(tables.checkpoints.delete().where(tables.checkpoints.c.run_id == row.id))
    new = {"run_id": row.id, "step": artifact.step, "path": artifact.path, "sha256": artifact.sha256}
    connection.execute(tables.checkpoints.insert().values(new))
    update(connection, row.id, step=max(row.step, artifact.step))
    return earlier


def record(connection: sa.Connection, row: Row, event: Event) -> None:
    """Adds the event to the log of an open run. Raises RunOver, StepRepeated."""
    require_open(row, type(event).__name__)
    if isinstance(event, Progress):
        if event.first_step <= row.step:
            raise StepRepeated(f"run {row.id} is at step {row.step}, steps from {event.first_step} came again")
        connection.execute(tables.progress.insert().values(progress_row(row.id, event)))
        return
    table = tables.events
    newest = connection.execute(sa.select(sa.func.max(table.c.sequence)).where(table.c.run_id == row.id)).scalar()
    new = {"run_id": row.id, "sequence": (newest or 0) + 1, "kind": type(event).__name__, "body": event_to_json(event)}
    connection.execute(table.insert().values(new))


def follow(connection: sa.Connection, row: Row, event: Event) -> None:
    """Lets the run's columns follow from the event."""
    status = STATUS_AFTER.get(type(event), row.status)
    step = event.last_step if isinstance(event, Progress) else getattr(event, "step", 0)
    changes: dict[str, Any] = {"status": status, "step": max(row.step, step)}
    if isinstance(event, Started):
        changes["total_steps"] = event.total_steps
    if status not in OPEN:
        changes["ended_at"] = datetime.now(UTC)
    update(connection, row.id, **changes)


def update(connection: sa.Connection, run_id: str, **changes: Any) -> None:
    """Sets columns of the run's row."""
    connection.execute(tables.runs.update().where(tables.runs.c.id == run_id).values(**changes))
