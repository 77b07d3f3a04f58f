"""A run as its events tell it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lib.core.studies.events import StudyEvent
from lib.core.training.curve import Line, Numbers
from lib.core.training.events import (
    Compiled,
    Evaluated,
    Event,
    Failed,
    Finished,
    Inside,
    OwnEvaluated,
    RateChanged,
    Started,
    Stopped,
)
from lib.runs.model.run import Run


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

    def after(self, event: Event | StudyEvent) -> RunView:
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
