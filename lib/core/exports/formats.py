"""The formats in which a run's network is taken away: how each is opened, and how closely it must say the same.

How far a file may be from the app's own predictions is measured: `tests/ml/exports` holds every network, activation and
precision to these numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lib.core.errors import Refusal
from lib.core.i18n import mark
from lib.core.studies.works import FORMATS as LABELS
from lib.core.training.architectures import describe
from lib.core.training.config import TrainConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format.

    `kind` says by which function its file is made and opened (`lib.ml.exports.makers`, `lib.ml.exports.readers`).
    `purpose` is what it is for, in a few words. `within`: the largest absolute difference of a probability that is
    accepted. `alike`: the smallest share of digits that must be read as the same class. A file without a network
    (`has_network` false) holds the run's curve: then `within` is about its values. `in_language`: it has words inside.
    """

    code: str
    kind: str
    purpose: str
    suffix: str
    mime: str = "application/octet-stream"
    within: float = 1e-4
    alike: float = 0.999
    bytes_per_weight: int = 4
    has_network: bool = True
    in_language: bool = False

    @property
    def label(self) -> str:
        """Its name, a text of the catalogue."""
        return LABELS[self.code]


FORMATS: Mapping[str, Format] = {
    each.code: each
    for each in (
        Format(
            code="keras",
            kind="keras",
            purpose=mark("to go on with in Keras: layers and weights, no class of this app inside"),
            suffix=".keras",
        ),
        Format(
            code="savedmodel",
            kind="savedmodel",
            purpose=mark("for TensorFlow without Keras, and for TensorFlow Serving; a folder, packed"),
            suffix=".zip",
            mime="application/zip",
            bytes_per_weight=8,
        ),
        Format(
            code="litert",
            kind="litert",
            purpose=mark("for phones and small computers, as exact as the run"),
            suffix=".tflite",
        ),
        Format(
            code="litert_dynamic",
            kind="litert",
            purpose=mark("a quarter of the size: the weights in 8 bits, the calculation in 32"),
            suffix=".tflite",
            within=0.15,
            bytes_per_weight=1,
            alike=0.98,
        ),
        Format(
            code="litert_int8",
            kind="litert",
            purpose=mark("a quarter of the size, and calculated in 8 bits: for chips that do nothing else"),
            suffix=".tflite",
            within=0.5,
            bytes_per_weight=1,
            alike=0.97,
        ),
        Format(
            code="onnx",
            kind="onnx",
            purpose=mark("for other runtimes and languages; checked with ONNX’s own reference, which is slow"),
            suffix=".onnx",
        ),
        Format(
            code="web",
            kind="web",
            purpose=mark("a canvas that reads what is drawn, in any browser, without a connection; weights in float16"),
            suffix=".html",
            mime="text/html",
            within=2e-3,
            bytes_per_weight=3,
            in_language=True,
        ),
        Format(
            code="web_small",
            kind="web",
            purpose=mark("the same in half the size: weights in 8 bits, a factor for each channel"),
            suffix=".html",
            mime="text/html",
            within=0.15,
            alike=0.98,
            bytes_per_weight=2,
            in_language=True,
        ),
        Format(
            code="tensorboard",
            kind="tensorboard",
            purpose=mark("the run’s curves for TensorBoard: loss and accuracy of each step, and of the test images"),
            suffix=".zip",
            mime="application/zip",
            within=0.0,
            bytes_per_weight=0,
            has_network=False,
        ),
    )
}
"""Every format that a process of its own makes, in the order of the page."""


LARGEST = 128_000_000
"""Bytes of the largest file that is made: a server reads it whole for whoever takes it away, and keeps some of them."""


class TooLarge(Refusal):
    """The file of this network would be larger than LARGEST."""

    reason = "export_large"
    template = mark("With so many weights its file would have {size} MB, and the most is {most} MB.")


def why_not(config: TrainConfig, code: str) -> Refusal | None:
    """Why a network with these settings cannot have this format, None if it can."""
    size = sum(layer.parameters for layer in describe(config)) * FORMATS[code].bytes_per_weight
    return TooLarge(size=size // 10**6, most=LARGEST // 10**6) if size > LARGEST else None
