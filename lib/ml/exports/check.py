"""The process that opens a made file and compares it with the app's own predictions:

python -m lib.ml.exports.check FOLDER
"""

from __future__ import annotations

import platform
import statistics
import sys
import tempfile
import time
import zipfile
from importlib.metadata import version
from pathlib import Path

from lib.core.codec import to_json
from lib.core.data.dataset import Bytes
from lib.core.exports.curves import largest_gap
from lib.core.exports.figures import Figures, Predict, compared
from lib.core.inference.litert import PART, network_of
from lib.ml.exports.make import give_way
from lib.ml.exports.parcel import ANSWER, Parcel, file_in, read_parcel
from lib.ml.exports.readers import OPENED_WITH, READERS

SECONDS = 10.0
"""No more digits are read after so much time of this process. Only ONNX's reference implementation is that slow."""
SINGLE = 20
"""Single digits whose median time is told, after one that does not count."""


def main(folder: Path) -> None:
    """Opens the file in the folder, and leaves the figures there."""
    give_way()
    parcel = read_parcel(folder)
    (folder / ANSWER).write_text(to_json(figures_of(parcel, file_in(folder, parcel.format))), "utf-8")


def figures_of(parcel: Parcel, file: Path) -> Figures:
    """What the file says beside what the app says."""
    opened = {"python": platform.python_version()} | {name: version(name) for name in OPENED_WITH[parcel.format.kind]}
    if not parcel.format.has_network:
        return Figures(difference=gap(parcel, file), digits=0, same=0, milliseconds=float("nan"), versions=opened)
    predict = READERS[parcel.format.kind](file)
    own, weights = network_of(parcel.settings), parcel.weights
    difference, digits, same = side_by_side(lambda images: own.probabilities(weights, images), predict, parcel.tested)
    return Figures(
        difference=difference,
        digits=digits,
        same=same,
        milliseconds=milliseconds(predict, parcel.tested),
        versions=opened,
    )


def side_by_side(ours: Predict, theirs: Predict, images: Bytes) -> tuple[float, int, int]:
    """`compared` on as many of the images as SECONDS allow."""
    begun, mine, yours = time.process_time(), [], []
    for start in range(0, len(images), PART):
        part = images[start : start + PART]
        mine.append(ours(part))
        yours.append(theirs(part))
        if time.process_time() - begun > SECONDS:
            break
    return compared(mine, yours)


def milliseconds(predict: Predict, images: Bytes) -> float:
    """The median for a single image."""
    times = []
    for image in images[: SINGLE + 1]:
        begun = time.perf_counter()
        predict(image[None])
        times.append(time.perf_counter() - begun)
    return statistics.median(times[1:]) * 1000


def gap(parcel: Parcel, file: Path) -> float:
    """The largest difference between a value in the event files and the run's."""
    from lib.ml.exports.event_files import read_event_files  # here: the other formats may need no TensorFlow

    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(file) as archive:
        archive.extractall(folder)
        return largest_gap(parcel.curves, read_event_files(Path(folder)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
