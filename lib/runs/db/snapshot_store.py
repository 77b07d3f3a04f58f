"""The rows with a run's snapshots: its weights at 16 bits, after some of its steps.

As in `lib.runs.db.checkpoint_store`, functions that change rows return the files no longer needed.
"""

from __future__ import annotations

import sqlalchemy as sa

from lib.runs.artifacts import Artifact
from lib.runs.db import tables
from lib.runs.model.run import OVER

TABLE = tables.snapshots


def of_run(connection: sa.Connection, run_id: str) -> list[Artifact]:
    """The run's snapshots in the order of their steps."""
    query = sa.select(TABLE).where(TABLE.c.run_id == run_id).order_by(TABLE.c.step)
    return [Artifact(step=row.step, path=row.path, sha256=row.sha256) for row in connection.execute(query)]


def files_of(connection: sa.Connection, run_id: str) -> set[str]:
    """The files of the run's snapshots."""
    return {artifact.path for artifact in of_run(connection, run_id)}


def add(connection: sa.Connection, run_id: str, artifact: Artifact) -> set[str]:
    """Adds a snapshot; replaces one of the same step."""
    unneeded = _forget(connection, (TABLE.c.run_id == run_id) & (TABLE.c.step == artifact.step))
    connection.execute(
        TABLE.insert().values(run_id=run_id, step=artifact.step, path=artifact.path, sha256=artifact.sha256)
    )
    return unneeded


def cut_back(connection: sa.Connection, run_id: str, step: int) -> set[str]:
    """Removes the snapshots after `step`: the run resumes there and takes them again."""
    return _forget(connection, (TABLE.c.run_id == run_id) & (TABLE.c.step > step))


def prune(connection: sa.Connection, keep: int) -> set[str]:
    """Drops the snapshots of all but the newest `keep` runs that have some, unless a run has not ended."""
    runs = tables.runs
    having = sa.select(TABLE.c.run_id).distinct()
    newest_first = sa.select(runs).where(runs.c.id.in_(having)).order_by(runs.c.number.desc())
    older = connection.execute(newest_first.offset(keep).with_for_update()).all()
    return _forget(connection, TABLE.c.run_id.in_([row.id for row in older if row.status in OVER]))


def _forget(connection: sa.Connection, which: sa.ColumnElement[bool]) -> set[str]:
    files = set(connection.execute(sa.select(TABLE.c.path).where(which)).scalars())
    if files:
        connection.execute(TABLE.delete().where(which))
    return files
