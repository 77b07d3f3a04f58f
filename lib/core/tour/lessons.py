"""All lessons by their code, in the order of the notes."""

from __future__ import annotations

from collections.abc import Mapping

from lib.core.tour import api, data, devices, eager, ecosystem, functions, keras, listing, models, step, tape, why
from lib.core.tour.lesson import Lesson

LESSONS: Mapping[str, Lesson] = {
    lesson.code: lesson
    for lesson in (
        why.LESSON,
        api.LESSON,
        eager.LESSON,
        functions.LESSON,
        tape.LESSON,
        keras.LESSON,
        models.LESSON,
        data.LESSON,
        listing.LESSON,
        step.LESSON,
        devices.LESSON,
        ecosystem.LESSON,
    )
}
