"""What a lesson of the Tour brought on a named machine, as a file that ships with the app."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lib.core.codec import from_plain, to_plain
from lib.core.studies.configs import LessonConfig, study_from_dict, study_to_dict
from lib.core.studies.events import Began, stored_name
from lib.core.tour.outputs import Listed, Numbers, Output, Printed, Timed

FOLDER = Path(__file__).parents[1] / "tour" / "recorded"
FORMAT = "tf2lab-lesson"
KINDS: Mapping[str, type] = {stored_name(kind): kind for kind in (Began, Printed, Numbers, Timed, Listed)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """The lesson with its values, the machine, and everything that came out."""

    config: LessonConfig
    began: Began
    outputs: tuple[Output, ...]


def to_json(recording: Recording) -> str:
    """Strict JSON, an event a line."""
    events: list[Any] = [recording.began, *recording.outputs]
    lines = [json.dumps({"event": stored_name(type(event)), **to_plain(event)}, allow_nan=False) for event in events]
    head = json.dumps({"format": FORMAT, "config": study_to_dict(recording.config)})
    return head[:-1] + ', "events": [\n' + ",\n".join(lines) + "\n]}\n"


def from_json(text: str) -> Recording:
    """The recording that `to_json` wrote. Raises Misfit, or StudyError for values that the lesson no longer has."""
    content = json.loads(text)
    began, *outputs = (_event(plain) for plain in content["events"])
    config: Any = study_from_dict("tour", content["config"])
    return Recording(config=config, began=began, outputs=tuple(outputs))


def _event(plain: Mapping[str, Any]) -> Any:
    return from_plain(KINDS[plain["event"]], plain)


def path_of(lesson: str) -> Path:
    """The file of the lesson with this code."""
    return FOLDER / f"{lesson}.json"


@functools.cache
def recording(lesson: str) -> Recording:
    """What ships for the lesson with this code. `python -m lib.ml.tour.record` writes it."""
    return from_json(path_of(lesson).read_text(encoding="utf-8"))
