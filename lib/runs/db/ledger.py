"""The parts of a transaction on one job: its row, its log, and the columns that follow from the log."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from lib.core.studies.configs import CompareConfig, RetraceConfig
from lib.core.studies.events import Began, Called, Exported, Salient, Sampled, Xrayed, stored_name
from lib.core.training.events import Evaluated, Paused, Progress, Started
from lib.runs.db import checkpoint_store, tables, turns
from lib.runs.db.json_events import AnyEvent, event_to_json
from lib.runs.db.rows import STATUS_AFTER, Row, event_of, progress_row, study_config_of
from lib.runs.model.run import CLAIMED, OPEN, OVER, RunLost, RunOver, Status, StepRepeated, UnknownRun

QUEUED_AT = sa.func.coalesce(tables.runs.c.queued_at, tables.runs.c.created_at)
QUEUE = (QUEUED_AT, tables.runs.c.number)
"""The order of the queue: by the places that `lib.runs.db.turns` gives."""

# Each statement is built once: building one takes longer than executing it.
OF_RUN: sa.BindParameter[str] = sa.bindparam("run_id")
ROW = sa.select(tables.runs).where(tables.runs.c.id == OF_RUN)
ROW_OF_TRAINING = ROW.where(tables.runs.c.kind == tables.TRAIN)
HELD_ROW, HELD_ROW_OF_TRAINING = ROW.with_for_update(), ROW_OF_TRAINING.with_for_update()
CHANGE = tables.runs.update().where(tables.runs.c.id == OF_RUN)
ADD_PROGRESS, ADD_EVENT = tables.progress.insert(), tables.events.insert()
EVENTS_AFTER = (
    sa.select(tables.events)
    .where(tables.events.c.run_id == OF_RUN, tables.events.c.sequence > sa.bindparam("after"))
    .order_by(tables.events.c.sequence)
)
PROGRESS_AFTER = (
    sa.select(tables.progress)
    .where(tables.progress.c.run_id == OF_RUN, tables.progress.c.last_step > sa.bindparam("after"))
    .order_by(tables.progress.c.last_step)
)
NEWEST_SEQUENCE = sa.select(sa.func.max(tables.events.c.sequence)).where(tables.events.c.run_id == OF_RUN)
NEWEST_EVENT = (
    sa.select(tables.events).where(tables.events.c.run_id == OF_RUN).order_by(tables.events.c.sequence.desc()).limit(1)
)
NEWEST_PROGRESS = (
    sa.select(tables.progress)
    .where(tables.progress.c.run_id == OF_RUN)
    .order_by(tables.progress.c.last_step.desc())
    .limit(1)
)


def row_of(connection: sa.Connection, run_id: str, lock: bool = False, training: bool = False) -> Row:
    """The row of the run or study, locked against other writers if `lock`. Raises UnknownRun, with `training` also for
    a study.
    """
    free, held = (ROW_OF_TRAINING, HELD_ROW_OF_TRAINING) if training else (ROW, HELD_ROW)
    row = connection.execute(held if lock else free, {"run_id": run_id}).one_or_none()
    if row is None:
        raise UnknownRun(run_id)
    return row


def queued_before(row: Row) -> sa.Select[Any]:
    """The open runs before this one in the queue."""
    earlier = sa.tuple_(*QUEUE) < sa.tuple_(
        sa.literal(row.queued_at or row.created_at, tables.Moment), sa.literal(row.number)
    )
    return sa.select(tables.runs).where(tables.runs.c.status.in_(OPEN), earlier).order_by(*QUEUE)


def require(row: Row, addition: str, worker: str | None) -> None:
    """Raises RunOver for a run that has ended, RunLost if `worker` no longer has it (None: any caller).

    A worker that was given up on must not add to its log.
    """
    if row.status in OVER:
        raise RunOver(f"run {row.id} is {row.status}: {addition} comes too late")
    if worker is not None and (row.worker != worker or row.status not in CLAIMED):
        raise RunLost(f"run {row.id} is {row.status} with {row.worker}: {addition} of {worker} comes too late")


def record(connection: sa.Connection, row: Row, event: AnyEvent) -> set[str]:
    """Adds the event to the log and updates the run's columns; returns files no longer needed.

    Raises StepRepeated.
    """
    if isinstance(event, Progress):
        if event.first_step <= row.step:
            raise StepRepeated(f"run {row.id} is at step {row.step}, steps from {event.first_step} came again")
        connection.execute(ADD_PROGRESS, progress_row(row.id, event))
        update(connection, row.id, step=event.last_step)
        return set()
    sequence = _write_down(connection, row, event)
    update(connection, row.id, sequence=sequence, **_changes(row, event))
    if isinstance(event, Paused):
        checkpoint_store.rest(connection, row.id, event.step, sequence)
    return checkpoint_store.close(connection, row.id) if STATUS_AFTER.get(type(event)) in OVER else set()


def is_newest(connection: sa.Connection, row: Row, event: AnyEvent) -> bool:
    """Whether the log ends with this very event, with the same numbers.

    A database that is lost in the moment of a commit leaves its client without an answer, and the event is sent again.
    """
    if isinstance(event, Progress):
        if event.last_step != row.step:  # so it is for all but a repeated one, and costs nothing
            return False
        newest = connection.execute(NEWEST_PROGRESS, {"run_id": row.id}).one_or_none()
        return newest is not None and progress_row(row.id, event).items() <= dict(newest._mapping).items()
    newest = connection.execute(NEWEST_EVENT, {"run_id": row.id}).one_or_none()
    return newest is not None and (newest.kind, newest.body) == (stored_name(type(event)), event_to_json(event))


def _write_down(connection: sa.Connection, row: Row, event: AnyEvent) -> int:
    """Adds the event to the table; returns its number, which no event of this run had before."""
    newest = connection.execute(NEWEST_SEQUENCE, {"run_id": row.id}).scalar()
    sequence: int = max(newest or 0, row.sequence) + 1
    new = {"run_id": row.id, "sequence": sequence, "kind": stored_name(type(event)), "body": event_to_json(event)}
    connection.execute(ADD_EVENT, new)
    return sequence


def _changes(row: Row, event: AnyEvent) -> dict[str, Any]:
    """The columns of the run that follow from the event."""
    status = STATUS_AFTER.get(type(event), row.status)
    changes: dict[str, Any] = {"status": status, "step": max(row.step, _step_after(row, event))}
    if isinstance(event, Started):
        changes["total_steps"] = event.total_steps
        changes["device"] = event.device[: tables.DEVICE_LENGTH]
        if event.scheme is not None:
            changes["scheme"] = event.scheme
    if isinstance(event, Evaluated):
        changes["accuracy"] = event.test_accuracy
        changes["seconds"] = row.seconds + event.training_seconds + event.evaluating_seconds
    if isinstance(event, Began):
        changes["total_steps"] = _steps_of(row, event)
    if isinstance(event, Paused):
        changes.update(worker=None, engine=None)  # any engine may resume it
    if status in OVER:
        changes["ended_at"] = datetime.now(UTC)
    return changes


def _step_after(row: Row, event: AnyEvent) -> int:
    """The last step after `event`: for a study the rounds recorded at all sizes, or the calls."""
    match event:
        case Sampled():
            return row.step + 1
        case Called():
            return event.number
        case Xrayed() | Salient() | Exported():
            return 1
        case _:
            return getattr(event, "step", 0)


def _steps_of(row: Row, began: Began) -> int:
    """How many steps the study will have."""
    match study_config_of(row):
        case CompareConfig(sizes=sizes):
            return began.rounds * len(sizes)
        case RetraceConfig(calls=calls):
            return calls
        case _:
            return 1


def results(connection: sa.Connection, run_id: str) -> dict[str, float]:
    """The columns `accuracy` and `seconds` as the run's events say them: some of these may have been removed."""
    rows = connection.execute(EVENTS_AFTER, {"run_id": run_id, "after": 0})
    epochs = [event for row in rows if isinstance(event := event_of(row), Evaluated)]
    seconds = sum(epoch.training_seconds + epoch.evaluating_seconds for epoch in epochs)
    return {"accuracy": epochs[-1].test_accuracy if epochs else -1.0, "seconds": seconds}


def enqueue(connection: sa.Connection, row: Row) -> None:
    """Gives a paused run a new place in the queue; one that was deleted is there again."""
    place = turns.place(connection, row.owner, row.kind, but=row.id)
    update(connection, row.id, status=Status.WAITING, turn=row.turn + 1, queued_at=place, deleted_at=None)


def update(connection: sa.Connection, run_id: str, **changes: Any) -> None:
    """Sets columns of the run's row."""
    connection.execute(CHANGE, {"run_id": run_id, **changes})
