"""The store of runs and studies: a log for each, and columns that follow from it or hold control requests.

Web process and workers open the same database. Every method may be called from any thread.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from lib.core.exports.archive import RunArchive
from lib.core.exports.curves import Curve, curves_of
from lib.core.mydigits.digit_sets import Digits
from lib.core.mydigits.finetune_plan import Tuning
from lib.core.paths import home
from lib.core.studies.configs import StudyConfig, study_kind, study_to_dict
from lib.core.training.config import SETTINGS, SettingError, TrainConfig
from lib.core.training.control import ControlRequests
from lib.core.training.events import Checkpoint, Evaluated, Paused, Progress, Snapshot, Stopped
from lib.runs import artifacts
from lib.runs.artifacts import Artifact, ArtifactMissing
from lib.runs.db import (
    archives,
    checkpoint_store,
    digit_set_store,
    exclusive,
    export_store,
    groups,
    history,
    ledger,
    retention,
    rooms,
    snapshot_store,
    tables,
    turns,
)
from lib.runs.db.classroom import Classroom
from lib.runs.db.classwork import Classwork, note_guess
from lib.runs.db.json_events import AnyEvent
from lib.runs.db.rows import Row, event_of, job_of, progress_of, requests_of, run_of, study_of
from lib.runs.db.tables import TRAIN
from lib.runs.model.group import Group, Kind
from lib.runs.model.health import code_of
from lib.runs.model.listing import ON_A_PAGE, Which, short_name
from lib.runs.model.run import (
    CLAIMED,
    OPEN,
    OVER,
    Job,
    OwnDigit,
    Run,
    Status,
    Study,
    TooManyPinned,
    UnknownRun,
    host_of,
)
from lib.runs.model.unavailable import StoreUnavailable

__all__ = ["Store", "StoreUnavailable", "open_store"]


def open_store() -> Store:
    """The store at $TF2LAB_DATABASE_URL, else the SQLite file in the app's folder."""
    return Store(os.environ.get("TF2LAB_DATABASE_URL") or f"sqlite:///{home() / 'tf2lab.db'}")


