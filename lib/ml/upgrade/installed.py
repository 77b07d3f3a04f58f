"""The public names of the installed TensorFlow, read from its files: importing it would take seconds and its memory.

TensorFlow's public modules, and those of Keras, are generated files that only import names from elsewhere. So a name is
there if each of its parts is imported in the file of the part before. What lies within a class or a function is taken
to be there.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator, Mapping
from importlib.machinery import PathFinder
from pathlib import Path

KERAS = "keras._tf_keras.keras"
"""The module that is `tf.keras`."""
REFUSES = "LegacyOptimizerWarning"
"""A class of Keras 3 that can be named and not made: it stands in the place of each old optimizer."""


def ending(name: str) -> str:
    """The part of a name such as 'tf.layers.dense' that is not there: here 'tf.layers'; empty if all of it is."""
    module, parts, place = "tensorflow", name.split("."), 1
    while place < len(parts):
        names = contents(module)
        if names is None:
            return ""
        two = ".".join(parts[place : place + 2])
        step = 2 if two in names and place + 1 < len(parts) else 1
        origin = names.get(".".join(parts[place : place + step]))
        if origin is None:
            return ".".join(parts[: place + 1])
        module, place = origin, place + step
    return ""


def refuses(name: str) -> bool:
    """Whether the name, or one that it begins with, stands only for a class that cannot be made."""
    module = "tensorflow"
    for part in name.split(".")[1:]:
        module = (contents(module) or {}).get(part, "")
        if module.endswith(f".{REFUSES}"):
            return True
    return False


@functools.cache
def contents(module: str) -> Mapping[str, str] | None:
    """What a public module has: by its name, where it comes from. None if this is no public module, but a class, say.

    A module that a lazy loader would look for in vain has nothing.
    """
    if not is_public(module):
        return None
    path = file_of(module)
    return dict(imported(ast.parse(path.read_text(encoding="utf-8")))) if path.exists() else {}


def is_public(module: str) -> bool:
    """Whether this is the name of a generated module, which only has names from elsewhere."""
    keras = module.startswith("keras.") and not module.startswith("keras.src.")
    return module == "tensorflow" or module.startswith("tensorflow._api.") or keras


def file_of(module: str) -> Path:
    """The file of a package; it need not exist."""
    package, *inner = module.split(".")
    return folder(package).joinpath(*inner, "__init__.py")


@functools.cache
def folder(package: str) -> Path:
    """The folder of an installed package, found without importing it."""
    spec = PathFinder.find_spec(package)
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0])


def imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Every name that a generated file gives its module, and where it comes from.

    These are imports, and names that are set: `setattr(_current_module, "keras", …)` and
    `_current_module.nn.rnn_cell = …`.
    """
    for node in tree.body:
        match node:
            case ast.ImportFrom(module=str(module), names=names):
                yield from ((each.asname or each.name, f"{module}.{each.name}") for each in names)
            case ast.Expr(value=ast.Call(func=ast.Name(id="setattr"), args=[_, ast.Constant(value=name), value])):
                yield str(name), origin(value, tree)
            case ast.Assign(targets=[ast.Attribute() as target], value=value):
                first, _, name = ast.unparse(target).partition(".")
                if first == "_current_module":
                    yield name, origin(value, tree)


def origin(value: ast.expr, tree: ast.Module) -> str:
    """The module that a lazy loader stands for; the value's text if it is something else."""
    if isinstance(value, ast.Name):
        value = next((set_to for name, set_to in assigned(tree) if name == value.id), value)
    if isinstance(value, ast.Call) and "KerasLazyLoader" in ast.unparse(value.func):
        inner = [each.value for each in value.keywords if each.arg == "submodule"]
        return ".".join([KERAS, *(str(ast.literal_eval(each)) for each in inner)])
    return ast.unparse(value)


def assigned(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """The names that the file assigns, with their values."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value
