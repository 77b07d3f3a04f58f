"""Fair turns: who is next in a lane, as a place in its queue.

A place is a moment, and the earliest place is next. Somebody's first job gets the moment at which they ask for it. Each
job of the same person that waits, is under way or began lately puts their next one off by a TURN. So everybody's first
comes before anybody's second, and so on; among equals, who asked first goes first. This is fair queueing by virtual
start times (Goyal, Vin and Cheng, 1996, https://doi.org/10.1145/248157.248171) with the same weight for everybody and
for every job.

Nobody waits for ever: what is asked for after somebody's place comes after them, and within a TURN the k jobs that
somebody had before let every other person overtake at most k times.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from lib.core.jobs.lanes import Lane

TURN: Mapping[Lane, timedelta] = {Lane.LONG: timedelta(hours=1), Lane.SHORT: timedelta(minutes=1)}
"""By lane, how far each job of somebody puts off their next one, and how long ago 'lately' begins. Longer than jobs
take on average, even on a slow machine: so whoever comes before somebody's next job goes first."""


def place(now: datetime, turn: timedelta, before: int, last: datetime | None) -> datetime:
    """The place of a job that is asked for now, of somebody with so many jobs `before` it in its lane, that wait, are
    under way or began lately. It is not before the place of the `last` one that waits (None: none does).
    """
    due = now + before * turn
    return due if last is None else max(due, last)
