"""Makes all files in `lib/core/inference/shipped/` from nothing: `python -m lib.ml.shipped.make`.

These are the graphs of the networks that visitors train, and a model that reads drawings on a server without any
finished training. The same seed gives the same model on the same machine and versions.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from tensorflow.keras import Model, Sequential
from tensorflow.keras.layers import Activation, BatchNormalization, Conv2D, Dense, Dropout, Flatten, Input, Rescaling

from lib.core.data.dataset import CLASSES, SIDE, Bytes, load_images
from lib.core.inference.litert import SHIPPED, SHIPPED_MODEL, SHIPPED_WEIGHTS, SUMS, model_name
from lib.core.seeds import seed_of
from lib.core.training.config import SETTINGS, TrainConfig
from lib.ml.shipped.augmentation import Floats, Lessons, all_lessons
from lib.ml.shipped.export import convert
from lib.ml.training.distortions import Strength, warped
from lib.ml.training.networks import build_network, drawn

CONVOLUTIONS = ((16, 1), (32, 2), (48, 1), (64, 2))
"""Filters and stride of each, all 3 × 3. Strides of 2 halve the picture; pooling would compute four times as much."""
DENSE = 128
DROPOUT = 0.4
BATCH = 128
EPOCHS = 12
HIGHEST_RATE = 3e-3
MILD = Strength(turn=0.07, shear=0.1, scale=0.07, shift=0.025, elastic=0.03)
UNBENT = 0.2
"""Share of the pictures that an epoch leaves undistorted."""

Arrays = Mapping[str, NDArray[np.float32]]


def learner(seed: int) -> Model:
    """The network in training: uint8 (n, 28, 28, 1) to probabilities (n, 10), with batch norm in each layer."""
    body = []
    for number, (filters, stride) in enumerate(CONVOLUTIONS, 1):
        body += normalised(Conv2D(filters, 3, strides=stride, use_bias=False, **drawn(f"conv{number}", seed)))
    hidden = Dense(DENSE, use_bias=False, **drawn("d1", seed))
    head = [*normalised(hidden), Dropout(DROPOUT, seed=seed_of(seed, "dropout"))]
    last = Dense(CLASSES, activation="softmax", **drawn("d2", seed))
    return Sequential([Input((SIDE, SIDE, 1), dtype="uint8"), Rescaling(1 / 255), *body, Flatten(), *head, last])


def normalised(layer: Conv2D | Dense) -> list[tf.keras.Layer]:
    return [layer, BatchNormalization(momentum=0.95, name=f"{layer.name}_norm"), Activation("relu")]


def reader() -> Model:
    """The shipped network: the learner's weights in fewer layers, float32 (n, 28, 28, 1) to (n, 10).

    Its weights are zeros until the caller assigns the learner's.
    """
    body = [
        Conv2D(filters, 3, strides=stride, activation="relu", kernel_initializer="zeros", name=f"conv{number}")
        for number, (filters, stride) in enumerate(CONVOLUTIONS, 1)
    ]
    head = [
        Flatten(name="flatten"),
        Dense(DENSE, activation="relu", kernel_initializer="zeros", name="d1"),
        Dense(CLASSES, activation="softmax", kernel_initializer="zeros", name="d2"),
    ]
    return Sequential([Input((SIDE, SIDE, 1)), *body, *head])


def folded(model: Model) -> dict[str, NDArray[np.float32]]:
    """The learner's weights for the reader: a normalisation, factor and offset per unit, is folded into its layer."""
    weights = {}
    for layer in model.layers:
        if not isinstance(layer, BatchNormalization):
            continue
        name = layer.name.removesuffix("_norm")
        gamma, beta, mean, variance = (weight.numpy() for weight in layer.weights)
        factor = gamma / np.sqrt(variance + layer.epsilon)
        weights[f"{name}/kernel"] = model.get_layer(name).kernel.numpy() * factor
        weights[f"{name}/bias"] = beta - mean * factor
    last = model.get_layer("d2")
    return weights | {"d2/kernel": last.kernel.numpy(), "d2/bias": last.bias.numpy()}


def train(lessons: Lessons, seed: int, epochs: int) -> Iterator[Model]:
    """Trains a learner; yields it after each epoch."""
    random = np.random.default_rng(seed)
    model = learner(seed)
    steps = -(-len(lessons.pictures) // BATCH)
    rate = tf.keras.optimizers.schedules.CosineDecay(
        HIGHEST_RATE / 20, steps * epochs, warmup_target=HIGHEST_RATE, warmup_steps=steps
    )
    model.compile(tf.keras.optimizers.AdamW(rate, weight_decay=1e-3), "categorical_crossentropy")
    for _ in range(epochs):
        order = random.permutation(len(lessons.pictures))
        pictures = bent(lessons.pictures[order], random)
        model.fit(pictures[..., np.newaxis], lessons.answers[order], BATCH, shuffle=False, verbose=0)
        yield model


def bent(pictures: Bytes, random: np.random.Generator) -> Bytes:
    """The pictures (n, 28, 28), most of them distorted a little."""
    chosen = random.random(len(pictures)) >= UNBENT
    for start in range(0, len(pictures), 1000):
        part = slice(start, start + 1000)
        pictures[part][chosen[part]] = warped(pictures[part][chosen[part]], MILD, random, SIDE)
    return pictures


def accuracy(model: Model) -> float:
    """The learner's accuracy on MNIST's test images."""
    mnist = load_images("mnist")
    probabilities: Floats = model.predict(mnist.x_test[..., np.newaxis], 500, verbose=0)
    return float((probabilities.argmax(axis=1) == mnist.y_test).mean())


def write_model(weights: Arrays) -> None:
    """Writes the shipped model: its graph, and its weights rounded to 16 bits, which halves their size."""
    (SHIPPED / SHIPPED_MODEL).write_bytes(convert(reader()))
    rounded: dict[str, Any] = {name: array.astype(np.float16) for name, array in weights.items()}
    with (SHIPPED / SHIPPED_WEIGHTS).open("wb") as file:
        np.savez(file, **rounded)


def write_graphs() -> None:
    """Writes the graph of each network that visitors can train, with each activation."""
    for network in SETTINGS["network"].options:
        for activation in SETTINGS["activation"].options:
            config = TrainConfig(network=network, activation=activation)
            (SHIPPED / model_name(config)).write_bytes(convert(build_network(config)))


def write_sums() -> None:
    """Writes the SHA-256 of every file; readers compare it."""
    files = sorted(path for path in SHIPPED.iterdir() if path.suffix in (".tflite", ".npz"))
    sums = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files)
    (SHIPPED / SUMS).write_text(sums, "ascii")


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--epochs", type=int, default=EPOCHS)
    options.add_argument("--graphs-only", action="store_true", help="leave the model that ships as it is")
    given = options.parse_args()
    # Hides a warning for every weight with a slash in its name: the file keeps the slash all the same.
    logging.getLogger("absl").setLevel(logging.ERROR)
    began = time.perf_counter()
    if not given.graphs_only:
        lessons = all_lessons(given.seed)
        say(f"{len(lessons.pictures):,} pictures made after {time.perf_counter() - began:.0f} s")
        for epoch, model in enumerate(train(lessons, given.seed, given.epochs), 1):
            say(f"epoch {epoch}: {accuracy(model):.2%} of MNIST's test images, {time.perf_counter() - began:.0f} s")
        write_model(folded(model))
    write_graphs()
    write_sums()
    say(f"written to {SHIPPED}")


if __name__ == "__main__":
    main()
