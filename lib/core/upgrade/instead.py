"""What to write today instead of a name that is gone."""

from __future__ import annotations

from collections.abc import Mapping

from lib.core.i18n import mark

LAYERS = mark("The layers of `tf.keras.layers`, such as `tf.keras.layers.Dense` for `dense`.")
CELLS = mark("`tf.keras.layers.LSTM`, `GRU` or `RNN`; cells are `tf.keras.layers.LSTMCell` and the like.")
ESTIMATOR = mark("A `tf.keras.Model` with `compile` and `fit`, or a training loop of your own.")
OPTIMIZERS = mark("The optimizer of the same name in `tf.keras.optimizers`, without `legacy`.")
CUDNN = mark("`tf.keras.layers.LSTM` or `tf.keras.layers.GRU`: on a GPU they use cuDNN by themselves.")
FLAGS = mark("Python's `argparse`, or the package `absl-py`.")
KERAS = mark("`tf.keras` without `compat.v1`: Keras 3 has no second API for TensorFlow 1.")

INSTEAD: Mapping[str, str] = {
    "tf.Session": mark("Call the function: its values are there at once. `tf.function` makes a graph of it."),
    "tf.InteractiveSession": mark("Nothing: each line runs at once."),
    "tf.placeholder": mark("A parameter of the function."),
    "tf.global_variables_initializer": mark("Nothing: a `tf.Variable` has its value as soon as it is made."),
    "tf.get_variable": mark("`tf.Variable`, or a layer that owns its variables."),
    "tf.ConfigProto": mark("The functions of `tf.config`."),
    "tf.layers": LAYERS,
    "tf.compat.v1.layers": LAYERS,
    "tf.nn.rnn_cell": CELLS,
    "tf.compat.v1.nn.rnn_cell": CELLS,
    "tf.contrib.rnn": CELLS,
    "tf.estimator": ESTIMATOR,
    "tf.compat.v1.estimator": ESTIMATOR,
    "tf.contrib.layers": LAYERS,
    "tf.contrib.slim": mark("The package `tf_slim`, or `tf.keras.layers`."),
    "tf.contrib": mark("Contrib ended with TensorFlow 1; some of its parts live on as packages of their own."),
    "tf.keras.optimizers.legacy": OPTIMIZERS,
    "tf.keras.layers.CuDNNLSTM": CUDNN,
    "tf.keras.layers.CuDNNGRU": CUDNN,
    "tf.compat.v1.keras.layers.CuDNNLSTM": CUDNN,
    "tf.compat.v1.keras.layers.CuDNNGRU": CUDNN,
    "tf.compat.v1.keras": KERAS,
    "tf.app": FLAGS,
    "tf.flags": FLAGS,
    "tf.logging": mark("Python's `logging`, or `tf.get_logger()`."),
    "tf.gfile": mark("`tf.io.gfile`."),
    "tf.py_func": mark("`tf.py_function` or `tf.numpy_function`."),
    "tf.Print": mark("`tf.print`."),
}
"""By a name or the beginning of one: what takes its place, as Markdown."""


def instead_of(name: str) -> str:
    """The text for the longest part of `name` that INSTEAD has; empty if it has none."""
    parts = name.split(".")
    beginnings = (".".join(parts[:count]) for count in range(len(parts), 1, -1))
    return next((INSTEAD[each] for each in beginnings if each in INSTEAD), "")
