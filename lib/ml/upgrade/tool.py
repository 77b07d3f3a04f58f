"""TensorFlow's tf_upgrade_v2 on a text, without TensorFlow itself: the tool's files need nothing of it.

For a process of its own: it leaves an empty module `tensorflow` behind, and the tool may take any time and memory.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from types import ModuleType
from typing import Any

from lib.core.upgrade.result import Answer, Missing, Note, Upgraded
from lib.ml.upgrade.installed import ending, folder, refuses
from lib.ml.upgrade.used import names_used, passed_over

NOTE = re.compile(r"(\d+):\d+: (INFO|WARNING|ERROR): (.*)", re.DOTALL)
RENAMED = re.compile(r"Renamed '(.+)' to '(.+)'")
MOST_NOTES = 300
"""Notes that are passed on."""
SAID: Mapping[str, str] = {
    "Missing parentheses in call": "python_2",
    "multiple exception types": "python_2",
    "leading zeros in decimal": "python_2",
    "too many nested": "deep",
    "too many statically nested": "deep",
    "too many levels of indentation": "deep",
}
"""What Python says of a line that it cannot read, and the code of the refusal."""
WITH_BRACKETS = re.compile(r"(async\s+)?with\s*\(")
PACKAGES = ("tensorflow", "tensorflow-cpu", "tensorflow-intel")
"""The names under which TensorFlow is installed."""


def answer(code: str) -> Answer:
    """What became of the code, or why nothing did."""
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        line = error.lineno or 1
        return Answer(refused=kind_of(error), line=line, near=line_of(code, line))
    except (RecursionError, MemoryError):  # a full stack of Python's parser is a MemoryError too
        return Answer(refused="deep")
    try:
        return Answer(upgraded=upgrade(code, tree))
    except RecursionError:
        return Answer(refused="deep")
    except MemoryError:
        return Answer(refused="memory")
    except Exception as error:  # noqa: BLE001 - the tool raises anything for what it does not know
        print(f"{type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201
        line = newer_syntax(tree, code)
        return Answer(refused="new_syntax", line=line, near=line_of(code, line)) if line else Answer(refused="tool")


def kind_of(error: SyntaxError) -> str:
    """The code of the refusal for what Python could not read."""
    said = next((kind for words, kind in SAID.items() if words in error.msg), "")
    return said or ("indent" if isinstance(error, IndentationError) else "no_python")


def line_of(code: str, number: int) -> str:
    """A line of the code, counted from 1."""
    return [*code.split("\n"), ""][number - 1].strip()


def newer_syntax(tree: ast.Module, code: str) -> int:
    """The first line with syntax that the tool may not know; 0 if there is none."""
    lines = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.NamedExpr | ast.Match | ast.TryStar)]
    opened = (node.lineno for node in ast.walk(tree) if isinstance(node, ast.With | ast.AsyncWith))
    return min([*lines, *(line for line in opened if WITH_BRACKETS.match(line_of(code, line)))], default=0)


def upgrade(code: str, tree: ast.Module) -> Upgraded:
    """The tool's result, and the names in it that are missing. Raises whatever the tool does."""
    went_well, after, log, _errors = load_tool().update_string_pasta(code, "")
    if not went_well:
        raise SyntaxError("the tool cannot read it")
    notes = [Note(line=int(found[1]), level=found[2], text=found[3].strip()) for found in map(NOTE.match, log) if found]
    was = {found[2]: found[1] for note in notes if (found := RENAMED.fullmatch(note.text))}
    result = ast.parse(after)
    names = names_used(result)
    return Upgraded(
        given=code,
        code=after,
        notes=tuple(notes[:MOST_NOTES]),
        count=len(notes),
        names=len(names),
        missing=tuple(missing for name, lines in names.items() if (missing := look_up(name, lines, was))),
        passed=passed_over(tree),
        version=installed_version(),
    )


def look_up(name: str, lines: tuple[int, ...], was: dict[str, str]) -> Missing | None:
    """The name as a missing one; None if it is there. `was` are the old names by the new ones that the tool chose."""
    ends, only_refuses = ending(name), refuses(name)
    if not ends and not only_refuses:
        return None
    old = next((old for new, old in was.items() if f"{name}.".startswith(f"{new}.") and not ending(old)), "")
    new = renames().get(name, "")
    known = new if new and not ending(new) and not refuses(new) else ""
    return Missing(name=name, lines=lines, ends=ends or name, refuses=only_refuses, was=old, new=known)


def renames() -> Any:
    """TensorFlow's table: new names by old ones."""
    from tensorflow.tools.compatibility.all_renames_v2 import symbol_renames

    return symbol_renames


def load_tool() -> Any:
    """The tool with the settings of its command. Its package is entered past TensorFlow's own `__init__`."""
    for name in ("tensorflow", "tensorflow.tools"):
        module = ModuleType(name)
        module.__path__ = [str(folder("tensorflow").joinpath(*name.split(".")[1:]))]
        sys.modules[name] = module
    from tensorflow.tools.compatibility import ast_edits, tf_upgrade_v2

    return ast_edits.ASTCodeUpgrader(tf_upgrade_v2.TFAPIChangeSpec(import_rename=False, upgrade_compat_v1_import=True))


def installed_version() -> str:
    """TensorFlow's version, by its package."""
    for package in PACKAGES:
        try:
            return version(package)
        except PackageNotFoundError:
            continue
    return "?"
