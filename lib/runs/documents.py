"""A run as files that are written at once: its report, script and notebook, a table of its steps, its settings.

`DOCUMENTS` is read by the page of runs and by the terminal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import pyarrow as pa

from lib.core.exports.archive import write_archive
from lib.core.exports.code.script import notebook_of, script_of
from lib.core.exports.report import Reported, report_page
from lib.core.exports.steps import steps_table, to_csv, to_parquet
from lib.core.i18n import mark, translator
from lib.core.training.config import settings_file
from lib.core.training.events import Evaluated, Stopped
from lib.runs.db.run_reader import view_of
from lib.runs.db.store import Store
from lib.runs.model.view import RunView


class Document(NamedTuple):
    """One of them: its label, the end of its name, its MIME type, its content in a language by the run's id.

    A run that has made no step has it only if it is `without_steps`.
    """

    label: str
    suffix: str
    mime: str
    content: Callable[[Store, str, str], bytes]
    without_steps: bool = False


DOCUMENTS: Mapping[str, Document] = {
    "report": Document(
        mark("Report (HTML)"),
        ".html",
        "text/html",
        lambda store, run_id, language: report_of(view_of(store, run_id), language),
    ),
    "script": Document(
        mark("Script (Python)"),
        ".py",
        "text/x-python",
        lambda store, run_id, language: code_of(view_of(store, run_id), language).encode(),
        without_steps=True,
    ),
    "notebook": Document(
        mark("Notebook"),
        ".ipynb",
        "application/x-ipynb+json",
        lambda store, run_id, language: notebook_of(code_of(view_of(store, run_id), language)),
        without_steps=True,
    ),
    "csv": Document(
        mark("All steps (CSV)"), ".csv", "text/csv", lambda store, run_id, _: to_csv(table_of(store, run_id))
    ),
    "parquet": Document(
        mark("All steps (Parquet)"),
        ".parquet",
        "application/vnd.apache.parquet",
        lambda store, run_id, _: to_parquet(table_of(store, run_id)),
    ),
    "settings": Document(
        mark("Settings (JSON)"),
        ".json",
        "application/json",
        lambda store, run_id, _: settings_file(store.run(run_id).config).encode(),
        without_steps=True,
    ),
    "archive": Document(
        mark("Archive of everything"),
        ".zip",
        "application/zip",
        lambda store, run_id, _: write_archive(store.archive(run_id)),
        without_steps=True,
    ),
}
"""By the format's code, in the order of the page; the page reads an archive back before it hands it out."""


def code_of(seen: RunView, language: str) -> str:
    """The run's script, its comments in this language."""
    return script_of(
        seen.run.config,
        translator(language),
        name=seen.run.called,
        rate_changes=seen.rate_changes,
        is_tuned=bool(seen.run.base),
        scheme=seen.run.scheme,
        stopped_after=seen.end.step if isinstance(seen.end, Stopped) else None,
        unread=seen.run.unread,
    )


def report_of(seen: RunView, language: str) -> bytes:
    """The run's report, an HTML page."""
    return report_page(reported(seen, language), language)


def reported(seen: RunView, language: str) -> Reported:
    """What the report tells of the run."""
    return Reported(
        config=seen.run.config,
        name=seen.run.called,
        epochs=seen.epochs,
        end=seen.end,
        started=seen.started,
        compiled=seen.compiled,
        lines=seen.lines or {},
        rate_changes=seen.rate_changes,
        guess=seen.run.guess,
        is_tuned=bool(seen.run.base),
        code=code_of(seen, language),
    )


def table_of(store: Store, run_id: str) -> pa.Table:
    """The run's steps as the store has them now."""
    epochs = [event for _number, event in store.events(run_id) if isinstance(event, Evaluated)]
    return steps_table(store.progress(run_id), epochs)
