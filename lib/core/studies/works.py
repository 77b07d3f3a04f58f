"""What can be compared, traced, X-rayed and exported: the works with their modes and sizes, the cases, the formats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lib.core.i18n import mark
from lib.core.studies.modes import MODES

TRAINING_MODES = tuple(MODES)


USUAL_MODES = ("eager", "graph", "graph_keras", "xla", "session", "fit", "loop", "loop_xla")
"""The modes of a training work that show each factor alone: all with the same Adam, and one with Keras' as well."""


PLAIN_MODES = ("eager", "graph", "xla", "session")


@dataclass(frozen=True, slots=True)
class Work:
    """Something that can be run in several ways. Its `size` can be chosen, and swept over `sweep`.

    `unit` says what the size counts. `trains`: it changes weights, which must agree between all modes.
    `usual`: the modes that are measured by default.
    """

    label: str
    unit: str
    size: int
    lowest: int
    highest: int
    sweep: tuple[int, ...]
    modes: tuple[str, ...]
    usual: tuple[str, ...] = PLAIN_MODES
    trains: bool = False


WORKS: Mapping[str, Work] = {
    "train_step": Work(
        mark("The notes' training step"),
        mark("images in a batch"),
        32, 1, 1024, (1, 4, 16, 64, 256, 1024), TRAINING_MODES, USUAL_MODES, trains=True,
    ),
    "forward": Work(
        mark("The notes' network, forwards only"),
        mark("images in a batch"),
        32, 1, 1024, (1, 4, 16, 64, 256, 1024), PLAIN_MODES,
    ),
    "tiny_ops": Work(
        mark("A chain of tiny operations"),
        mark("operations in the chain"),
        100, 1, 1000, (1, 3, 10, 30, 100, 300, 1000), PLAIN_MODES,
    ),
    "matmul": Work(
        mark("One matrix product"),
        mark("rows and columns of each matrix"),
        1024, 1, 2048, (4, 16, 64, 256, 1024, 2048), PLAIN_MODES,
    ),
    "convolution": Work(
        mark("One convolution"),
        mark("channels in and out"),
        32, 1, 256, (1, 4, 16, 64, 256), PLAIN_MODES,
    ),
    "python_loop": Work(
        mark("A Python loop whose end depends on the data"),
        mark("rounds of the loop"),
        100, 1, 1000, (1, 3, 10, 30, 100, 300, 1000), PLAIN_MODES,
    ),
}  # fmt: skip
"""Everything that can be compared."""


DEPTHS: Mapping[str, str] = {"quick": mark("quick: up to 40 rounds"), "thorough": mark("thorough: up to 100")}


SECONDS: Mapping[str, float] = {"quick": 60.0, "thorough": 300.0}
"""Longest duration of a comparison at one size, by depth; half of that for each of several sizes."""


CASES: Mapping[str, str] = {
    "python_int": mark("a Python number instead of a tensor"),
    "shape": mark("a new shape each time"),
    "dtype": mark("a new dtype"),
    "new_function": mark("the function made anew in a loop"),
}
"""Ways of making a `tf.function` trace again."""


EXAMPLES: Mapping[str, str] = {
    "train_step": mark("The notes' training step"),
    "condition": mark("An `if` on a tensor"),
    "loop": mark("A loop whose end depends on the data"),
    "arithmetic": mark("Arithmetic that the optimiser shortens"),
}
"""Everything that can be X-rayed."""

FORMATS: Mapping[str, str] = {
    "keras": "Keras (.keras)",
    "savedmodel": "SavedModel",
    "litert": "LiteRT",
    "litert_dynamic": mark("LiteRT, weights in 8 bits"),
    "litert_int8": mark("LiteRT in 8 bits"),
    "onnx": "ONNX",
    "web": mark("Web page"),
    "web_small": mark("Web page, small"),
    "tensorboard": "TensorBoard",
}
"""The formats in which a run is exported; more about each in `lib.core.exports.formats`."""
