"""A lesson's code as text: the calls as they run, and a file of its own that runs without this app.

Its file is read as text and never imported here: that would import TensorFlow.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Mapping
from pathlib import Path

from lib.core.tour.lesson import Lesson, Value

ROOT = Path(__file__).parents[3]
ALONE = "lib/ml/tour/alone.py"
"""The file whose functions show on a terminal what the page shows."""
READ = re.compile(r'\(Path\(__file__\)\.parents\[3\] / "(?P<path>[\w/.]+)"\)\.read_bytes\(\)')
"""How a lesson's file reads a file of the project. The file to take away has the bytes themselves in this place."""


def parameters(lesson: Lesson) -> Mapping[str, tuple[str, ...]]:
    """The parameters of each function in the lesson's file, by the function's name."""
    return parameters_in(lesson.file)


@functools.cache
def parameters_in(path: str) -> Mapping[str, tuple[str, ...]]:
    """The same for the file at this path."""
    tree = ast.parse(text_of(path))
    return {
        node.name: tuple(arg.arg for arg in node.args.args) for node in tree.body if isinstance(node, ast.FunctionDef)
    }


def call(lesson: Lesson, function: str, values: Mapping[str, Value]) -> str:
    """The call as it runs, such as `values_at_once(n=3)`."""
    return f"{function}({', '.join(arguments(lesson, function, values))})"


def script(lesson: Lesson, values: Mapping[str, Value]) -> str:
    """A Python file with the lesson's functions, which calls each with `values` and shows what comes out.

    It needs TensorFlow and NumPy, and nothing of this app.
    """
    calls = [f"    show({', '.join([name, *arguments(lesson, name, values)])})" for name in lesson.functions]
    alone = text_of(ALONE).split("\n\n\n", 1)[1]
    main = "\n".join(['if __name__ == "__main__":', *calls])
    functions = READ.sub(lambda read: f'bytes.fromhex("{bytes_of(read["path"]).hex()}")', text_of(lesson.file))
    return "\n\n\n".join(part.strip("\n") for part in (functions, alone, main)) + "\n"


def script_name(lesson: Lesson) -> str:
    """The name of that file. No package has it: Python would import the file `keras.py` in place of Keras."""
    return f"tour_{lesson.code}.py"


def arguments(lesson: Lesson, function: str, values: Mapping[str, Value]) -> list[str]:
    """Those of `values` that the function takes, each as `name=value`."""
    return [f"{name}={values[name]!r}" for name in parameters(lesson)[function]]


def text_of(path: str) -> str:
    """The text of a file, by its path in the project."""
    return (ROOT / path).read_text(encoding="utf-8")


def bytes_of(path: str) -> bytes:
    """The content of a file, by its path in the project."""
    return (ROOT / path).read_bytes()
