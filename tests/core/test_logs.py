"""JSON lines: every line one object, packages' loggers included, and nothing of a visitor's in a database error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAY = """
import logging, warnings
from streamlit import logger as streamlits
from lib.ui.hosting.logs import begin_logs
early = streamlits.get_logger("streamlit.early")
begin_logs()
early.warning("one")
streamlits.get_logger("streamlit.late").warning("two\\nlines, “한글”")
logging.getLogger("somewhere").info("three %s", 3)
warnings.warn("four")
from lib.runs.db.store import Store
import sqlalchemy as sa
store = Store("sqlite://")
try:
    with store._pool.begin() as connection:
        connection.execute(sa.text("INSERT INTO missing VALUES (:name)"), {"name": "what a visitor wrote"})
except sa.exc.SQLAlchemyError:
    logging.getLogger("lib.runs").exception("five")
"""


def said(kind: str) -> list[str]:
    environment = os.environ | {"TF2LAB_LOG": kind}
    done = subprocess.run([sys.executable, "-c", SAY], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stderr.splitlines()


def test_every_line_is_one_object_and_tells_who_spoke() -> None:
    lines = [json.loads(line) for line in said("json")]
    assert [line["message"].split(":")[0] for line in lines[:3]] == ["one", "two\nlines, “한글”", "three 3"]
    assert "four" in lines[3]["message"]
    assert [line["level"] for line in lines] == ["warning", "warning", "info", "warning", "error"]
    assert [line["logger"] for line in lines[:3]] == ["streamlit.early", "streamlit.late", "somewhere"]
    assert all(line["process"].startswith("web:") and line["time"].endswith("Z") for line in lines)
    assert "no such table" in lines[4]["error"]
    assert "what a visitor wrote" not in json.dumps(lines)


def test_without_it_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not any(line.startswith("{") for line in said(""))


def test_another_word_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    from lib.core.logs import is_structured

    monkeypatch.setenv("TF2LAB_LOG", "xml")
    with pytest.raises(ValueError, match="TF2LAB_LOG must be json or text, but 'xml' was given"):
        is_structured()
