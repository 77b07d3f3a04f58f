"""Reads a run and the curve of all its steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lib.core.training.curve import Curve, Line
from lib.core.training.events import Started
from lib.runs.db.json_events import AnyEvent
from lib.runs.db.store import Store
from lib.runs.model.run import Run
from lib.runs.model.view import RunView


class RunReader:
    """Reads the parts of a run's view that are not events: the curve, which grows with the run."""

    def __init__(self, source: Store, run_id: str) -> None:
        self._store, self._run_id = source, run_id
        self._curve: Curve | None = None
        self._drawing = 0

    def grow(self, seen: RunView | None, run: Run, fresh: Sequence[AnyEvent]) -> RunView:
        """The view after `fresh`."""
        view = replace(seen, run=run) if seen else RunView(run)
        for event in fresh:
            view = view.after(event)
            # A curve with steps after the point of continuation is read again.
            if isinstance(event, Started) and self._curve and self._curve.step > event.step:
                self._curve, self._drawing = None, self._drawing + 1
        lines = self._read_curve(view)
        recent = tuple(self._curve.recent) if self._curve else ()
        return replace(view, lines=lines, recent=recent, drawing=self._drawing)

    def _read_curve(self, view: RunView) -> Mapping[str, Line] | None:
        if view.started is None:
            return None
        if self._curve is None:
            self._curve = Curve(view.started.total_steps)
        self._curve.extend(self._store.progress(self._run_id, after_step=self._curve.step))
        if view.run.is_over:
            self._curve.finish()
        return self._curve.since(0)


def view_of(source: Store, run_id: str) -> RunView:
    """The run as the store has it now. Raises UnknownRun."""
    run = source.run(run_id)
    return RunReader(source, run_id).grow(None, run, [event for _number, event in source.events(run_id)])
