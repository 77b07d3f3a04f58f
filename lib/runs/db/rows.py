"""Conversion between database rows and values."""

from __future__ import annotations

import json
import logging
from functools import cache
from typing import Any

import numpy as np
import sqlalchemy as sa

from lib.core.seeds import SCHEME
from lib.core.studies.configs import StudyConfig, StudyError, study_from_dict
from lib.core.studies.events import Began
from lib.core.training.config import read_config
from lib.core.training.control import ControlRequests
from lib.core.training.events import Compiled, Failed, Finished, Paused, Progress, Started, Stopped
from lib.runs.db.json_events import AnyEvent, event_from_json
from lib.runs.db.tables import TRAIN
from lib.runs.model.run import Job, Run, Status, Study

logger = logging.getLogger(__name__)

Row = sa.Row[Any]

STATUS_AFTER: dict[type, Status] = {
    Started: Status.STARTING,
    Compiled: Status.RUNNING,
    Began: Status.RUNNING,
    Paused: Status.PAUSED,
    Finished: Status.FINISHED,
    Stopped: Status.STOPPED,
    Failed: Status.FAILED,
}
"""The status of a run or study after an event."""


def job_of(row: Row) -> Job | None:
    """The run or study in a row of `runs`; None for a study that this version cannot read."""
    return run_of(row) if row.kind == TRAIN else study_of(row)


def run_of(row: Row) -> Run:
    """The run in a row of `runs`; settings that this version refuses get their defaults and are named in `unread`."""
    config, refused = read_config(json.loads(row.config))
    unread = tuple(error.name for error in refused)
    has_begun = row.total_steps or row.step
    scheme = row.scheme if has_begun else SCHEME
    return Run(
        config=config,
        base=row.base,
        unread=unread,
        pinned=row.pinned,
        scheme=scheme,
        name=row.name,
        accuracy=None if row.accuracy < 0 else row.accuracy,
        seconds=row.seconds,
        device=row.device,
        **_of_any_job(row),
    )


def study_of(row: Row) -> Study | None:
    """The study in a row of `runs`; None, with a log message, if this version does not support its settings.

    With other settings than the requested ones it would be another study.
    """
    try:
        config = study_config_of(row)
    except StudyError as error:
        _say_once(row.id, str(error))
        return None
    return Study(kind=row.kind, config=config, **_of_any_job(row))


def study_config_of(row: Row) -> StudyConfig:
    """The requested settings of the study in a row of `runs`. Raises StudyError."""
    return study_from_dict(row.kind, json.loads(row.config))


@cache
def _say_once(study_id: str, why: str) -> None:
    # Logged once, because an engine reads the open studies twice a second.
    logger.warning("study %s is left alone: %s", study_id, why)


def _of_any_job(row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "status": row.status,
        "step": row.step,
        "total_steps": row.total_steps,
        "owner": row.owner,
        "guess": row.guess,
        "group": row.group_id,
        "room": row.room_id,
        "requests": requests_of(row),
        "deaths": row.deaths,
        "turn": row.turn,
        "engine": row.engine,
        "worker": row.worker,
        "created_at": row.created_at,
        "queued_at": row.queued_at or row.created_at,
        "claimed_at": row.claimed_at,
        "ended_at": row.ended_at,
    }


def requests_of(row: Row) -> ControlRequests:
    """The control requests in a row of `runs`."""
    return ControlRequests(stop=row.stop_wished, pause_after=row.pause_after, learning_rate=row.rate_wished)


def progress_of(row: Row) -> Progress:
    """The chunk in a row of `progress`."""
    return Progress(
        first_step=row.first_step,
        losses=np.frombuffer(row.losses, "<f4"),
        accuracies=np.frombuffer(row.accuracies, "<f4"),
        images_per_second=float("nan") if row.images_per_second is None else row.images_per_second,
    )


def progress_row(run_id: str, chunk: Progress) -> dict[str, Any]:
    """The row of `progress` that keeps `chunk`: float32, little-endian."""
    return {
        "run_id": run_id,
        "first_step": chunk.first_step,
        "last_step": chunk.last_step,
        "losses": chunk.losses.astype("<f4").tobytes(),
        "accuracies": chunk.accuracies.astype("<f4").tobytes(),
        "images_per_second": None if np.isnan(chunk.images_per_second) else float(chunk.images_per_second),
    }


def event_of(row: Row) -> AnyEvent | None:
    """The event in a row of `events`; None, with a log message, if this version cannot read it."""
    try:
        return event_from_json(row.kind, row.body)
    except ValueError as error:
        logger.warning("event %s of run %s: %s", row.sequence, row.run_id, error)
        return None
