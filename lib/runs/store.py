"""Where runs are kept: an append-only log for each, and a status column that follows from it.

Web process and workers open the same database. Every method may be called from any thread.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from lib.core.config import TrainConfig
from lib.core.events import Checkpoint, Event, Progress, Stopped
from lib.core.place import home
from lib.runs import artifacts, ledger, tables
from lib.runs.artifacts import Artifact, ArtifactMissing
from lib.runs.rows import Row, event_of, progress_of, run_of
from lib.runs.run import OPEN, Run, Status


def open_store() -> Store:
    """The store at $TF2LAB_DATABASE_URL, else the SQLite file in the app's folder."""
    return Store(os.environ.get("TF2LAB_DATABASE_URL") or f"sqlite:///{home() / 'tf2lab.db'}")


class Store:
    """The runs in the database at `url`.

    Raises `sqlalchemy.exc.OperationalError` where the database does not answer, UnknownRun for an id it does not have.
    """

    def __init__(self, url: str) -> None:
        self.url = tables.address(url).render_as_string(hide_password=False)
        self._pool = tables.connect(url)

    def close(self) -> None:
        """Gives the connections back; the store can still be used and opens new ones."""
        self._pool.dispose()

    def create_run(self, config: TrainConfig) -> Run:
        """A new run that waits for a worker. Its id cannot be guessed: who has the link may watch it."""
        run_id = secrets.token_urlsafe(9)
        row = {
            "id": run_id,
            "config": json.dumps(config.to_dict()),
            "status": Status.WAITING,
            "created_at": datetime.now(UTC),
        }
        with tables.writing(self._pool).begin() as connection:
            connection.execute(tables.runs.insert().values(row))
        return self.run(run_id)

    def run(self, run_id: str) -> Run:
        """The run as it stands now."""
        with self._pool.connect() as connection:
            return run_of(ledger.row_of(connection, run_id))

    def runs(self, limit: int = 50) -> list[Run]:
        """The newest runs, newest first."""
        query = sa.select(tables.runs).order_by(tables.runs.c.number.desc()).limit(limit)
        return [run_of(row) for row in self._all(query)]

    def open_runs(self) -> list[Run]:
        """Every run that is waiting or under way, oldest first."""
        query = sa.select(tables.runs).where(tables.runs.c.status.in_(OPEN)).order_by(tables.runs.c.number)
        return [run_of(row) for row in self._all(query)]

    def ahead_of(self, run: Run) -> int:
        """How many open runs were created before `run`: its place in the queue."""
        own = sa.select(tables.runs.c.number).where(tables.runs.c.id == run.id).scalar_subquery()
        query = sa.select(sa.func.count()).where(tables.runs.c.status.in_(OPEN), tables.runs.c.number < own)
        with self._pool.connect() as connection:
            return connection.execute(query).scalar_one()

    def events(self, run_id: str, after: int = 0) -> list[tuple[int, Event]]:
        """The run's events after sequence number `after`, with theirs; without Progress and Checkpoint."""
        table = tables.events
        query = sa.select(table).where(table.c.run_id == run_id, table.c.sequence > after).order_by(table.c.sequence)
        found = ((row.sequence, event_of(row)) for row in self._all(query))
        return [(sequence, event) for sequence, event in found if event is not None]

    def progress(self, run_id: str, after_step: int = 0) -> list[Progress]:
        """The run's chunks that hold a step after `after_step`, in order."""
        table = tables.progress
        query = sa.select(table).where(table.c.run_id == run_id, table.c.last_step > after_step)
        return [progress_of(row) for row in self._all(query.order_by(table.c.last_step))]

    def checkpoint(self, run_id: str) -> Artifact | None:
        """Where the run's newest weights lie; None before its first checkpoint."""
        with self._pool.connect() as connection:
            return ledger.artifact_of(connection, run_id)

    def weights(self, run_id: str) -> Checkpoint | None:
        """The run's newest weights; None before its first checkpoint. Raises ArtifactMissing or ArtifactDamaged."""
        artifact = self.checkpoint(run_id)
        while artifact is not None:
            try:
                return Checkpoint(step=artifact.step, weights=artifacts.read(artifact))
            except ArtifactMissing:
                # A run under way may have replaced it between our two looks.
                earlier, artifact = artifact, self.checkpoint(run_id)
                if artifact == earlier:
                    raise
        return None

    def append(self, run_id: str, event: Event) -> None:
        """Adds `event` to the run's log; its status and step follow in the same transaction.

        The arrays of a Checkpoint go to a file, and the file before it is deleted. Raises RunOver where the run has
        ended, StepRepeated for steps that it already has.
        """
        if isinstance(event, Checkpoint):
            self._append_checkpoint(run_id, event)
            return
        with self._changing(run_id) as (connection, row):
            ledger.record(connection, row, event)
            ledger.follow(connection, row, event)

    def _append_checkpoint(self, run_id: str, event: Checkpoint) -> None:
        artifact = artifacts.write(run_id, event.step, event.weights)
        try:
            with self._changing(run_id) as (connection, row):
                replaced = ledger.replace_artifact(connection, row, artifact)
        except BaseException:
            artifacts.remove(artifact)
            raise
        if replaced is not None:
            artifacts.remove(replaced)

    def wish(self, run_id: str) -> str | None:
        """What somebody wants of the run, such as "stop"."""
        return self.run(run_id).wish

    def set_wish(self, run_id: str, wish: str) -> None:
        """Leaves `wish` for the worker, which reads it between calls; "stop" takes a waiting run out of the queue."""
        with self._changing(run_id) as (connection, row):
            ledger.update(connection, run_id, wish=wish)
            if wish == "stop" and row.status == Status.WAITING:
                ledger.record(connection, row, Stopped(step=row.step))
                ledger.follow(connection, row, Stopped(step=row.step))

    def claim(self, run_id: str, worker: str) -> Run:
        """Gives a waiting run to `worker`, which then finds its own name in the run: no two workers do.

        Any other run comes back unchanged.
        """
        with self._changing(run_id) as (connection, row):
            if row.status == Status.WAITING:
                ledger.update(connection, run_id, status=Status.STARTING, worker=worker, claimed_at=datetime.now(UTC))
        return self.run(run_id)

    def assign(self, run_id: str, engine: str, earlier: str | None) -> bool:
        """Moves an open run from engine `earlier` to `engine`; False where somebody else was quicker."""
        with self._changing(run_id) as (connection, row):
            if row.engine != earlier or row.status not in OPEN:
                return False
            ledger.update(connection, run_id, engine=engine)
            return True

    def _all(self, query: sa.Select[Any]) -> list[Row]:
        with self._pool.connect() as connection:
            return list(connection.execute(query))

    @contextmanager
    def _changing(self, run_id: str) -> Iterator[tuple[sa.Connection, Row]]:
        """A transaction that nobody else can change this run in."""
        with tables.writing(self._pool).begin() as connection:
            yield connection, ledger.row_of(connection, run_id, lock=True)
