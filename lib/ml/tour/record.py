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
from lib.core.tour.lesson import BLOCK
from lib.core.tour.lessons import LESSONS
from lib.core.tour.outputs import Outputs
from lib.ml.tour.teach import teach


def record(lesson: str) -> Recording:
    """A run of the lesson as it begins, of every block if it has several.

    It runs twice, because the first run includes what TensorFlow does once.
    """
    events: list[Any] = []
    for _ in range(2):
        events = [event for config in every_block(lesson) for event in teach(config)]
    began = next(event for event in events if isinstance(event, Began))
    return Recording(config=LessonConfig(lesson=lesson), began=began, outputs=Outputs(events).all)


def every_block(lesson: str) -> list[LessonConfig]:
    """The lesson as it begins, once with each of its blocks."""
    blocks = LESSONS[lesson].blocks
    return [LessonConfig(lesson=lesson, values=((BLOCK, block),)) for block in blocks] or [LessonConfig(lesson=lesson)]


def main(lessons: list[str]) -> None:
    """Writes the files."""
    FOLDER.mkdir(exist_ok=True)
    for lesson in lessons or list(LESSONS):
        path_of(lesson).write_text(to_json(record(lesson)), encoding="utf-8")
        print(f"{lesson}: recorded")


if __name__ == "__main__":
    main(sys.argv[1:])
