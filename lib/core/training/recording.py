"""A run that was recorded on a named machine and ships with the app: what a page shows before there is a run."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from lib.core.codec import from_plain, to_plain
from lib.core.training.config import TrainConfig
from lib.core.training.curve import Curve, Line
from lib.core.training.events import Evaluated, Event, Progress, Started

NOTES = Path(__file__).with_name("notes_run.json")
"""The recorded run of the notes' network. `python -m lib.ml.training.record` writes it."""
FORMAT = "tf2lab-run"
PER_STEP = ("loss", "loss_smooth", "accuracy", "accuracy_smooth")
PER_EPOCH = ("test_loss", "test_accuracy")
"""The lines that are recorded. The speed is not: it would need a machine at rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRun:
    """Its settings, its beginning with device and versions, when it began (UTC, ISO 8601), and its lines by name."""

    config: TrainConfig
    started: Started
    at: str
    lines: Mapping[str, Line]


def recorded(config: TrainConfig, events: Iterable[Event], at: str) -> RecordedRun:
    """The recording of a run from its `events`. Raises StopIteration if it never started."""
    events = list(events)
    started = next(event for event in events if isinstance(event, Started))
    curve = Curve(started.total_steps)
    curve.extend(event for event in events if isinstance(event, Progress))
    curve.finish()
    lines = {name: curve.lines[name] for name in PER_STEP} | {name: Line([], []) for name in PER_EPOCH}
    for epoch in events:
        if isinstance(epoch, Evaluated):
            for name in PER_EPOCH:
                lines[name].add(epoch.step, getattr(epoch, name))
    return RecordedRun(config=config, started=started, at=at, lines=lines)


def to_json(run: RecordedRun) -> str:
    """Strict JSON, a line of the chart a line of the file; values with four significant digits."""
    head = {"format": FORMAT, "config": run.config.to_dict(), "at": run.at, "started": to_plain(run.started)}
    lines = [f"{json.dumps(name)}: {json.dumps(rounded(line), allow_nan=False)}" for name, line in run.lines.items()]
    return json.dumps(head, allow_nan=False)[:-1] + ', "lines": {\n' + ",\n".join(lines) + "\n}}\n"


def rounded(line: Line) -> dict[str, list[float | None]]:
    """The points of a line as JSON values."""
    return {"x": [*line.x], "y": [None if y is None else float(f"{y:.4g}") for y in line.y]}


def from_json(text: str) -> RecordedRun:
    """The run that `to_json` wrote. Raises Misfit."""
    content = json.loads(text)
    return RecordedRun(
        config=TrainConfig(**content["config"]),
        started=from_plain(Started, content["started"]),
        at=content["at"],
        lines={name: Line(**line) for name, line in content["lines"].items()},
    )


@functools.cache
def run_of_the_notes() -> RecordedRun:
    """The recorded run of the notes' network."""
    return from_json(NOTES.read_text(encoding="utf-8"))
