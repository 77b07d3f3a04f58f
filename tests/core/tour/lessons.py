"""Tests of every lesson there is: a new one is tested by being listed."""

import pytest

from lib.core.tour.lessons import LESSONS

every_lesson = pytest.mark.parametrize("lesson", list(LESSONS.values()), ids=list(LESSONS))
