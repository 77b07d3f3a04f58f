"""Predictions without TensorFlow: LiteRT runs the networks in the web process and returns every layer's output.

A model file holds only a network's graph. Its weights are inputs, so one file serves every run of that network and
activation, whatever its widths, finished or still training. `lib.ml.shipped.export` makes the files in `shipped/`.

LiteRT does not check its inputs: a damaged file or weights that do not fit can kill the whole process, not only the
call. So everything is checked first. A model must have the SHA-256 recorded when it was made, every weight must have
the shape that the settings ask for, and numbers must be finite; anything else is a LiteError.
"""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from lib.core.data.dataset import SIDE, Bytes
from lib.core.errors import WeightsError
from lib.core.i18n import mark
from lib.core.training.architectures import Shape, weight_shapes
from lib.core.training.config import TrainConfig

SHIPPED = Path(__file__).parent / "shipped"
SHIPPED_MODEL, SHIPPED_WEIGHTS = "digits.tflite", "digits.npz"
"""The model that reads drawings on a server without any finished training."""
SHIPPED_RIGHT = 9958
"""How many of MNIST's 10,000 test images it reads right."""
SUMS = "SHA256SUMS"
IMAGES = "images"
"""The name of the only input that is no weight."""
MAX_IMAGES = 100
"""Most images in one call: the widest layers' outputs for them take 70 MB."""
PART = 25
"""Images per call if there are more: larger parts take more memory and are no faster."""

Floats = NDArray[np.float32]
Weights = Mapping[str, NDArray[np.generic]]


