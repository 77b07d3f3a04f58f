"""A run as files that people read: its script, its notebook, its report, a table of its steps."""

from __future__ import annotations

import pyarrow as pa

from lib.core.exports.code.script import script_of
from lib.core.exports.report import Reported, report_page
from lib.core.exports.steps import steps_table
from lib.core.i18n import translator
from lib.core.training.events import Evaluated, Stopped
from lib.runs.db.store import Store
from lib.runs.model.view import RunView


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
