"""Predictions without TensorFlow: LiteRT runs the networks in the web process, layer by layer to look at.

A model file holds a network's graph alone. Its weights are inputs, so one file serves every run of that network and
activation, whatever its widths, finished or still training; `lib.ml.shipped.export` makes the files, `shipped/` has
them.

LiteRT trusts what it is given: a damaged file or weights that do not fit can end the whole process, not only the call.
So nothing reaches it unseen. A model must have the SHA-256 that was written down when it was made, every weight the
shape that the settings ask for, and numbers must be finite; whatever does not fit is a LiteError.
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
"""The model that reads drawings on a server which has never trained."""
SUMS = "SHA256SUMS"
IMAGES = "images"
"""The name of the input that is no weight."""
MAX_IMAGES = 100
"""Images in one call: what the widest layers put out for them takes 70 MB."""
PART = 25
"""So many go into one call where there are more: larger parts take more room and go no faster."""

Floats = NDArray[np.float32]
Weights = Mapping[str, NDArray[np.generic]]


class LiteError(WeightsError, ValueError):
    """A model, weights or images that are not what they should be; `detail` says what is wrong with which."""

    template = mark(
        "The weights of this run do not fit its network, or hold numbers that are not finite: its training has "
        "exploded. It cannot predict."
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prediction:
    """What a network made of n images.

    `probabilities` float32 (n, 10); `layers` what each layer put out, by name, first to last: float32 (n, …).
    """

    probabilities: Floats = field(repr=False)
    layers: Mapping[str, Floats] = field(repr=False)


class LiteNetwork:
    """A network ready to predict, with any weights that fit it. Threads may share it: they take turns."""

    def __init__(self, model: bytes, sha256: str, shapes: Mapping[str, Shape]) -> None:
        """`shapes` says what its weights must be like, by name; `sha256` (hexadecimal) what `model` must be.

        Raises LiteError where `model` is anything else.
        """
        if (found := hashlib.sha256(model).hexdigest()) != sha256:
            raise LiteError(f"the model has SHA-256 {found}, not {sha256}")
        self._shapes = dict(shapes)
        # One thread of its own: a drawing is too little work to share, and other visitors want the cores.
        self._interpreter = Interpreter(model_content=model, num_threads=1)
        self._inputs, self._outputs = _names(self._interpreter)
        if self._inputs.keys() != self._shapes.keys() | {IMAGES}:
            raise LiteError(f"the model takes {sorted(self._inputs)}, not {sorted(self._shapes)}")
        self._given: Weights = {}
        self._size = 0
        self._lock = threading.Lock()

    def predict(self, weights: Weights, images: Bytes) -> Prediction:
        """What the network with these weights makes of `images`, uint8 (n, 28, 28), 0 the paper and 255 the ink.

        There may be MAX_IMAGES images. Weights are taken over when other arrays are given than last time: do not change
        an array, give a new one.
        Raises LiteError where weights or images do not fit.
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
        """What the network thinks of any number of images, uint8 (n, 28, 28), in several calls: float32 (n, 10)."""
        check_images(images)
        return np.concatenate([self.predict(weights, part).probabilities for part in in_parts(images)])

    def _holds(self, weights: Weights) -> bool:
        """Whether these very arrays are what the interpreter was given last."""
        return self._given.keys() == weights.keys() and all(self._given[name] is weights[name] for name in weights)

    def _inside(self) -> dict[str, Floats]:
        """The weights as the interpreter holds them: no second copy of them is kept beside it."""
        return {name: self._interpreter.get_tensor(self._inputs[name]) for name in self._given}

    def _make_room(self, size: int, weights: Mapping[str, Floats]) -> None:
        """Lays out the memory for `size` images and these weights, in LiteRT's order, and puts the weights in."""
        self._given = {}  # until all of it has worked
        for name, array in weights.items():
            self._interpreter.resize_tensor_input(self._inputs[name], array.shape)
        self._interpreter.resize_tensor_input(self._inputs[IMAGES], (size, SIDE, SIDE))
        self._interpreter.allocate_tensors()
        # Laying out moves and forgets what stood in the inputs.
        for name, array in weights.items():
            self._interpreter.set_tensor(self._inputs[name], array)


def in_parts(images: Bytes) -> Iterator[Bytes]:
    """`images` (n, …) in parts for one call each."""
    return (images[start : start + PART] for start in range(0, len(images), PART))


def network_of(config: TrainConfig) -> LiteNetwork:
    """The network of a run with these settings. Raises LiteError where its file is missing or damaged."""
    name = model_name(config)
    return LiteNetwork(_read(name), checksums()[name], weight_shapes(config))


def shipped() -> tuple[LiteNetwork, Weights]:
    """The model that ships with the app: its network and its weights. Raises LiteError where they are damaged."""
    file, sha256 = _read(SHIPPED_WEIGHTS), checksums()[SHIPPED_WEIGHTS]
    if (found := hashlib.sha256(file).hexdigest()) != sha256:
        raise LiteError(f"{SHIPPED_WEIGHTS} has SHA-256 {found}, not {sha256}")
    with np.load(io.BytesIO(file), allow_pickle=False) as arrays:
        weights = {name: array.astype(np.float32) for name, array in arrays.items()}
    shapes = {name: array.shape for name, array in weights.items()}
    return LiteNetwork(_read(SHIPPED_MODEL), checksums()[SHIPPED_MODEL], shapes), weights


def model_name(config: TrainConfig) -> str:
    """The file of the network in `shipped/`. Neither widths nor precision matter: LiteRT counts in float32."""
    return f"{config.network}-{config.activation}.tflite"


def to_litert_layout(weight: NDArray[np.generic]) -> Floats:
    """A weight in the order of LiteRT, which puts the units first: (units, in) and (filters, height, width, in)."""
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
    """The SHA-256 of every file in `shipped/`, by name; the list has the form that `sha256sum -c` reads."""
    lines = (SHIPPED / SUMS).read_text("ascii").splitlines()
    return {name: sha256 for sha256, _, name in (line.partition("  ") for line in lines)}


def _read(name: str) -> bytes:
    try:
        return (SHIPPED / name).read_bytes()
    except OSError as error:
        raise LiteError(f"{name} cannot be read: {error}") from error


def _names(interpreter: Interpreter) -> tuple[dict[str, int], dict[str, int]]:
    """Where each input and each output stands, by name. LiteRT sorts the names: here they stand in their own order."""
    runner = interpreter.get_signature_runner()
    inputs = {name: about["index"] for name, about in runner.get_input_details().items()}
    outputs = {name: about["index"] for name, about in runner.get_output_details().items()}
    order = [about["index"] for about in interpreter.get_output_details()]
    return inputs, dict(sorted(outputs.items(), key=lambda output: order.index(output[1])))
