"""What the processes of an export hand to one another: a folder with the request, the network, and then the file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.core.data.dataset import Bytes
from lib.core.exports.curves import Curve
from lib.core.exports.figures import DIGITS, ExportFailed
from lib.core.exports.formats import FORMATS, Format
from lib.core.inference.litert import LiteError, check_weights
from lib.core.training.architectures import weight_shapes
from lib.core.training.config import TrainConfig
from lib.core.training.events import Checkpoint
from lib.ml.training.datasets import fetch

EXAMPLES = 200
"""Training images from which the ranges of an 8-bit network are taken."""
REQUEST, ARRAYS, ANSWER, REFUSAL = "request.json", "arrays.npz", "answer.json", "refusal"
WEIGHTS, CURVES = "weights/", "curves/"
PLAIN = ("code", "step", "language", "name", "accuracy")
"""Fields that are plain values."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Parcel:
    """A network to export in the format `code`.

    `settings` and `weights` are its run's, after `step`. `learned` are some training images, uint8 (n, 28, 28), for
    formats that have to see examples, `tested` the test images of the check. `curves` are for formats without a
    network. `language` is that of a file with words, `name` what the run is called, `accuracy` the share of test images
    that it reads right.
    """

    code: str
    settings: TrainConfig
    step: int = 0
    weights: Mapping[str, NDArray[np.generic]] = field(repr=False)
    learned: Bytes = field(repr=False)
    tested: Bytes = field(repr=False)
    curves: Mapping[str, Curve] = field(default_factory=dict, repr=False)
    language: str = "en"
    name: str = ""
    accuracy: float | None = None

    @property
    def format(self) -> Format:
        """Its format."""
        return FORMATS[self.code]

    def write(self, folder: Path) -> None:
        """Puts everything into the folder; never pickled."""
        request = {name: getattr(self, name) for name in PLAIN} | {"settings": self.settings.to_dict()}
        (folder / REQUEST).write_text(json.dumps(request), "utf-8")
        arrays = {f"{WEIGHTS}{name}": array for name, array in self.weights.items()}
        for name, curve in self.curves.items():
            arrays |= {f"{CURVES}{name}/{part}": array for part, array in curve._asdict().items()}
        np.savez(folder / ARRAYS, allow_pickle=False, learned=self.learned, tested=self.tested, **arrays)


def packed(
    code: str, settings: TrainConfig, checkpoint: Checkpoint, curves: Mapping[str, Curve], **about: Any
) -> Parcel:
    """All that the export of this checkpoint needs; `about` are `language`, `name` and `accuracy`.

    Raises ExportFailed for weights that cannot predict, and DataUnavailable.
    """
    try:
        check_weights(checkpoint.weights, weight_shapes(settings))
    except LiteError as error:
        raise ExportFailed("export_weights", error.detail) from error
    images = fetch(settings.dataset)
    return Parcel(
        code=code,
        settings=settings,
        step=checkpoint.step,
        weights=checkpoint.weights,
        learned=images.x_train[:EXAMPLES],
        tested=images.x_test[:DIGITS],
        curves=curves,
        **about,
    )


def read_parcel(folder: Path) -> Parcel:
    """What `write` has put into the folder."""
    request = json.loads((folder / REQUEST).read_text("utf-8"))
    with np.load(folder / ARRAYS, allow_pickle=False) as file:
        arrays = dict(file)
    named = {name.removeprefix(CURVES).rpartition("/")[0] for name in arrays if name.startswith(CURVES)}
    return Parcel(
        **{name: request[name] for name in PLAIN},
        settings=TrainConfig(**request["settings"]),
        weights={name.removeprefix(WEIGHTS): array for name, array in arrays.items() if name.startswith(WEIGHTS)},
        learned=arrays["learned"],
        tested=arrays["tested"],
        curves={name: Curve(*(arrays[f"{CURVES}{name}/{part}"] for part in Curve._fields)) for name in sorted(named)},
    )


def file_in(folder: Path, wanted: Format) -> Path:
    """Where the file is made."""
    return folder / f"made{wanted.suffix}"


def refuse(folder: Path, reason: str) -> None:
    """Leaves word why the file cannot be made: one of the codes of `ExportFailed`."""
    (folder / REFUSAL).write_text(reason, "utf-8")


def refusal_in(folder: Path) -> str | None:
    """The word that `refuse` left."""
    return (folder / REFUSAL).read_text("utf-8") if (folder / REFUSAL).exists() else None
