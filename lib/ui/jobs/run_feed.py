"""A page's view of a run, read once for all viewers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from lib.core.training.curve import Curve, Line, Numbers
from lib.core.training.events import (
    Compiled,
    Evaluated,
    Failed,
    Finished,
    Inside,
    OwnEvaluated,
    RateChanged,
    Started,
    Stopped,
)
from lib.runs.db.json_events import AnyEvent
from lib.runs.db.store import Store
from lib.runs.model.run import Run
from lib.ui.jobs.feed import Feed
from lib.ui.shell.services import store
from lib.ui.shell.store_health import says_when_store_unavailable
from lib.ui.shell.visitor import may_control

EPOCH_POLL_SECONDS, WATCHED_EPOCH_POLL_SECONDS = 4.0, 8.0
"""Seconds between polls for the next epoch of the visitor's own run, and of another visitor's."""


@dataclass(frozen=True, slots=True)
class RunView:
    """A run so far: its events, and the lines of its chart.

    If it was started several times, after a pause or a worker's death, `started` and `compiled` are the newest, with
    the seconds of all. `recent` are the newest steps in numbers. `drawing` counts how often recorded steps were
    removed, so that a chart knows when to start over.
    """

    run: Run
    started: Started | None = None
    compiled: Compiled | None = None
    epochs: tuple[Evaluated, ...] = ()
    insides: tuple[Inside, ...] = ()
    own: tuple[OwnEvaluated, ...] = ()
    rate_changes: tuple[RateChanged, ...] = ()
    end: Finished | Stopped | Failed | None = None
    lines: Mapping[str, Line] | None = None
    recent: tuple[Numbers, ...] = ()
    drawing: int = 0

    def after(self, event: AnyEvent) -> RunView:
        """The view after `event`."""
        match event:
            case Started():
                return self.started_again(event) if self.started else replace(self, started=event)
            case Compiled():
                return replace(self, compiled=both(self.compiled, event))
            case Evaluated():
                return replace(self, epochs=(*(e for e in self.epochs if e.epoch != event.epoch), event))
            case Inside():
                return replace(self, insides=(*(e for e in self.insides if e.epoch != event.epoch), event))
            case OwnEvaluated():
                return replace(self, own=(*(e for e in self.own if e.epoch != event.epoch), event))
            case RateChanged():
                return replace(self, rate_changes=(*self.rate_changes, event))
            case Finished() | Stopped() | Failed():
                return replace(self, end=event)
            case _:
                return self

    def started_again(self, event: Started) -> RunView:
        """The view after the run continued from `event.step`. Later records of a dead worker are discarded."""
        before = self.started.loading_seconds if self.started else 0.0
        return replace(
            self,
            started=replace(event, loading_seconds=before + event.loading_seconds),
            epochs=tuple(epoch for epoch in self.epochs if epoch.step <= event.step),
            insides=tuple(inside for inside in self.insides if inside.step <= event.step),
            own=tuple(tested for tested in self.own if tested.step <= event.step),
            rate_changes=tuple(change for change in self.rate_changes if change.step <= event.step),
        )


def both(before: Compiled | None, event: Compiled) -> Compiled:
    """The sums of the seconds of `before` and `event`."""
    if before is None:
        return event
    return Compiled(
        tracing_seconds=before.tracing_seconds + event.tracing_seconds,
        compiling_seconds=before.compiling_seconds + event.compiling_seconds,
    )


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


def feed_of_run(source: Store, run_id: str) -> Feed[Run, RunView]:
    """A feed of this run that has not read anything yet."""
    return Feed(run_id, source.run, source.events, RunReader(source, run_id).grow)


def follow_epochs(run: Run, draw: Callable[[RunView], None]) -> None:
    """Draws what changes once per epoch, and polls while the run is open. It runs beside `lib.ui.train.live.watch`,
    which polls the store for both.
    """
    every = EPOCH_POLL_SECONDS if may_control(run) else WATCHED_EPOCH_POLL_SECONDS

    def follow() -> None:
        with says_when_store_unavailable():
            draw(run_feed(run.id).look(within=1.0))  # the live chart has just been drawn with it

    st.fragment(follow, run_every=every if run.is_open else None)()


@st.cache_resource(show_spinner=False, max_entries=50)
def run_feed(run_id: str) -> Feed[Run, RunView]:
    """The server's one feed of this run."""
    return feed_of_run(store(), run_id)
