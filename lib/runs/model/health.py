"""Possible trouble with the storage of runs and their cluster, as codes that pages translate.

disk_full            no room for the database or for weights
database_locked      another program holds the database for longer than we wait
database_read_only   the database may be read but not written
database             it does not answer, for any other reason
database_schema      its tables cannot be brought up to date
weights_read_only    weights may not be written where they belong
weights_unreachable  the place for weights does not answer
no_room              the room that the server gives to runs is used up by what may not be removed
scheduler            the cluster at TF2LAB_SCHEDULER does not answer
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import exc

FULL = (errno.ENOSPC, errno.EDQUOT)
FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
OUR_MISTAKES = (exc.IntegrityError, exc.ProgrammingError, exc.DataError, exc.NotSupportedError)
"""Database errors for a wrong statement: waiting does not cure them."""

SQLITE = {
    sqlite3.SQLITE_BUSY: "database_locked",
    sqlite3.SQLITE_LOCKED: "database_locked",
    sqlite3.SQLITE_FULL: "disk_full",
    sqlite3.SQLITE_READONLY: "database_read_only",
}
# https://www.postgresql.org/docs/current/errcodes-appendix.html
POSTGRESQL = {
    "53100": "disk_full",
    "25006": "database_read_only",
    "55P03": "database_locked",
    "57014": "database_locked",
    "40P01": "database_locked",
}

LITTLE_ROOM = 65_536
"""Bytes that SQLite needs for its shared memory and one of our transactions."""

FIRST_PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)
LONGEST_PAUSE = 10.0


def code_of(error: BaseException, file: Path | None = None) -> str | None:
    """The code for the database error `error`; None if it is not the database's trouble.

    `file` is the path of a SQLite database: if SQLite reports no specific reason, its folder is checked.
    """
    if isinstance(error, exc.TimeoutError):  # all connections of the pool are in use
        return "database"
    if not isinstance(error, exc.DBAPIError) or isinstance(error, OUR_MISTAKES):
        return None
    original: Any = error.orig
    sqlite = getattr(original, "sqlite_errorcode", 0) & 0xFF  # the lowest byte of the extended codes
    known = SQLITE.get(sqlite) or POSTGRESQL.get(getattr(original, "sqlstate", None) or "")
    return known or (_code_of_folder(file.parent) if file and sqlite else "database")


def _code_of_folder(folder: Path) -> str:
    try:
        room = shutil.disk_usage(folder).free
    except OSError:
        return "database"
    if room < LITTLE_ROOM:
        return "disk_full"
    # False for every user on a file system that is mounted read-only.
    return "database" if os.access(folder, os.W_OK) else "database_read_only"


def weights_code(error: OSError) -> str:
    """The code for `error` from the storage of weights."""
    if error.errno in FULL:
        return "disk_full"
    return "weights_read_only" if error.errno in FORBIDDEN else "weights_unreachable"


def growing_pauses() -> Iterator[float]:
    """Seconds to wait before each further retry."""
    yield from FIRST_PAUSES
    while True:
        yield LONGEST_PAUSE


class HealthRegistry:
    """The current trouble of a process. Safe to use from any thread."""

    def __init__(self) -> None:
        self._codes: dict[str, str] = {}
        self._lock = threading.Lock()
        self._trying = False

    def code(self) -> str | None:
        """One of the codes; None if everything works."""
        with self._lock:
            return next(iter(self._codes.values()), None)

    def note(self, place: str, code: str) -> None:
        """Records trouble with `place`, such as "database"."""
        with self._lock:
            self._codes[place] = code

    def over(self, place: str) -> None:
        """Clears the trouble with `place`."""
        with self._lock:
            self._codes.pop(place, None)

    def note_weights(self, code: str, attempt: Callable[[], object]) -> None:
        """Records trouble with the storage of weights until `attempt` no longer raises OSError."""
        self.note("weights", code)
        with self._lock:
            if self._trying:
                return
            self._trying = True
        threading.Thread(target=self._try_weights, args=[attempt], name="weights-again", daemon=True).start()

    def _try_weights(self, attempt: Callable[[], object]) -> None:
        never = threading.Event()
        for pause in growing_pauses():
            never.wait(pause)
            try:
                attempt()
            except OSError as error:
                self.note("weights", weights_code(error))
            else:
                break
        with self._lock:
            self._trying = False
        self.over("weights")
