"""What a page needs to know of a run, read once for all who watch it.

Every viewer's page asks twice a second. One `Following` a run keeps what was read so far, so that the store is asked
only for what is new, however long the run and however many watch.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace

import streamlit as st

from lib.core.curve import Curve, Line
from lib.core.events import Compiled, Evaluated, Event, Failed, Finished, Started, Stopped
from lib.runs.run import Run
from lib.runs.store import Store
from lib.ui.server import store


@dataclass(frozen=True, slots=True)
class Seen:
    """A run as it stands: what has happened to it so far, and the lines of its chart."""

    run: Run
    started: Started | None = None
    compiled: Compiled | None = None
    epochs: tuple[Evaluated, ...] = ()
    end: Finished | Stopped | Failed | None = None
    lines: Mapping[str, Line] | None = None

    def after(self, event: Event) -> Seen:
        """The same once `event` has happened."""
        match event:
            case Started():
                return replace(self, started=event)
            case Compiled():
                return replace(self, compiled=event)
            case Evaluated():
                return replace(self, epochs=(*self.epochs, event))
            case Finished() | Stopped() | Failed():
                return replace(self, end=event)
            case _:
                return self


class Following:
    """One run as read so far. Safe to use from every visitor's thread."""

    def __init__(self, source: Store, run_id: str) -> None:
        self._store, self._run_id = source, run_id
        self._lock = threading.Lock()
        self._sequence = 0
        self._seen: Seen | None = None
        self._curve: Curve | None = None

    def look(self) -> Seen:
        """The run as the store has it now. Raises UnknownRun where it has none."""
        with self._lock:
            # The run is read before its events: where it says that it is over, none of them is missing.
            run = self._store.run(self._run_id)
            seen = replace(self._seen, run=run) if self._seen else Seen(run)
            for sequence, event in self._store.events(self._run_id, after=self._sequence):
                self._sequence, seen = sequence, seen.after(event)
            self._seen = replace(seen, lines=self._read_curve(seen))
            return self._seen

    def _read_curve(self, seen: Seen) -> Mapping[str, Line] | None:
        if seen.started is None:
            return None
        if self._curve is None:
            self._curve = Curve(seen.started.total_steps)
        self._curve.extend(self._store.progress(self._run_id, after_step=self._curve.step))
        if not seen.run.is_open:
            self._curve.finish()
        return self._curve.since(0)


@st.cache_resource(show_spinner=False, max_entries=200)
def following(run_id: str) -> Following:
    """The server's one `Following` of this run."""
    return Following(store(), run_id)