class LiteError(WeightsError, ValueError):
    """A model, weights or images that do not fit; `detail` says what is wrong with which."""

    template = mark(
        "The weights of this run do not fit its network, or hold numbers that are not finite: its training has "
        "exploded. It cannot predict."
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prediction:
    """A network's outputs for n images.

    `probabilities` float32 (n, 10); `layers` the output of each layer, by name, first to last: float32 (n, …).
    """

    probabilities: Floats = field(repr=False)
    layers: Mapping[str, Floats] = field(repr=False)


class LiteNetwork:
    """A network ready to predict, with any weights that fit it. It is thread-safe: calls take turns."""

    def __init__(self, model: bytes, sha256: str, shapes: Mapping[str, Shape]) -> None:
        """`shapes` are the shapes of its weights by name, `sha256` (hexadecimal) is the checksum of `model`.

        Raises LiteError for any other `model`.
        """
        if (found := hashlib.sha256(model).hexdigest()) != sha256:
            raise LiteError(f"the model has SHA-256 {found}, not {sha256}")
        self._shapes = dict(shapes)
        # A single thread: a drawing is too little work to share, and other visitors need the cores.
        self._interpreter = Interpreter(model_content=model, num_threads=1)
        self._inputs, self._outputs = _names(self._interpreter)
        if self._inputs.keys() != self._shapes.keys() | {IMAGES}:
            raise LiteError(f"the model takes {sorted(self._inputs)}, not {sorted(self._shapes)}")
        self._given: Weights = {}
        self._size = 0
        self._lock = threading.Lock()

    def predict(self, weights: Weights, images: Bytes) -> Prediction:
        """The network's outputs with these weights for `images`, uint8 (n, 28, 28), 0 for paper and 255 for ink.

        At most MAX_IMAGES images. Weights are copied only if the arrays are others than last time, so never change an
        array in place; pass a new one. Raises LiteError if weights or images do not fit.
        """
        check_images(images)
        if len(images) > MAX_IMAGES:
            raise LiteError(f"at most {MAX_IMAGES} images in one call, got {len(images):,}")
        with self._lock:
            if not self._holds(weights):
                check_weights(weights, self._shapes)
                self._make_room(len(images), {name: to_litert_layout(array) for name, array in weights.items()})
            elif len(images) != self._size:
                self._make_room(len(images), self._inside())
            self._given, self._size = dict(weights), len(images)
            self._interpreter.set_tensor(self._inputs[IMAGES], images)
            self._interpreter.invoke()
            layers = {name: self._interpreter.get_tensor(index) for name, index in self._outputs.items()}
        probabilities = next(reversed(layers.values()))
        if not np.isfinite(probabilities).all():
            raise LiteError("the weights are so large that what they say is no number: this training has exploded")
        return Prediction(probabilities=probabilities, layers=layers)

    def probabilities(self, weights: Weights, images: Bytes) -> Floats:
        """The probabilities of any number of images, uint8 (n, 28, 28), in several calls: float32 (n, 10)."""
        check_images(images)
        return np.concatenate([self.predict(weights, part).probabilities for part in in_parts(images)])

    def _holds(self, weights: Weights) -> bool:
        """Whether the interpreter already has these very arrays."""
        return self._given.keys() == weights.keys() and all(self._given[name] is weights[name] for name in weights)

    def _inside(self) -> dict[str, Floats]:
        """The weights inside the interpreter, which holds the only copy."""
        return {name: self._interpreter.get_tensor(self._inputs[name]) for name in self._given}

    def _make_room(self, size: int, weights: Mapping[str, Floats]) -> None:
        """Allocates memory for `size` images and these weights, in LiteRT's layout, and copies the weights in."""
        self._given = {}  # until everything has worked
        for name, array in weights.items():
            self._interpreter.resize_tensor_input(self._inputs[name], array.shape)
        self._interpreter.resize_tensor_input(self._inputs[IMAGES], (size, SIDE, SIDE))
        self._interpreter.allocate_tensors()
        # Allocating discards the inputs' content.
        for name, array in weights.items():
            self._interpreter.set_tensor(self._inputs[name], array)


def in_parts(images: Bytes) -> Iterator[Bytes]:
    """`images` (n, …) in parts of one call each."""
    return (images[start : start + PART] for start in range(0, len(images), PART))


def network_of(config: TrainConfig) -> LiteNetwork:
    """The network of a run with these settings. Raises LiteError if its file is missing or damaged."""
    name = model_name(config)
    return LiteNetwork(_read(name), checksums()[name], weight_shapes(config))


def shipped() -> tuple[LiteNetwork, Weights]:
    """The network and the weights of the shipped model. Raises LiteError if they are damaged."""
    file, sha256 = _read(SHIPPED_WEIGHTS), checksums()[SHIPPED_WEIGHTS]
    if (found := hashlib.sha256(file).hexdigest()) != sha256:
        raise LiteError(f"{SHIPPED_WEIGHTS} has SHA-256 {found}, not {sha256}")
    with np.load(io.BytesIO(file), allow_pickle=False) as arrays:
        weights = {name: array.astype(np.float32) for name, array in arrays.items()}
    shapes = {name: array.shape for name, array in weights.items()}
    return LiteNetwork(_read(SHIPPED_MODEL), checksums()[SHIPPED_MODEL], shapes), weights


def model_name(config: TrainConfig) -> str:
    """The network's file in `shipped/`. It is the same for all widths and precisions: LiteRT computes in float32."""
    return f"{config.network}-{config.activation}.tflite"


def to_litert_layout(weight: NDArray[np.generic]) -> Floats:
    """A weight in LiteRT's layout, with the units first: (units, in) and (filters, height, width, in)."""
    array = np.asarray(weight, np.float32)
    return np.ascontiguousarray(np.moveaxis(array, -1, 0)) if array.ndim > 1 else array


def check_weights(weights: Weights, shapes: Mapping[str, Shape]) -> None:
    """Raises LiteError unless `weights` has these names and shapes, all of them float32 and finite."""
    if missing := sorted(shapes.keys() - weights.keys()):
        raise LiteError(f"weights are missing: {', '.join(missing)}")
    if unknown := sorted(weights.keys() - shapes.keys()):
        raise LiteError(f"weights that the network does not have: {', '.join(map(str, unknown))}")
    for name, shape in shapes.items():
        array = weights[name]
        if not isinstance(array, np.ndarray) or array.dtype != np.float32 or array.shape != shape:
            found = f"{array.dtype} {array.shape}" if isinstance(array, np.ndarray) else type(array).__name__
            raise LiteError(f"{name} must be float32 {shape}, got {found}")
        if not np.isfinite(array).all():
            raise LiteError(f"{name} holds numbers that are not finite: the training of this run has exploded")


def check_images(images: Bytes) -> None:
    """Raises LiteError unless `images` is uint8 (n, 28, 28) with n > 0."""
    if not isinstance(images, np.ndarray):
        raise LiteError(f"images must be an array, got {type(images).__name__}")
    if images.dtype != np.uint8 or images.shape[1:] != (SIDE, SIDE) or len(images) == 0:
        raise LiteError(f"images must be uint8 (n, {SIDE}, {SIDE}) with n > 0, got {images.dtype} {images.shape}")


def checksums() -> dict[str, str]:
    """The SHA-256 of every file in `shipped/`, by name; the list has the format of `sha256sum -c`."""
    lines = (SHIPPED / SUMS).read_text("ascii").splitlines()
    return {name: sha256 for sha256, _, name in (line.partition("  ") for line in lines)}


def _read(name: str) -> bytes:
    try:
        return (SHIPPED / name).read_bytes()
    except OSError as error:
        raise LiteError(f"{name} cannot be read: {error}") from error


def _names(interpreter: Interpreter) -> tuple[dict[str, int], dict[str, int]]:
    """The index of each input and output, by name. LiteRT sorts the names; here the outputs keep the layers' order."""
    runner = interpreter.get_signature_runner()
    inputs = {name: about["index"] for name, about in runner.get_input_details().items()}
    outputs = {name: about["index"] for name, about in runner.get_output_details().items()}
    order = [about["index"] for about in interpreter.get_output_details()]
    return inputs, dict(sorted(outputs.items(), key=lambda output: order.index(output[1])))
