"""Every lesson's code really runs, shows what the recording promises, and runs without this app."""

import functools
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from lib.core.settings import Setting
from lib.core.studies.configs import LessonConfig
from lib.core.studies.recordings import recording
from lib.core.tour.code import ROOT, call, script, script_name
from lib.core.tour.lesson import BLOCK, Lesson, Value
from lib.core.tour.lessons import LESSONS
from lib.core.tour.outputs import Listed, Numbers, Output, Outputs, Printed, Timed
from lib.core.training.events import Finished
from lib.ml.environment import processor_name, versions
from lib.ml.tour.teach import module_of, outputs_of, teach
from tests.core.tour.lessons import every_lesson

COUNTED = re.compile(r"(?<=_)\d+(?=\])|0x[0-9a-f]+|(?<=line )\d+")
"""What differs from one run to the next in TensorFlow's own words: the numbers of functions, addresses."""
NUMBER = re.compile(r"-?\d+(\.\d+)?(e[-+]?\d+)?")
ONEDNN = "__Mkl"
"""Begins the name of an operation where TensorFlow gives it to oneDNN, as it does on some processors."""


def on_any_machine(text: str) -> str:
    """The text without what depends on the processor: the last digits of sums, and who multiplies matrices. Two
    processors may have one name ("AMD EPYC") and differ in both.
    """
    return NUMBER.sub("#", text.replace(ONEDNN, ""))


def taught(lesson: Lesson, given: Mapping[str, Value] | None = None) -> Outputs:
    """Everything that comes out with these values, by default the lesson's own."""
    events: list[Any] = list(teach(LessonConfig(lesson=lesson.code, values=tuple((given or {}).items()))))
    assert isinstance(events[-1], Finished)
    return Outputs(events)


def taught_all(lesson: Lesson) -> Outputs:
    """Everything that comes out with the lesson's own values, of every block."""
    blocks = [{BLOCK: block} for block in lesson.blocks] or [{}]
    return Outputs(output for block in blocks for output in taught(lesson, block).all)


@functools.cache
def usual(code: str) -> Outputs:
    """The same of the lesson with this code; it runs once for all tests that look at it."""
    return taught_all(LESSONS[code])


def said(output: Output) -> str:
    return COUNTED.sub("#", f"{output.text}\n{output.error}") if isinstance(output, Printed) else ""


def essence(output: Output) -> tuple[object, ...]:
    """What of an output is the same in two runs of the same code."""
    about = (type(output).__name__, output.name)
    match output:
        case Printed():
            return (*about, said(output))
        case Numbers():
            return (*about, output.key, output.values.shape, output.values.tobytes())
        case Timed():
            return (*about, output.key, len(output.times))
        case Listed():
            return (*about, tuple(output.columns.items()))


def others(setting: Setting, value: Value) -> list[Value]:
    """Values that differ from this one."""
    every = list(setting.options) or [setting.kind(setting.low), setting.kind(setting.high)]
    return [other for other in every if other != value]


@every_lesson
def test_every_function_runs_and_the_truth_is_told(lesson: Lesson) -> None:
    outputs = usual(lesson.code)
    assert [each.name for each in outputs.all if isinstance(each, Printed)] == list(lesson.functions)
    assert all(
        len(outputs.of(name)) > 1 or outputs.printed(name).text or outputs.error(name) for name in lesson.functions
    )
    for names in lesson.blocks.values() or [tuple(lesson.functions)]:
        assert lesson.truth(outputs.only(names), str)


@every_lesson
def test_the_recording_is_what_a_fresh_run_brings(lesson: Lesson) -> None:
    """Where two runs here differ, as in times, only the kind of each output is compared."""
    recorded, (once, twice) = recording(lesson.code), (usual(lesson.code), taught_all(lesson))
    keys = [(type(each), each.name, getattr(each, "key", "")) for each in once.all]
    assert keys == [(type(each), each.name, getattr(each, "key", "")) for each in recorded.outputs]
    same_machine = (recorded.began.machine, dict(recorded.began.versions)) == (processor_name(), versions())
    for before, fresh, again in zip(recorded.outputs, once.all, twice.all, strict=True):
        if isinstance(fresh, Printed) and said(fresh) == said(again):
            assert on_any_machine(said(before)) == on_any_machine(said(fresh))
        elif isinstance(fresh, Numbers) and np.array_equal(fresh.values, again.values):  # type: ignore[union-attr]
            assert isinstance(before, Numbers)
            np.testing.assert_allclose(before.values, fresh.values, rtol=1e-3, atol=1e-4)
        elif isinstance(fresh, Listed) and same_machine:
            assert isinstance(before, Listed)
            assert dict(before.columns) == dict(fresh.columns)


@every_lesson
def test_each_varied_value_changes_what_comes_out(lesson: Lesson) -> None:
    """Only functions that take the value count, so that chance elsewhere does not pass for a change."""
    own, before = lesson.values({}), usual(lesson.code)
    for name, varied in lesson.varied.items():
        if name == BLOCK:  # it chooses functions, and none takes it
            continue
        for other in others(varied.setting, varied.value):
            values = own | {name: other}
            taking = [each for each in lesson.functions if call(lesson, each, own) != call(lesson, each, values)]
            assert any(
                [*map(essence, before.of(each))]
                != [*map(essence, outputs_of(module_of(lesson.code), each, values, lesson.file))]
                for each in taking
            ), f"{name} = {other} changes nothing"


@every_lesson
def test_no_output_names_a_folder_of_the_server(lesson: Lesson) -> None:
    texts = " ".join(f"{each.text} {each.error}" for each in usual(lesson.code).all if isinstance(each, Printed))
    for folder in (ROOT, Path(sys.prefix), Path.home(), Path(sys.base_prefix) / "lib"):
        assert f"{folder}/" not in texts
    assert "site-packages" not in texts
    assert "teach.py" not in texts


RUN_ALL = """
import runpy, sys
for path in sys.argv[1:]:
    print("=== " + path, flush=True)
    runpy.run_path(path, run_name="__main__")
"""


def test_every_file_to_take_away_runs_alone(tmp_path: Path) -> None:
    """In one process, outside of the project, because loading TensorFlow takes seconds."""
    paths = []
    for lesson in LESSONS.values():
        path = tmp_path / script_name(lesson)
        path.write_text(script(lesson, lesson.values({})), encoding="utf-8")
        paths.append(str(path))
    command = [sys.executable, "-c", RUN_ALL, *paths]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr[-3000:]
    parts = dict(part.split("\n", 1) for part in done.stdout.split("=== ")[1:])
    for path, lesson in zip(paths, LESSONS.values(), strict=True):
        for name in lesson.functions:
            assert f"--- {call(lesson, name, lesson.values({}))}" in parts[path]
