"""Names of TensorFlow are found in code whatever it calls TensorFlow, and the code does not run."""

import ast

import pytest

from lib.ml.upgrade.used import names_used, passed_over


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("import tensorflow as tf\ntf.Session().run(tf.add(1, 2))", {"tf.Session": (2,), "tf.add": (2,)}),
        ("tf.Session()\n\ntf.Session()", {"tf.Session": (1, 3)}),
        ("import tensorflow as T\nT.layers.dense(x).shape", {"tf.layers.dense": (2,)}),
        ("import tensorflow\ntensorflow.Session", {"tf.Session": (2,)}),
        ("import tensorflow.compat.v1 as tf\ntf.Session", {"tf.compat.v1": (1,), "tf.compat.v1.Session": (2,)}),
        ("from tensorflow.contrib import slim as s\ns.a.b()", {"tf.contrib.slim": (1,), "tf.contrib.slim.a.b": (2,)}),
        ("from tensorflow import keras", {"tf.keras": (1,)}),
        ("from tensorflow.keras.layers import *", {"tf.keras.layers": (1,)}),
        ("import tensorflow.keras.layers", {"tf.keras.layers": (1,)}),
        ("def f():\n    import tensorflow as t\n    return t.x", {"tf.x": (3,)}),
        ("from tensorflow.python.ops import nn\nnn.relu", {}),
        ("import torch as tf\ntf.add", {}),
        ("import tensorflow_hub as hub\nhub.load", {}),
        ("from . import tf\ntf.add", {}),
        ("s.tf.Session; 'tf.Session'", {}),
        ("f'{tf.Session()}'; x: tf.Tensor", {"tf.Session": (1,), "tf.Tensor": (1,)}),
        ("", {}),
    ],
)
def test_names_and_their_lines(code: str, names: dict[str, tuple[int, ...]]) -> None:
    assert names_used(ast.parse(code)) == names


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("import tensorflow as tf", ()),
        ("import tensorflow.compat.v1 as tf", ()),
        ("import numpy as np\nimport tensorflow as T", (2,)),
        ("import tensorflow", (1,)),
        ("from tensorflow.contrib import slim\nfrom tensorflow import keras", (1, 2)),
    ],
)
def test_imports_that_the_tool_does_not_follow(code: str, lines: tuple[int, ...]) -> None:
    assert passed_over(ast.parse(code)) == lines
