"""All lessons by their code, in the order of the notes."""

from __future__ import annotations

from collections.abc import Mapping

from lib.core.tour import eager
from lib.core.tour.lesson import Lesson

LESSONS: Mapping[str, Lesson] = {lesson.code: lesson for lesson in (eager.LESSON,)}
