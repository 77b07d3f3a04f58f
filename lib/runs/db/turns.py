"""Gives a run or study its fair place in the queue of its lane (`lib.core.jobs.turns`).

A place is given once and kept, so the engine's order, the place that a visitor reads and the estimated wait agree. A
job that has its turn is before all who wait. Jobs without an owner are nobody's second: first come, first served.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from lib.core.jobs import turns
from lib.core.jobs.lanes import Lane
from lib.core.studies.configs import KINDS, SHORT_KINDS
from lib.runs.db import tables
from lib.runs.model.run import OPEN, Status

RUNS = tables.runs

KINDS_OF: Mapping[Lane, tuple[str, ...]] = {
    Lane.LONG: (tables.TRAIN, *(kind for kind in KINDS if kind not in SHORT_KINDS)),
    Lane.SHORT: tuple(SHORT_KINDS),
}
"""By lane, the kinds of its jobs as the database names them."""


def turn_of(kind: str) -> timedelta:
    """How far one job of this kind puts off the next one of its owner."""
    return turns.TURN[_lane(kind)]


def place(connection: sa.Connection, owner: str, kind: str, but: str = "") -> datetime:
    """The place of this owner's next job of this kind, if it is asked for now; the job `but` does not count."""
    now, turn = datetime.now(UTC), turn_of(kind)
    if not owner:
        return now
    count, last = connection.execute(before(owner, kind, now - turn, but)).one()
    return turns.place(now, turn, count, last)


def before(owner: str, kind: str, since: datetime, but: str = "") -> sa.Select[int, Any]:
    """The query for what is before this owner's next job: how many of theirs in its lane wait, are under way or began
    `since` then, and the last place of those that wait.
    """
    waits = RUNS.c.status == Status.WAITING
    count = sa.func.count(sa.case((RUNS.c.status.in_(OPEN) | (RUNS.c.claimed_at > since), 1)))
    last = sa.func.max(sa.case((waits, RUNS.c.queued_at)), type_=tables.Moment)
    its = (RUNS.c.owner == owner) & RUNS.c.kind.in_(KINDS_OF[_lane(kind)]) & (RUNS.c.id != but)
    return sa.select(count, last).where(its)


def _lane(kind: str) -> Lane:
    return Lane.SHORT if kind in SHORT_KINDS else Lane.LONG
