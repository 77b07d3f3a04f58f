"""The names read from TensorFlow's files are those that TensorFlow has when it is imported."""

import re
from collections.abc import Iterator
from operator import attrgetter
from types import ModuleType
from typing import Any

import pytest
import tensorflow as tf
from tensorflow.tools.compatibility.all_renames_v2 import symbol_renames

from lib.core.upgrade.instead import INSTEAD, instead_of
from lib.ml.upgrade.installed import contents, ending, refuses

LEFT_BEHIND = {"tf.dtensor", "tf.security", "tf.tools"}
"""Folders of the package, which importing it makes attributes; they are no names of it."""
WITHIN_A_CLASS = "tf.losses.Reduction."
"""Its members are not read."""


def live(name: str) -> str:
    """The part of the name that the imported TensorFlow does not have; empty if it has all."""
    parts = name.split(".")
    for count in range(2, len(parts) + 1):
        try:
            attrgetter(".".join(parts[1:count]))(tf)
        except AttributeError:
            return ".".join(parts[:count])
    return ""


def public(name: str) -> Iterator[tuple[str, Any]]:
    """Everything that the public modules below this one have."""
    for part in dir(attrgetter(name.removeprefix("tf."))(tf) if name != "tf" else tf):
        if part.startswith("_") or f"{name}.{part}" in LEFT_BEHIND:
            continue
        inner = f"{name}.{part}"
        yield inner, attrgetter(inner.removeprefix("tf."))(tf)


def test_each_name_of_the_table_ends_where_it_does_in_tensorflow() -> None:
    names = {name for pair in symbol_renames.items() for name in pair if name.startswith("tf.")}
    names = {name for name in names if not name.startswith(WITHIN_A_CLASS)}
    assert len(names) > 1900
    assert {name: ending(name) for name in names} == {name: live(name) for name in names}


@pytest.mark.parametrize("module", ["tf", "tf.compat.v1", "tf.nn", "tf.keras.layers", "tf.compat.v1.train", "tf.data"])
def test_all_that_a_module_has_is_there(module: str) -> None:
    found = dict(public(module))
    assert found
    assert [name for name in found if ending(name)] == []
    assert [name for name, each in found.items() if isinstance(each, ModuleType) and not ending(f"{name}.nothing")] == [
        name for name in found if contents_are_private(name, found[name])
    ]


def contents_are_private(name: str, thing: Any) -> bool:
    """Whether this is a module of TensorFlow's inside, which is not read, such as `tf.compat.v1.flags`."""
    return isinstance(thing, ModuleType) and str(thing).find("tensorflow.python") >= 0


@pytest.mark.parametrize(
    ("name", "ends"),
    [
        ("tf.Session", "tf.Session"),
        ("tf.control_dependencies", ""),
        ("tf.layers.dense", "tf.layers"),
        ("tf.compat.v1.layers.dense", "tf.compat.v1.layers.dense"),
        ("tf.compat.v1.nn.rnn_cell.LSTMCell", "tf.compat.v1.nn.rnn_cell.LSTMCell"),
        ("tf.compat.v1.estimator.Estimator", "tf.compat.v1.estimator"),
        ("tf.keras.layers.Dense", ""),
        ("tf.losses.MeanSquaredError", ""),
        ("tf.Variable.assign", ""),
        ("tf", ""),
    ],
)
def test_names_that_the_lesson_speaks_of(name: str, ends: str) -> None:
    assert ending(name) == ends == (live(name) if name != "tf" else "")


@pytest.mark.parametrize("kind", ["Adam", "SGD", "RMSprop", "Adagrad", "Ftrl"])
def test_an_old_optimizer_is_a_name_that_refuses(kind: str) -> None:
    assert refuses(f"tf.keras.optimizers.legacy.{kind}")
    assert not refuses(f"tf.keras.optimizers.{kind}")
    with pytest.raises(ImportError):
        getattr(tf.keras.optimizers.legacy, kind)()


def test_what_is_advised_is_there_and_what_it_is_advised_for_is_gone() -> None:
    for name, advice in INSTEAD.items():
        advised = re.findall(r"`(tf(?:\.\w+)+)", advice)
        assert [each for each in advised if live(each) or refuses(each)] == []
        assert live(f"{name}.anything") or refuses(f"{name}.Adam")


def test_the_advice_for_the_longest_beginning_counts() -> None:
    assert instead_of("tf.contrib.slim.conv2d") == INSTEAD["tf.contrib.slim"]
    assert instead_of("tf.contrib.crf") == INSTEAD["tf.contrib"]
    assert instead_of("tf.layersets") == ""
    assert instead_of("tf.keras.layers.Dense") == ""


def test_a_class_has_no_contents_and_a_missing_module_has_none() -> None:
    assert contents("tensorflow.python.ops.variables.Variable") is None
    assert contents("keras._tf_keras.keras.__internal__.legacy.layers") == {}
