"""The row with a run's files: its newest weights, and the checkpoint from which it can resume.

Both are the same file while the run is open. A run's last checkpoint has no state: until the run's end is recorded too,
the previous one stays the point from which a new worker would resume. Functions that change the row return the files no
longer needed; these are deleted after the transaction has succeeded.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from lib.core.training.events import Checkpoint
from lib.runs.artifacts import Artifact
from lib.runs.db import tables
from lib.runs.db.rows import Row
from lib.runs.model.run import OVER

TABLE = tables.checkpoints
NO_STATE = {"state_step": None, "state_path": None, "state_sha256": None, "state_sequence": None}


def newest(connection: sa.Connection, run_id: str) -> Artifact | None:
    """The run's newest weights."""
    row = _row(connection, run_id)
    return Artifact(step=row.step, path=row.path, sha256=row.sha256, weights_sha256=row.weights_sha256) if row else None


def resumable(connection: sa.Connection, run_id: str) -> Artifact | None:
    """The checkpoint from which the run can resume."""
    row = _row(connection, run_id)
    if row is None or row.state_path is None:
        return None
    return Artifact(step=row.state_step, path=row.state_path, sha256=row.state_sha256)


def files_of(connection: sa.Connection, run_id: str) -> set[str]:
    """The files that the run needs."""
    row = _row(connection, run_id)
    return {row.path, row.state_path} - {None} if row else set()


def replace(connection: sa.Connection, run: Row, artifact: Artifact, checkpoint: Checkpoint) -> set[str]:
    """Makes `artifact`, which contains `checkpoint`, the newest; returns the files no longer needed."""
    earlier = _row(connection, run.id)
    before = files_of(connection, run.id)
    values: dict[str, Any] = {name: getattr(earlier, name) for name in NO_STATE} if earlier else dict(NO_STATE)
    if checkpoint.state:
        values.update(state_step=artifact.step, state_path=artifact.path)
        values.update(state_sha256=artifact.sha256, state_sequence=run.sequence)
    values.update(run_id=run.id, step=artifact.step, path=artifact.path)
    values.update(sha256=artifact.sha256, weights_sha256=artifact.weights_sha256)
    connection.execute(TABLE.delete().where(TABLE.c.run_id == run.id))
    connection.execute(TABLE.insert().values(values))
    return before - {values["path"], values["state_path"]}


def rest(connection: sa.Connection, run_id: str, step: int, sequence: int) -> None:
    """Notes that the run paused after `step`: its Paused event, `sequence`, stays when the run resumes from there."""
    here = (TABLE.c.run_id == run_id) & (TABLE.c.state_step == step)
    connection.execute(TABLE.update().where(here).values(state_sequence=sequence))


def close(connection: sa.Connection, run_id: str) -> set[str]:
    """Drops the state of an ended run; returns the files no longer needed."""
    before = files_of(connection, run_id)
    connection.execute(TABLE.update().where(TABLE.c.run_id == run_id).values(NO_STATE))
    return before - files_of(connection, run_id)


def cut_back(connection: sa.Connection, run_id: str) -> tuple[int, set[str]]:
    """Removes the records after the run's resume point; returns that point's step, and the files no longer needed.

    Chunks end where checkpoints are made, so no chunk crosses that step.
    """
    row, before = _row(connection, run_id), files_of(connection, run_id)
    resumable = row is not None and row.state_path is not None
    step, sequence = (row.state_step, row.state_sequence) if row is not None and resumable else (0, 0)
    for table, newer in (
        (tables.progress, tables.progress.c.last_step > step),
        (tables.events, tables.events.c.sequence > sequence),
    ):
        connection.execute(table.delete().where(table.c.run_id == run_id, newer))
    here = TABLE.c.run_id == run_id
    if row is not None and resumable:
        same = {"step": step, "path": row.state_path, "sha256": row.state_sha256}
        alone = row.weights_sha256 if row.path == row.state_path else None
        connection.execute(TABLE.update().where(here).values(weights_sha256=alone, **same))
    else:
        connection.execute(TABLE.delete().where(here))
    return step, before - files_of(connection, run_id)


def prune(connection: sa.Connection, keep: int) -> set[str]:
    """Drops the weights of all but the newest `keep` runs that have some; returns the files no longer needed.

    Pinned runs and runs that have not ended always keep theirs.
    """
    runs = tables.runs
    newest_first = sa.select(runs).join(TABLE, TABLE.c.run_id == runs.c.id).order_by(runs.c.number.desc())
    older = connection.execute(newest_first.offset(keep).with_for_update(of=runs)).all()
    dropped = [row.id for row in older if row.status in OVER and not row.pinned]
    files: set[str] = set().union(*(files_of(connection, run_id) for run_id in dropped))
    connection.execute(TABLE.delete().where(TABLE.c.run_id.in_(dropped)))
    return files


def _row(connection: sa.Connection, run_id: str) -> Row | None:
    return connection.execute(sa.select(TABLE).where(TABLE.c.run_id == run_id)).one_or_none()
