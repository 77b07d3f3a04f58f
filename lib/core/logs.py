"""Structured logs: with TF2LAB_LOG=json every process of the app writes one JSON object a line to its standard error.

Messages of the app name runs by their ids. They contain no drawing, no cookie and no text of a visitor: the database's
errors come without the values of the statement (`lib.runs.db.tables`).
"""

from __future__ import annotations

import json
import logging
import os
import sys
from datetime import UTC, datetime

VARIABLE = "TF2LAB_LOG"
OTHERS = ("streamlit", "distributed", "uvicorn", "uvicorn.error", "tornado", "py.warnings")
"""Loggers of packages that bring handlers of their own: theirs make way for ours."""
LONGEST = 20_000
"""Characters of a message or a traceback that are kept, so that no line is too long for what collects them."""


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, process, message, and the traceback of an error.

    `time` is UTC in ISO 8601 with milliseconds, `process` the part of the app and its process id.
    """

    def __init__(self, part: str) -> None:
        super().__init__()
        self._part = part

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC)
        line = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": f"{self._part}:{os.getpid()}",
            "message": record.getMessage()[:LONGEST],
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)[:LONGEST]
        return json.dumps(line, ensure_ascii=False)


def is_structured() -> bool:
    """Whether JSON lines are wanted. Raises ValueError for a value that means nothing."""
    wanted = os.environ.get(VARIABLE, "")
    if wanted not in ("", "text", "json"):
        raise ValueError(f"{VARIABLE} must be json or text, but {wanted!r} was given")
    return wanted == "json"


def set_up_logs(part: str) -> None:
    """Makes this process, which is this `part` of the app, write JSON lines if TF2LAB_LOG=json; else changes nothing.

    Call it again after imports that set up handlers of their own. Raises ValueError for a wrong TF2LAB_LOG.
    """
    if not is_structured():
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(part))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.captureWarnings(True)
    named = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] in OTHERS]
    for name in {*OTHERS, *named}:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    logging.getLogger("uvicorn.access").disabled = True  # addresses and links of visitors
    for chatty in ("botocore", "aiobotocore", "s3fs", "fsspec", "alembic", "watchdog"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
