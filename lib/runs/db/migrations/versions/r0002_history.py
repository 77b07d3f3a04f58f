"""What lists of runs show and are sorted by becomes columns, filled from the events of the runs that are there."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"

COLUMNS = (
    sa.Column("accuracy", sa.Float(53), nullable=False, server_default="-1"),
    sa.Column("seconds", sa.Float(53), nullable=False, server_default="0"),
    sa.Column("device", sa.String(80), nullable=False, server_default=""),
    sa.Column("name", sa.String(80), nullable=False, server_default=""),
    sa.Column("deleted_at", sa.DateTime),
)
INDEXES = {
    "ix_runs_owner_number": ["owner", "kind", "number"],
    "ix_runs_owner_accuracy": ["owner", "kind", "accuracy"],
    "ix_runs_kind_number": ["kind", "number"],
    "ix_runs_kind_accuracy": ["kind", "accuracy"],
    "ix_runs_deleted_at": ["deleted_at"],
}

runs = sa.table("runs", sa.column("id"), sa.column("accuracy"), sa.column("seconds"), sa.column("device"))
events = sa.table("events", sa.column("run_id"), sa.column("sequence"), sa.column("kind"), sa.column("body"))


def upgrade() -> None:
    """Adds the columns and indexes that are missing, and reads the results of earlier runs from their events."""
    connection = op.get_bind()
    there = {column["name"] for column in sa.inspect(connection).get_columns("runs")}
    for column in COLUMNS:
        if column.name not in there:
            op.add_column("runs", column)
    wanted = events.c.kind.in_(["Started", "Evaluated"])
    found: dict[str, dict[str, float | str]] = {}
    for row in connection.execute(sa.select(events).where(wanted).order_by(events.c.run_id, events.c.sequence)):
        add(found.setdefault(row.run_id, {}), row.kind, json.loads(row.body))
    for run_id, results in found.items():
        if results:
            connection.execute(runs.update().where(runs.c.id == run_id).values(**results))
    for name, columns in INDEXES.items():
        op.create_index(name, "runs", columns, if_not_exists=True)


def add(results: dict[str, float | str], kind: str, event: dict[str, object]) -> None:
    """Adds what the event says; fields that a very old record lacks are left out."""
    if kind == "Started":
        results["device"] = str(event.get("device", ""))[:80]
        return
    if isinstance(accuracy := event.get("test_accuracy"), float | int):
        results["accuracy"] = accuracy
    for name in ("training_seconds", "evaluating_seconds"):
        if isinstance(more := event.get(name), float | int):
            results["seconds"] = float(results.get("seconds", 0)) + more
