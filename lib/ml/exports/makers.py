"""How a file of each kind is made. Only what a kind needs is imported: ONNX is written without TensorFlow."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.core.data.dataset import Bytes
from lib.core.exports.figures import ExportFailed
from lib.ml.exports.parcel import Parcel


def keras(parcel: Parcel, file: Path) -> None:
    """A functional model in Keras' own format."""
    from lib.ml.exports.twin import functional_twin

    functional_twin(parcel.settings, parcel.weights).save(file)


def savedmodel(parcel: Parcel, file: Path) -> None:
    """The folder that `model.export` makes, packed; its function is named `serve`."""
    from lib.ml.exports.twin import functional_twin

    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        functional_twin(parcel.settings, parcel.weights).export(folder, verbose=False)
        pack(Path(folder), file)


def litert(parcel: Parcel, file: Path) -> None:
    """The network as a LiteRT file, in float32 or with 8 bits, by the format."""
    import tensorflow as tf

    from lib.ml.exports.twin import functional_twin

    converter = tf.lite.TFLiteConverter.from_keras_model(functional_twin(parcel.settings, parcel.weights))
    if parcel.code != "litert":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if parcel.code == "litert_int8":
        converter.representative_dataset = lambda: one_by_one(parcel.learned)
    file.write_bytes(converter.convert())


def one_by_one(images: Bytes) -> Iterator[list[NDArray[np.float32]]]:
    """Each image as the inputs of one call."""
    return ([scaled(image[np.newaxis])] for image in images)


def scaled(images: Bytes) -> NDArray[np.float32]:
    """uint8 (n, 28, 28) as the input of an exported network: float32 (n, 28, 28, 1) from 0 to 1."""
    return images.astype(np.float32)[..., np.newaxis] / np.float32(255)


def onnx(parcel: Parcel, file: Path) -> None:
    """The network node by node."""
    from lib.core.exports.onnx_file import onnx_file

    file.write_bytes(onnx_file(parcel.settings, parcel.weights))


def web(parcel: Parcel, file: Path) -> None:
    """One page with a canvas; the network has to fit into float16."""
    from lib.core.exports.webpage import WeightTooLarge, web_page

    about: dict[str, Any] = {"language": parcel.language, "name": parcel.name, "accuracy": parcel.accuracy}
    try:
        page = web_page(parcel.settings, parcel.weights, small=parcel.code == "web_small", **about)
    except WeightTooLarge as error:
        raise ExportFailed("export_float16", error.detail) from error
    file.write_bytes(page)


def tensorboard(parcel: Parcel, file: Path) -> None:
    """A folder with an event file for each of train, test and validation, packed."""
    from lib.ml.exports.event_files import write_event_files

    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        write_event_files(parcel.curves, Path(folder))
        pack(Path(folder), file)


def pack(folder: Path, file: Path) -> None:
    """All files of the folder as a zip, in the order of their names."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))


MAKERS: Mapping[str, Callable[[Parcel, Path], Any]] = {
    "keras": keras,
    "savedmodel": savedmodel,
    "litert": litert,
    "onnx": onnx,
    "web": web,
    "tensorboard": tensorboard,
}
"""By `Format.kind`: each writes the file."""
