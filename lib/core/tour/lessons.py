"""All lessons by their code, in the order of the notes."""

from __future__ import annotations

from collections.abc import Mapping

from lib.core.tour import data, devices, eager, ecosystem, functions, models, step, tape, why
from lib.core.tour.lesson import Lesson

LESSONS: Mapping[str, Lesson] = {
    lesson.code: lesson
    for lesson in (
        why.LESSON,
        eager.LESSON,
        functions.LESSON,
        tape.LESSON,
        models.LESSON,
        data.LESSON,
        step.LESSON,
        devices.LESSON,
        ecosystem.LESSON,
    )
}
