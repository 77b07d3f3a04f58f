"""Runs a lesson: each of its functions in order, with what it prints, what it returns, and the error that ends it."""

from __future__ import annotations

import importlib
import inspect
import traceback
from collections.abc import Generator, Iterator, Mapping
from types import ModuleType
from typing import Any

import numpy as np

from lib.core.studies.configs import LessonConfig
from lib.core.studies.events import StudyEvent
from lib.core.tour.lesson import Value
from lib.core.tour.lessons import LESSONS
from lib.core.tour.outputs import Listed, Numbers, Output, Printed, Timed
from lib.core.training.control import ControlRequests
from lib.core.training.events import Finished, Stopped
from lib.ml.tour.alone import is_column, times_of
from lib.ml.tour.printing import printed, without_folders
from lib.ml.untimed import began_untimed

Events = Generator[StudyEvent | Finished | Stopped, ControlRequests | None, None]

LONGEST = 4000
"""Characters of printed text that are kept of a function."""


def teach(config: LessonConfig) -> Events:
    """The outputs of the lesson's functions; the last event is Finished, or Stopped if that was requested before it."""
    requests = yield began_untimed()
    lesson, module = LESSONS[config.lesson], module_of(config.lesson)
    functions = lesson.chosen(dict(config.values))
    for number, name in enumerate(functions):
        if requests and requests.stop:
            yield Stopped(step=number)
            return
        for output in outputs_of(module, name, dict(config.values), lesson.file):
            requests = yield output
    yield Finished(step=len(functions), reason="taught")


def module_of(lesson: str) -> ModuleType:
    """The file with the lesson's functions."""
    return importlib.import_module(f"lib.ml.tour.{lesson}")


def outputs_of(module: ModuleType, name: str, values: Mapping[str, Value], file: str) -> Iterator[Output]:
    """Calls the function `name` of the module, whose `file` is relative to the project, with the `values` it takes.

    What it returns may be a mapping of names to arrays, to columns of text, or to functions that are then timed
    against each other. Other results are of no interest. An error is what the function wants to show.

    Arrays and columns come before the printed text, times after it: `Outputs.has_ended` relies on that.
    """
    function = getattr(module, name)
    taken = {key: values[key] for key in inspect.signature(function).parameters}
    result: Any = None
    error = ""
    with printed() as texts:
        try:
            result = function(**taken)
        except Exception as raised:  # noqa: BLE001 - the lesson shows whatever goes wrong
            error = f"{type(raised).__name__}: {str(raised).rstrip()}\n\n{failing_line(raised, module)}"
    text, error = (without_folders(each, file)[:LONGEST] for each in ("".join(texts), error))
    returned = result if isinstance(result, dict) else {}
    is_table, is_timed = (bool(returned) and all(map(is_one, returned.values())) for is_one in (is_column, callable))
    if is_table:
        yield Listed(name=name, columns={key: tuple(column) for key, column in returned.items()})
    elif not is_timed:
        for key, array in returned.items():
            yield Numbers(name=name, key=key, values=np.asarray(array, np.float32))
    yield Printed(name=name, text=text, error=error)
    if is_timed:
        yield from (Timed(name=name, key=key, times=tuple(times)) for key, times in times_of(returned).items())


def failing_line(error: Exception, module: ModuleType) -> str:
    """The last line of the module that the error came through, as Python's traces show it."""
    lines = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == module.__file__]
    return "".join(traceback.format_list(lines[-1:])).rstrip()