class Store:
    """The runs and studies in the database at `url`; an older database is upgraded.

    A study is claimed, stopped, taken over and ended like a run: where a method says run, it means both, unless it is
    about weights, progress or pauses, which studies do not have. `classroom` has the rooms of classes,
    `classwork` what they do together.

    Raises StoreUnavailable if the database fails, UnknownRun for an unknown id.
    """

    def __init__(self, url: str) -> None:
        self.url = tables.address(url).render_as_string(hide_password=False)
        self._file = tables.file_of(self.url)
        with _away(self._file):
            self._pool = tables.connect(url)
        self.classroom = Classroom(self._reading, self._writing)
        self.classwork = Classwork(self._reading, self._writing)

    def close(self) -> None:
        """Closes the connections; the store can still be used and opens new ones."""
        self._pool.dispose()

    # Queries.

    def run(self, run_id: str) -> Run:
        """The current training run."""
        with self._reading() as connection:
            return run_of(ledger.row_of(connection, run_id, training=True))

    def study(self, study_id: str) -> Study:
        """The current study. Raises UnknownRun also for a study of another version that this one cannot read."""
        job = self.job(study_id)
        if not isinstance(job, Study):
            raise UnknownRun(study_id)
        return job

    def job(self, job_id: str) -> Job:
        """The current run or study."""
        with self._reading() as connection:
            job = job_of(ledger.row_of(connection, job_id))
        if job is None:
            raise UnknownRun(job_id)
        return job

    def requests(self, run_id: str) -> ControlRequests:
        """The current control requests for the run."""
        return self.job(run_id).requests

    def runs(self, limit: int = 50, begun: bool = False) -> list[Run]:
        """The newest training runs, newest first; with `begun` only those that have made a step."""
        table = tables.runs
        there = (table.c.kind == TRAIN) & table.c.deleted_at.is_(None)
        query = sa.select(table).where(there).order_by(table.c.number.desc()).limit(limit)
        return [run_of(row) for row in self._all(query.where(table.c.step > 0) if begun else query)]

    def history(self, which: Which, page: int = 1, size: int = ON_A_PAGE) -> list[Run]:
        """The runs on this page of a list; the pages have `size` runs and are counted from 1."""
        return [run_of(row) for row in self._all(history.rows_of(which, page, size))]

    def count(self, which: Which) -> int:
        """How many runs the whole list has."""
        with self._reading() as connection:
            return connection.execute(history.count_of(which)).scalar_one()

    def group(self, group_id: str) -> Group:
        """The group of runs. Raises UnknownRun."""
        with self._reading() as connection:
            return groups.group_of(connection, group_id)

    def group_runs(self, group_id: str) -> list[Run]:
        """The group's runs in the order of their start, without deleted ones."""
        return [run_of(row) for row in self._all(groups.rows_of(group_id))]

    def newest_groups(self, owner: str, limit: int = 1) -> list[Group]:
        """The owner's newest groups, newest first."""
        return [groups.read(row) for row in self._all(groups.newest(owner, limit))]

    def studies(self, kind: str, limit: int = 50, owner: str | None = None) -> list[Study]:
        """The newest studies of this kind, newest first; with `owner` only theirs."""
        table = tables.runs
        query = sa.select(table).where(table.c.kind == kind).order_by(table.c.number.desc()).limit(limit)
        rows = self._all(query if owner is None else query.where(table.c.owner == owner))
        return [study for row in rows if (study := study_of(row))]

    def open_runs(self) -> list[Job]:
        """Every waiting or running job, in queue order."""
        return self._open()

    def open_runs_of(self, owner: str) -> list[Job]:
        """The owner's open runs and studies, in queue order."""
        return self._open(tables.runs.c.owner == owner)

    def queue(self, job: Job) -> tuple[Job, ...]:
        """The open runs and studies before `job` in the queue: those created, or resumed, earlier."""
        with self._reading() as connection:
            before = connection.execute(ledger.queued_before(ledger.row_of(connection, job.id)))
            return tuple(other for row in before if (other := job_of(row)))

    def events(self, run_id: str, after: int = 0) -> list[tuple[int, AnyEvent]]:
        """The run's events after sequence number `after`, each with its number; without Progress and Checkpoint.

        A later Started names the step after which the run continues: what was read before about later steps is void. A
        study restarts from its beginning: a later Began voids everything read before. No number is used twice.
        """
        rows = self._all(ledger.EVENTS_AFTER, run_id=run_id, after=after)
        found = ((row.sequence, event_of(row)) for row in rows)
        return [(sequence, event) for sequence, event in found if event is not None]

    def progress(self, run_id: str, after_step: int = 0) -> list[Progress]:
        """The run's chunks with steps after `after_step`, in order."""
        return [progress_of(row) for row in self._all(ledger.PROGRESS_AFTER, run_id=run_id, after=after_step)]

    def checkpoint(self, run_id: str) -> Artifact | None:
        """The run's newest weights as a file; None before its first checkpoint."""
        with self._reading() as connection:
            return checkpoint_store.newest(connection, run_id)

    def weights(self, run_id: str) -> Checkpoint | None:
        """The run's newest weights without state; None before its first checkpoint.

        Raises ArtifactMissing or ArtifactDamaged.
        """
        return self._read(run_id, checkpoint_store.newest, artifacts.read_weights)

    def resume_point(self, run_id: str) -> Checkpoint | None:
        """The newest checkpoint from which the run can resume; None if there is none yet.

        Raises ArtifactMissing or ArtifactDamaged.
        """
        return self._read(run_id, checkpoint_store.resumable, artifacts.read)

    def tuning(self, run_id: str) -> Tuning | None:
        """The run's base, and the digits at the time of the request; None for a run that was not tuned."""
        with self._reading() as connection:
            return digit_set_store.tuning_of(connection, ledger.row_of(connection, run_id, training=True))

    def own_digits(self, owner: str) -> list[OwnDigit]:
        """The digits that this owner keeps, newest first."""
        with self._reading() as connection:
            return digit_set_store.kept(connection, owner)

    def own_digit_count(self, owner: str) -> int:
        """How many digits this owner keeps."""
        with self._reading() as connection:
            return digit_set_store.count(connection, owner)

    def curves(self, run_id: str) -> dict[str, Curve]:
        """The run's curves so far, with their moments: see `lib.core.exports.curves`."""
        run = self.run(run_id)
        epochs = [event for _, event in self.events(run_id) if isinstance(event, Evaluated)]
        return curves_of(self.progress(run_id), epochs, run.config.batch_size, run.created_at)

    def snapshots(self, run_id: str) -> list[Artifact]:
        """The run's snapshots in the order of their steps; empty if none are kept."""
        with self._reading() as connection:
            return snapshot_store.of_run(connection, run_id)

    def archive(self, run_id: str) -> RunArchive:
        """Everything recorded of the run, as far as it is.

        Raises ArtifactMissing, ArtifactDamaged, and ArchiveError for a run with settings of another version.
        """
        # The worker writes steps, then events, then weights: read backwards, nothing lacks what it belongs to.
        weights = self.weights(run_id)
        if weights and (whole := self.resume_point(run_id)) and whole.step == weights.step:
            weights = whole
        events = [event for _sequence, event in self.events(run_id)]
        return archives.archive_of(self.run(run_id), events, self.progress(run_id), weights)

    def counts_by_status(self) -> dict[tuple[str, str], int]:
        """How many runs and studies there are, by kind and status."""
        with self._reading() as connection:
            return retention.counts_by_status(connection)

    def size(self) -> int:
        """The bytes that the database uses."""
        with self._reading() as connection:
            return retention.size(connection)

    # Visitors' requests.

    def create_run(
        self,
        config: TrainConfig,
        owner: str = "",
        guess: float | None = None,
        pause_after: int | None = None,
        tuning: Tuning | None = None,
    ) -> Run:
        """A new run that waits for a worker; with `pause_after=0` it is paused before its first step.

        Its id cannot be guessed: anyone with the link may watch it. With `tuning` it begins with another run's weights
        and stores the digits as they are now; `config` has that run's network
        (`lib.core.mydigits.finetune_plan.tuned_config`).
        """
        status = Status.PAUSED if pause_after == 0 else Status.WAITING
        run_id = self._create(
            tuning,
            kind=TRAIN,
            config=json.dumps(config.to_dict()),
            status=status,
            owner=owner,
            guess=guess,
            pause_after=pause_after,
        )
        return self.run(run_id)

    def create_group(
        self, kind: Kind, plan: Mapping[str, Any], members: Sequence[tuple[TrainConfig, str]], owner: str = ""
    ) -> Group:
        """A group of new runs, each with its settings and its name, which take turns with everybody else's.

        `plan` is kept as JSON. Raises ValueError unless there are from 1 to MOST_RUNS members.
        """
        with self._writing() as connection:
            group_id = groups.create(connection, kind, plan, members, owner)
        return self.group(group_id)

    def stop_group(self, group_id: str) -> None:
        """Stops every run of the group that has not ended; the last one first, so that none starts meanwhile."""
        for run in reversed(self.group_runs(group_id)):
            self.stop(run.id)

    def import_run(self, archive: RunArchive, owner: str, most: int) -> Run:
        """A new run of this owner with everything in the archive; it is over.

        Raises TooManyBrought if they have `most` of them, ArtifactRefused if weights cannot be written.
        """
        run_id = secrets.token_urlsafe(9)
        artifact = artifacts.write(run_id, archive.weights) if archive.weights else None
        try:
            with self._writing() as connection:
                archives.bring(connection, run_id, owner, archive, artifact, most)
        except BaseException:
            if artifact:
                artifacts.remove(artifact.path)
            raise
        return self.run(run_id)

    def create_study(
        self, config: StudyConfig, owner: str = "", guess: float | None = None, asks: bool = False
    ) -> Study:
        """A new study that waits for a worker; its id cannot be guessed either.

        One that `asks` is paused before its beginning, for the guesses of a class (`Classwork.begin`).
        """
        plain, kind = json.dumps(study_to_dict(config)), study_kind(config)
        status = Status.PAUSED if asks else Status.WAITING
        study_id = self._create(None, kind=kind, config=plain, status=status, owner=owner, guess=guess)
        return self.study(study_id)

    def _create(self, tuning: Tuning | None, **values: Any) -> str:
        job_id, now = secrets.token_urlsafe(9), datetime.now(UTC)
        with self._writing() as connection:
            if tuning:
                ledger.row_of(connection, tuning.base, training=True)
            values["room_id"] = rooms.room_for(connection, values["owner"])
            place = turns.place(connection, values["owner"], values["kind"])
            connection.execute(tables.runs.insert().values(id=job_id, created_at=now, queued_at=place, **values))
            if tuning:
                digit_set_store.attach(connection, job_id, tuning)
            if values["room_id"] and values["guess"] is not None:
                note_guess(connection, values["room_id"], job_id, values["owner"], values["guess"])
        return job_id

    def stop(self, run_id: str) -> None:
        """Ends a run: at once if no worker has it, else when its worker hears of it. An ended run stays unchanged."""
        with self._changing(run_id) as (connection, row, unneeded):
            if row.status in CLAIMED:
                ledger.update(connection, run_id, stop_wished=True)
            elif row.status in (Status.WAITING, Status.PAUSED):
                unneeded |= ledger.record(connection, row, Stopped(step=row.step))

    def pause(self, run_id: str) -> None:
        """Pauses a run: at once if no worker has it, else when its worker reads the request."""
        with self._changing(run_id, training=True) as (connection, row, _):
            if row.status in OPEN:
                ledger.update(connection, run_id, pause_after=0)
            if row.status == Status.WAITING:
                ledger.record(connection, row, Paused(step=row.step))

    def resume(self, run_id: str, pause_after: int | None = None) -> None:
        """Resumes a paused run, at the end of the queue, until `pause_after` steps are done in all.

        A running one also gets the new `pause_after`. Raises RunOver.
        """
        with self._changing(run_id, training=True) as (connection, row, _):
            ledger.require(row, "resume", worker=None)
            ledger.update(connection, run_id, pause_after=pause_after)
            if row.status == Status.PAUSED:
                ledger.enqueue(connection, row)

    def set_learning_rate(self, run_id: str, rate: float) -> None:
        """Makes the remaining steps use `rate`, or a schedule with `rate` as its highest value.

        Raises SettingError for an invalid rate.
        """
        if not SETTINGS["learning_rate"].allows(rate):
            raise SettingError("learning_rate", rate)
        with self._changing(run_id, training=True) as (connection, _, _):
            ledger.update(connection, run_id, rate_wished=rate)

    def pin(self, run_id: str, pinned: bool = True, most: int | None = None) -> None:
        """Keeps the weights of a run for good, or no longer. Raises TooManyPinned if `most` runs are pinned already."""
        with self._changing(run_id, training=True) as (connection, row, _):
            if pinned and not row.pinned and most is not None and retention.pinned_runs(connection) >= most:
                raise TooManyPinned(most)
            ledger.update(connection, run_id, pinned=pinned)

    def rename(self, run_id: str, name: str) -> None:
        """Gives the run its owner's name for it, '' for none; a longer one than NAME_LENGTH is cut."""
        with self._changing(run_id, training=True) as (connection, _, _):
            ledger.update(connection, run_id, name=short_name(name))

    def delete(self, owner: str, ids: Collection[str]) -> int:
        """Deletes those of the owner's runs that are over or paused; returns how many. It can be undone for a while."""
        with self._writing() as connection:
            return history.delete(connection, owner, ids)

    def undelete(self, owner: str, ids: Collection[str]) -> int:
        """Brings back those of the owner's runs whose deletion was not yet for good; returns how many."""
        with self._writing() as connection:
            return history.undelete(connection, owner, ids)

    def keep_digits(self, owner: str, digits: Digits) -> int:
        """Keeps the digits for this owner; returns how many. Raises OwnDigitsError, keeping none, if too many."""
        with self._writing() as connection:
            return digit_set_store.keep(connection, owner, digits)

    def relabel_digit(self, owner: str, digit_id: int, label: int) -> bool:
        """Labels the owner's digit as `label`; False if they have no such digit (any more).

        Raises OwnDigitsError for an invalid label.
        """
        with self._writing() as connection:
            return digit_set_store.relabel(connection, owner, digit_id, label)

    def forget_digits(self, owner: str, ids: Collection[int]) -> int:
        """Deletes those of the owner's digits with one of `ids`; returns how many."""
        with self._writing() as connection:
            return digit_set_store.forget(connection, owner, ids)

    # Requests of engines and workers.

    def append(self, run_id: str, event: AnyEvent, worker: str | None = None) -> ControlRequests:
        """Adds `event` to the run's log and updates its status and step in one transaction; returns the current
        requests.

        What `worker` sends once more, because it got no answer, is recorded once.

        The arrays of a Checkpoint or Snapshot go to a file, and files that it replaces are deleted. Raises RunOver if
        the run has ended, RunLost if `worker` does not (or no longer) have it, StepRepeated for steps that it already
        has, ArtifactRefused if weights cannot be written.
        """
        if isinstance(event, Checkpoint | Snapshot):
            return self._append_weights(run_id, event, worker)
        with self._changing(run_id) as (connection, row, unneeded):
            ledger.require(row, type(event).__name__, worker)
            if worker and ledger.is_newest(connection, row, event):
                return requests_of(row)
            unneeded |= ledger.record(connection, row, event)
            if isinstance(event, Paused) and worker and not _rests(row, event):
                ledger.enqueue(connection, row)
        return requests_of(row)

    def _append_weights(self, run_id: str, event: Checkpoint | Snapshot, worker: str | None) -> ControlRequests:
        whole = event if isinstance(event, Checkpoint) else Checkpoint(step=event.step, weights=event.weights)
        artifact, is_done = artifacts.write(run_id, whole), False
        try:
            with self._changing(run_id) as (connection, row, unneeded):
                ledger.require(row, type(event).__name__, worker)
                if isinstance(event, Snapshot):
                    unneeded |= snapshot_store.add(connection, run_id, artifact)
                else:
                    unneeded |= checkpoint_store.replace(connection, row, artifact, event)
                    ledger.update(connection, run_id, step=max(row.step, event.step))
                is_done = True
        except BaseException:
            if not is_done:  # a commit without an answer may have named the file
                artifacts.remove(artifact.path)
            raise
        return requests_of(row)

    def claim(self, run_id: str, worker: str, turn: int | None = None) -> Job:
        """Gives a waiting run to `worker`, whose name the returned run then has: only one worker gets it.

        Any other run is returned unchanged; so is one that was paused and resumed since `turn`, and for now one that
        may not run beside the current jobs on the worker's host (`lib.runs.db.exclusive`).
        """
        with self._changing(run_id, host=host_of(worker)) as (connection, row, _):
            if row.status == Status.WAITING and turn in (None, row.turn):
                if exclusive.is_blocked(connection, row, worker) or exclusive.is_behind_reservation(
                    connection, row, worker
                ):
                    exclusive.reserve(connection, row, worker)
                else:
                    _give(connection, row, worker)
        return self.job(run_id)

    def take_over(self, run_id: str, worker: str, earlier: str | None, died: bool = False) -> Job:
        """Gives a run whose worker `earlier` is gone, or `died` with it, to `worker`, in the state of its resume point.

        Later records are removed: the curve has no gap, and no step twice. A study has no such point: all its records
        are removed. A run that `earlier` no longer has is returned unchanged, and so is, for now, one that may not run
        beside the current jobs on the worker's host.
        """
        with self._changing(run_id, host=host_of(worker)) as (connection, row, unneeded):
            mine = row.status in CLAIMED and row.worker == earlier
            if mine and not exclusive.is_blocked(connection, row, worker):
                step, files = checkpoint_store.cut_back(connection, run_id)
                unneeded |= files | snapshot_store.cut_back(connection, run_id, step)
                results = ledger.results(connection, run_id)
                _give(connection, row, worker, step=step, deaths=row.deaths + died, **results)
        return self.job(run_id)

    def count_death(self, run_id: str, worker: str | None) -> Job:
        """Counts the death of `worker` with this run, unless it no longer had the run."""
        with self._changing(run_id) as (connection, row, _):
            if row.status in CLAIMED and row.worker == worker:
                ledger.update(connection, run_id, deaths=row.deaths + 1)
        return self.job(run_id)

    def assign(self, run_id: str, engine: str, earlier: str | None) -> bool:
        """Moves an open run from engine `earlier` to `engine`; False if another engine was faster."""
        with self._changing(run_id) as (connection, row, _):
            if row.engine != earlier or row.status not in OPEN:
                return False
            ledger.update(connection, run_id, engine=engine)
            return True

    def beat(self, engine: str) -> None:
        """Increases the heartbeat count of this engine."""
        table = tables.engines
        # Servers with one cluster beat for the same engine: if another one is faster with the first beat, that is one.
        with suppress(IntegrityError), self._writing() as connection:
            more = table.update().where(table.c.id == engine).values(beats=table.c.beats + 1)
            if not connection.execute(more).rowcount:
                connection.execute(table.insert().values(id=engine, beats=1))

    def beats(self) -> dict[str, int]:
        """The heartbeat count of each engine."""
        return {row.id: row.beats for row in self._all(sa.select(tables.engines))}

    def prune(self, keep: int) -> int:
        """Deletes the weights of all but the newest `keep` runs that have some; returns the number of files.

        Pinned runs and runs that have not ended always keep theirs.
        """
        with self._writing() as connection:
            files = checkpoint_store.prune(connection, keep)
        _remove(files)
        return len(files)

    def prune_snapshots(self, keep: int) -> int:
        """Deletes the snapshots of all but the newest `keep` runs that have some; returns the number of files.

        Runs that have not ended always keep theirs.
        """
        with self._writing() as connection:
            files = snapshot_store.prune(connection, keep)
        _remove(files)
        return len(files)

    def purge(self, older_than: timedelta) -> int:
        """Removes for good the runs that were deleted longer ago; returns how many."""
        with self._writing() as connection:
            count, files = history.purge(connection, datetime.now(UTC) - older_than)
        _remove(files)
        return count

    def prune_studies(self, kind: str, keep: int) -> int:
        """Deletes all but the newest `keep` ended studies of this kind; returns how many."""
        table = tables.runs
        over = sa.select(table.c.number).where(table.c.kind == kind, table.c.status.in_(OVER))
        with self._writing() as connection:
            older = connection.execute(over.order_by(table.c.number.desc()).offset(keep)).scalars().all()
            connection.execute(table.delete().where(table.c.number.in_(older)))
        return len(older)

    def prune_exports(self, keep: int) -> int:
        """Deletes all but the newest `keep` ended exports with their files; returns the number of files."""
        with self._writing() as connection:
            files = export_store.prune(connection, keep)
        _remove(files)
        return len(files)

    def drop_old(self, keep: int, before: datetime | None = None) -> int:
        """Removes runs and studies that are over, not pinned, and not among the newest `keep` or from before this time.

        Returns how many.
        """
        with self._writing() as connection:
            count, files = retention.drop_old(connection, keep, before)
        _remove(files)
        return count

    def drop_digits(self, keep: int) -> int:
        """Removes all but the newest `keep` of the digits that visitors keep; returns how many."""
        with self._writing() as connection:
            return retention.drop_digits(connection, keep)

    def sweep(self, run_id: str) -> None:
        """Deletes files of this run that a killed worker left behind."""
        with self._reading() as connection:
            needed = checkpoint_store.files_of(connection, run_id) | snapshot_store.files_of(connection, run_id)
        artifacts.sweep(run_id, keep=needed)

    def _read(
        self,
        run_id: str,
        where: Callable[[sa.Connection, str], Artifact | None],
        read: Callable[[Artifact], Checkpoint],
    ) -> Checkpoint | None:
        def look() -> Artifact | None:
            with self._reading() as connection:
                return where(connection, run_id)

        artifact = look()
        while artifact is not None:
            try:
                return read(artifact)
            except ArtifactMissing:
                # An open run may have replaced it between our two reads.
                earlier, artifact = artifact, look()
                if artifact == earlier:
                    raise
        return None

    def _open(self, *which: sa.ColumnElement[bool]) -> list[Job]:
        query = sa.select(tables.runs).where(tables.runs.c.status.in_(OPEN), *which).order_by(*ledger.QUEUE)
        return [job for row in self._all(query) if (job := job_of(row))]

    def _all(self, query: sa.Select[Any], **values: Any) -> list[Row]:
        with self._reading() as connection:
            return list(connection.execute(query, values))

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with _away(self._file), self._pool.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with _away(self._file), tables.writing(self._pool).begin() as connection:
            yield connection

    @contextmanager
    def _changing(
        self, run_id: str, training: bool = False, host: str = ""
    ) -> Iterator[tuple[sa.Connection, Row, set[str]]]:
        """A transaction in which no other process can change this run, nor decide what starts on `host`.

        With `training`, a study counts as unknown. Files added to the set are deleted after the transaction has
        succeeded.
        """
        unneeded: set[str] = set()
        with self._writing() as connection:
            exclusive.lock_host(connection, host)
            yield connection, ledger.row_of(connection, run_id, lock=True, training=training), unneeded
        _remove(unneeded)


@contextmanager
def _away(file: Path | None) -> Iterator[None]:
    """Turns errors of the database driver into StoreUnavailable, unless they are our mistakes."""
    try:
        yield
    except SQLAlchemyError as error:
        code = code_of(error, file)
        if code is None:
            raise
        raise StoreUnavailable(code, str(error)) from error


def _give(connection: sa.Connection, row: Row, worker: str, **changes: Any) -> None:
    changes.update(status=Status.STARTING, worker=worker, claimed_at=datetime.now(UTC))
    # It has its turn: whoever waits from now on waits for it.
    ledger.update(connection, row.id, queued_at=row.created_at, **changes)


def _rests(row: Row, event: Paused) -> bool:
    """Whether the pause still holds: the run may have been resumed before its worker heard of it."""
    return row.pause_after is not None and row.pause_after <= event.step


def _remove(files: Iterable[str]) -> None:
    for path in files:
        artifacts.remove(path)
