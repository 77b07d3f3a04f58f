"""The studies that made files to take away: which of them are kept, with their files."""

from __future__ import annotations

import sqlalchemy as sa

from lib.core.studies.configs import EXPORT
from lib.core.studies.events import Exported, stored_name
from lib.runs.db import tables
from lib.runs.db.rows import event_of
from lib.runs.model.run import OVER


def prune(connection: sa.Connection, keep: int) -> set[str]:
    """Drops all but the newest `keep` ended exports; returns the files no longer needed."""
    runs, events = tables.runs, tables.events
    over = sa.select(runs.c.id).where(runs.c.kind == EXPORT, runs.c.status.in_(OVER))
    older = connection.execute(over.order_by(runs.c.number.desc()).offset(keep)).scalars().all()
    made = sa.select(events).where(events.c.run_id.in_(older), events.c.kind == stored_name(Exported))
    found = [event for row in connection.execute(made) if isinstance(event := event_of(row), Exported)]
    connection.execute(runs.delete().where(runs.c.id.in_(older)))
    return {event.path for event in found} - {""}
