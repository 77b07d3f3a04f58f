"""Runs a lesson: each of its functions in order, with what it prints, what it returns, and the error that ends it."""

from __future__ import annotations

import importlib
import inspect
import os
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np

from lib.core.studies.configs import LessonConfig
from lib.core.studies.events import StudyEvent
from lib.core.tour.lesson import Value
from lib.core.tour.lessons import LESSONS
from lib.core.tour.outputs import Numbers, Output, Printed, Timed
from lib.core.training.control import ControlRequests
from lib.core.training.events import Finished, Stopped
from lib.ml.untimed import began_untimed

Events = Generator[StudyEvent | Finished | Stopped, ControlRequests | None, None]

REPEATS = 9
"""Times that each way of a timed function is called, alternately, after one call that does not count."""
LONGEST = 4000
"""Characters of printed text that are kept of a function."""


def teach(config: LessonConfig) -> Events:
    """The outputs of the lesson's functions; the last event is Finished, or Stopped if that was requested before it."""
    requests = yield began_untimed()
    lesson, module = LESSONS[config.lesson], module_of(config.lesson)
    for number, name in enumerate(lesson.functions):
        if requests and requests.stop:
            yield Stopped(step=number)
            return
        for output in outputs_of(module, name, dict(config.values)):
            requests = yield output
    yield Finished(step=len(lesson.functions), reason="taught")


def module_of(lesson: str) -> ModuleType:
    """The file with the lesson's functions."""
    return importlib.import_module(f"lib.ml.tour.{lesson}")


def outputs_of(module: ModuleType, name: str, values: Mapping[str, Value]) -> Iterator[Output]:
    """Calls the function `name` with those of `values` that it takes.

    What it returns may be a mapping of names to arrays, or to functions that are then timed against each other. Other
    results are of no interest. An error is what the function wants to show.
    """
    function = getattr(module, name)
    taken = {key: values[key] for key in inspect.signature(function).parameters}
    result: Any = None
    error = ""
    with printed() as texts:
        try:
            result = function(**taken)
        except Exception as raised:  # noqa: BLE001 - the lesson shows whatever goes wrong
            error = f"{type(raised).__name__}: {raised}"
    yield Printed(name=name, text="".join(texts)[:LONGEST], error=error[:LONGEST])
    if isinstance(result, dict) and all(map(callable, result.values())):
        yield from (Timed(name=name, key=key, times=times) for key, times in timed(result).items())
    elif isinstance(result, dict):
        for key, array in result.items():
            yield Numbers(name=name, key=key, values=np.asarray(array, np.float32))


def timed(ways: Mapping[str, Callable[[], Any]]) -> dict[str, tuple[int, ...]]:
    """Nanoseconds of single calls of each way, one after the other in each round; each waits for its own result."""
    for call in ways.values():
        call()
    times: dict[str, list[int]] = {key: [] for key in ways}
    for _ in range(REPEATS):
        for key, call in ways.items():
            began = time.perf_counter_ns()
            call()
            times[key].append(time.perf_counter_ns() - began)
    return {key: tuple(each) for key, each in times.items()}


@contextmanager
def printed() -> Iterator[list[str]]:
    """Collects what is printed within, as one text in the list at the end.

    TensorFlow's own operations, such as `tf.print`, write to the file descriptor and not to `sys.stderr`.
    """
    texts: list[str] = []
    with tempfile.TemporaryFile() as file:
        sys.stdout.flush(), sys.stderr.flush()
        kept = os.dup(1), os.dup(2)
        os.dup2(file.fileno(), 1), os.dup2(file.fileno(), 2)
        try:
            yield texts
        finally:
            sys.stdout.flush(), sys.stderr.flush()
            for descriptor, number in zip(kept, (1, 2), strict=True):
                os.dup2(descriptor, number)
                os.close(descriptor)
            file.seek(0)
            texts.append(file.read().decode("utf-8", "replace"))
