"""Records what the lessons bring on this machine, for the page before anyone presses Run.

python -m lib.ml.tour.record            all lessons
python -m lib.ml.tour.record eager      those with these codes
"""

from __future__ import annotations

import sys
from typing import Any

from lib.core.studies.configs import LessonConfig
from lib.core.studies.events import Began
from lib.core.studies.recordings import FOLDER, Recording, path_of, to_json
from lib.core.tour.lessons import LESSONS
from lib.core.tour.outputs import Outputs
from lib.ml.tour.teach import teach


def record(lesson: str) -> Recording:
    """A run of the lesson as it begins; it runs twice, because the first run includes what TensorFlow does once."""
    config = LessonConfig(lesson=lesson)
    events: list[Any] = []
    for _ in range(2):
        events = list(teach(config))
    (began,) = (event for event in events if isinstance(event, Began))
    return Recording(config=config, began=began, outputs=Outputs(events).all)


def main(lessons: list[str]) -> None:
    """Writes the files."""
    FOLDER.mkdir(exist_ok=True)
    for lesson in lessons or list(LESSONS):
        path_of(lesson).write_text(to_json(record(lesson)), encoding="utf-8")
        print(f"{lesson}: recorded")


if __name__ == "__main__":
    main(sys.argv[1:])
