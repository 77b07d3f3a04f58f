"""The names of TensorFlow that some code uses, whatever it calls TensorFlow; the code is read and never executed."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping

PRIVATE = ("tf.python", "tf.core", "tf.tools")
"""Parts of TensorFlow that can be imported but are no names of it."""

Imports = list[tuple[str, str, int]]
"""What an import calls something of TensorFlow, what that is ('tf.keras.layers'), and its line."""


def names_used(tree: ast.Module) -> Mapping[str, tuple[int, ...]]:
    """The lines of each name that is used, such as 'tf.compat.v1.Session', in order of their first lines.

    Only whole names: of `tf.keras.layers.Dense(1).name`, 'tf.keras.layers.Dense'. In code that imports nothing as `tf`,
    as in a few lines cut out of a file, `tf` is TensorFlow.
    """
    imports = list(imported(tree))
    calls = {name: whole for name, whole, _line in imports if name}
    if not any(isinstance(node, ast.alias) and (node.asname or node.name) == "tf" for node in ast.walk(tree)):
        calls["tf"] = "tf"
    lines: dict[str, set[int]] = defaultdict(set)
    for _name, whole, line in imports:
        lines[whole].add(line)
    for chain, line in chains(tree):
        first, _, rest = chain.partition(".")
        if first in calls:
            lines[f"{calls[first]}.{rest}"].add(line)
    found = {name: tuple(sorted(each)) for name, each in lines.items() if name != "tf"}
    return {name: found[name] for name in sorted(found, key=found.__getitem__) if not name.startswith(PRIVATE)}


def imported(tree: ast.Module) -> Iterator[tuple[str, str, int]]:
    """What the code imports of TensorFlow: see Imports. An import that gives no name of its own has an empty one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                if whole := of_tensorflow(each.name):
                    yield (each.asname, whole, node.lineno) if each.asname else ("tensorflow", "tf", node.lineno)
                    yield "", whole, node.lineno
        elif isinstance(node, ast.ImportFrom) and (whole := of_tensorflow(node.module or "")):
            for each in node.names:
                name = whole if each.name == "*" else f"{whole}.{each.name}"
                yield each.asname or each.name, name, node.lineno


def of_tensorflow(module: str) -> str:
    """'tf.keras' for 'tensorflow.keras'; empty for a module of something else."""
    first, _, rest = module.partition(".")
    return f"tf.{rest}".rstrip(".") if first == "tensorflow" else ""


def chains(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Every dotted name that begins with a plain one, as long as it gets, with its line."""
    inside: set[int] = set()
    for node in ast.walk(tree):  # from outside in
        if not isinstance(node, ast.Attribute) or id(node) in inside:
            continue
        parts, inner = [node.attr], node.value
        while isinstance(inner, ast.Attribute):
            inside.add(id(inner))
            parts.append(inner.attr)
            inner = inner.value
        if isinstance(inner, ast.Name):
            yield ".".join([inner.id, *reversed(parts)]), node.lineno


def passed_over(tree: ast.Module) -> tuple[int, ...]:
    """The lines of imports that TensorFlow's tool does not follow: it knows `import tensorflow as tf` only."""
    known = {("tf", "tf"), ("tf", "tf.compat.v1"), ("tf", "tf.compat.v2"), ("", "tf")}
    lines = {line for name, whole, line in imported(tree) if (name, whole) not in known and not is_inner(name, whole)}
    return tuple(sorted(lines))


def is_inner(name: str, whole: str) -> bool:
    """Whether this entry only repeats an import with a name of its own."""
    return not name and whole != "tf"
