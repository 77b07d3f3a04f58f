"""Accuracy on drawings unrelated to MNIST, with and without the preparation of a drawing.

python -m tests.benchmarks.freehand [--epochs 5] [--weights run.npz]

Each digit of two other data sets (`tests.benchmarks.handwriting`) is drawn on the canvas, with a random place, size and
pen width. The notes' network, trained here first, and the shipped model read it. Without preparation the canvas is only
shrunk to 28×28.
"""

from __future__ import annotations

import argparse
import functools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np

from lib.core.data.dataset import SIDE, Bytes, load_images
from lib.core.drawing.preprocess import prepare
from lib.core.inference.litert import LiteNetwork, Weights, network_of, shipped
from lib.core.statistics import wilson_interval
from lib.core.training.config import TrainConfig
from tests.benchmarks.handwriting import SETS, Drawing
from tests.benchmarks.reporting import load, machine, spread, table, versions

SHRUNK, PREPARED = frozenset({"invert"}), None

Reader = Callable[[Bytes], np.ndarray]
"""Maps uint8 (n, 28, 28) to probabilities (n, 10)."""


def notes_weights(epochs: int) -> Weights:
    """The weights of the notes' network, trained with the notes' settings by the app's own loop."""
    from lib.core.training.events import Checkpoint
    from lib.ml.training.loop import train

    events = train(TrainConfig(epochs=epochs), load_images("mnist"))
    return [event.weights for event in events if isinstance(event, Checkpoint)][-1]


def saved(path: Path) -> Weights:
    """The weights of a run's file."""
    with np.load(path, allow_pickle=False) as arrays:
        return {name.removeprefix("weights/"): arrays[name] for name in arrays if not name.startswith("state/")}


def as_given(pictures: Iterable[Bytes], steps: frozenset[str] | None) -> Bytes:
    """The pictures as a network gets them: uint8 (n, 28, 28), blank if nothing was found."""
    done = (prepare(picture) if steps is None else prepare(picture, steps) for picture in pictures)
    return np.stack([np.zeros((SIDE, SIDE), np.uint8) if one is None else one.image for one in done])


def share(right: np.ndarray) -> str:
    """The number of true values in (n,), with the 95 % interval of their share."""
    low, high = wilson_interval(int(right.sum()), len(right))
    return f"{right.mean():7.2%}  ({low:.2%} to {high:.2%})  {int(right.sum()):,} of {len(right):,}"


def rows(name: str, drawings: list[Drawing], notes: Reader, ours: Reader) -> Iterator[tuple[str, str]]:
    pictures, labels = [drawing.picture for drawing in drawings], np.array([drawing.label for drawing in drawings])
    shrunk, prepared = as_given(pictures, SHRUNK), as_given(pictures, PREPARED)
    yield f"{name}: notes' network, canvas shrunk", share(notes(shrunk).argmax(axis=1) == labels)
    yield f"{name}: notes' network, prepared", share(notes(prepared).argmax(axis=1) == labels)
    yield f"{name}: shipped model, canvas shrunk", share(ours(shrunk).argmax(axis=1) == labels)
    yield f"{name}: shipped model, prepared", share(ours(prepared).argmax(axis=1) == labels)


def milliseconds(network: LiteNetwork, weights: Weights) -> str:
    """The time of one prediction after the first."""
    image, taken = np.zeros((1, SIDE, SIDE), np.uint8), []
    network.predict(weights, image)
    for _ in range(1000):
        began = time.perf_counter()
        network.predict(weights, image)
        taken.append((time.perf_counter() - began) * 1000)
    return f"{spread(taken, 3)} ms, 95 % within {np.quantile(taken, 0.95):.3f}"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--epochs", type=int, default=5)
    options.add_argument("--weights", type=Path, help="a run's .npz instead of training the notes' network")
    options.add_argument("--seen", action="store_true", help="the third of the sets that the model was tried on")
    given = options.parse_args()
    print(machine(), versions("ai-edge-litert", "numpy", "pillow", "scikit-learn"), f"before: {load()}", sep="\n")
    weights = saved(given.weights) if given.weights else notes_weights(given.epochs)
    notes_network, (our_network, our_weights) = network_of(TrainConfig()), shipped()
    notes = functools.partial(notes_network.probabilities, weights)
    ours = functools.partial(our_network.probabilities, our_weights)
    mnist = load_images("mnist")
    found: Mapping[str, str] = {
        "MNIST test: notes' network": share(notes(mnist.x_test).argmax(axis=1) == mnist.y_test),
        "MNIST test: shipped model": share(ours(mnist.x_test).argmax(axis=1) == mnist.y_test),
    }
    table(found)
    for name, drawings in SETS.items():
        table(dict(rows(name, list(drawings(given.seen)), notes, ours)))
    table(
        {
            "one prediction, notes' network": milliseconds(notes_network, weights),
            "one prediction, shipped model": milliseconds(our_network, our_weights),
        }
    )
    print(f"after: {load()}")


if __name__ == "__main__":
    main()
