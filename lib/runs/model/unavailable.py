"""The error of an unavailable store. In its own module, so that a page that reports it need not import the database."""

from __future__ import annotations

from collections.abc import Mapping

from lib.core.errors import AppError
from lib.core.i18n import mark

NO_ROOM = "no_room"
"""The trouble of a server whose room for runs is used up: what is recorded stays, and pages work."""

HEALTH_TEXT: Mapping[str, str] = {
    "disk_full": mark("The disk of this server is full: nothing can be recorded until there is room again."),
    "database_locked": mark("Another program holds the database: nothing can be recorded until it lets go."),
    "database_read_only": mark("The database may only be read: nothing can be recorded until it may be written."),
    "database": mark("The database does not answer: nothing can be recorded until it does."),
    "database_schema": mark(
        "The tables of the database could not be brought up to date: nothing can be recorded until they are. The "
        "server's log says why."
    ),
    "weights_read_only": mark("The folder for weights may not be written: no run can be kept until it may."),
    "no_room": mark(
        "The room that this server gives to runs is used up: nothing new can be started until pinned runs are unpinned "
        "or deleted."
    ),
    "weights_unreachable": mark("The place for weights does not answer: no run can be kept until it does."),
    "scheduler": mark("The scheduler of the workers does not answer: nothing new begins until it does."),
}
"""The codes of `lib.runs.model.health` in words for visitors."""


class StoreUnavailable(AppError):
    """The database cannot do what it was asked, but may later. `code` says why."""

    def __init__(self, code: str, detail: str) -> None:
        self.code, self.template = code, HEALTH_TEXT[code]
        super().__init__(f"{code}: {detail}")
