"""How a file of each kind is opened again, by somebody who has nothing but the file.

Each function returns what predicts with it: images uint8 (n, 28, 28) to probabilities float32 (n, 10).
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from lib.core.data.dataset import Bytes
from lib.core.exports.figures import Floats, Predict
from lib.ml.exports.makers import scaled


def keras(file: Path) -> Predict:
    """Opened by Keras, which is not given any class."""
    import tensorflow as tf

    model = tf.keras.models.load_model(file, compile=False)
    return lambda images: model(scaled(images), training=False).numpy()


def savedmodel(file: Path) -> Predict:
    """Unpacked, and opened without Keras."""
    import tensorflow as tf

    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(file) as archive:
        archive.extractall(folder)
        model = tf.saved_model.load(folder)
    return lambda images: model.serve(scaled(images)).numpy()


def litert(file: Path) -> Predict:
    """Opened by LiteRT, without TensorFlow."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=str(file), num_threads=1)
    (entry,), (end,) = interpreter.get_input_details(), interpreter.get_output_details()

    def predict(images: Bytes) -> Floats:
        given = scaled(images)
        interpreter.resize_tensor_input(entry["index"], given.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(entry["index"], given)
        interpreter.invoke()
        found: Floats = np.array(interpreter.get_tensor(end["index"]), np.float32)
        return found

    return predict


def onnx(file: Path) -> Predict:
    """Checked against the format's rules, and run by its own reference implementation."""
    from onnx import checker, load
    from onnx.reference import ReferenceEvaluator

    checker.check_model(str(file), full_check=True)
    runtime = ReferenceEvaluator(load(str(file)))

    def predict(images: Bytes) -> Floats:
        (found,) = runtime.run(None, {"images": scaled(images)})
        return np.asarray(found, np.float32)

    return predict


def web(file: Path) -> Predict:
    """The network taken out of the page, and calculated with NumPy."""
    from lib.core.exports.webpage import read_web_page

    return read_web_page(file.read_bytes())


READERS: Mapping[str, Callable[[Path], Predict]] = {
    "keras": keras,
    "savedmodel": savedmodel,
    "litert": litert,
    "onnx": onnx,
    "web": web,
}
"""By `Format.kind`."""

OPENED_WITH: Mapping[str, tuple[str, ...]] = {
    "keras": ("tensorflow", "keras"),
    "savedmodel": ("tensorflow",),
    "litert": ("ai-edge-litert",),
    "onnx": ("onnx",),
    "web": ("numpy",),
    "tensorboard": ("tensorflow",),
}
"""By `Format.kind`: the packages that open it, whose versions stand beside the figures."""
