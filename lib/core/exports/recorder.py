"""Records a run from its events, for an archive of one that no store has seen."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime

from lib.core.exports.archive import RunArchive
from lib.core.training.config import TrainConfig
from lib.core.training.events import Checkpoint, Event, Progress, Snapshot


@dataclass(slots=True)
class Recorder:
    """Keeps what it hears of a run with these settings, which begins now; of weights only the newest."""

    config: TrainConfig
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    events: list[Event] = field(default_factory=list)
    progress: list[Progress] = field(default_factory=list)
    weights: Checkpoint | None = None
    ended_at: datetime | None = None

    def __call__(self, event: Event) -> None:
        """Hears of the next event."""
        if isinstance(event, Progress):
            self.progress.append(event)
        elif isinstance(event, Checkpoint):
            self.weights = Checkpoint(step=event.step, weights=event.weights)
        elif not isinstance(event, Snapshot):
            self.events.append(event)

    def close(self) -> None:
        """The run is over now."""
        self.ended_at = datetime.now(UTC)

    def archive(self) -> RunArchive:
        """The run, which is over, as an archive holds it; its id is made here, as that of any run."""
        return RunArchive(
            origin=secrets.token_urlsafe(9),
            config=self.config,
            created_at=self.created_at,
            ended_at=self.ended_at,
            events=self.events,
            progress=self.progress,
            weights=self.weights,
        )
