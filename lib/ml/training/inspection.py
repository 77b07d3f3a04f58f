"""What a network is like inside: its worst mistakes, its patterns, its weights, its gradients, its dead units."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from lib.core.data.dataset import SIDE, Bytes
from lib.core.training.events import Floats, Inside
from lib.ml.training.batching import in_batches
from lib.ml.training.step import scaled
from lib.ml.training.trainer import Trainer

MISTAKES = 12
PATTERNS = 32
BINS = 40
GRADIENT_IMAGES = 500
"""The gradient is that of the mean loss over the first so many training images, without dropout."""
DEAD_IMAGES = 1000
"""A unit is dead if the first so many test images leave it at 0."""
BEFORE_FIRST_STEP = 100
"""Test images that are looked at before the first step: somebody is waiting for it."""

Histogram = NDArray[np.float64]
Alive = Mapping[str, NDArray[np.bool_]]


def look_inside(trainer: Trainer, probabilities: Floats) -> Inside:
    """The network after the trainer's last step. `probabilities` (n, 10): what it thinks of every test image."""
    began = time.perf_counter()
    images = trainer.images
    some = in_batches(images.x_test[:DEAD_IMAGES], images.y_test[:DEAD_IMAGES])
    walks = [walk(trainer.model, pixels)[1] for pixels, _ in some]
    return inside_event(trainer, probabilities, gradients(trainer), walks, began)


def untouched(trainer: Trainer) -> Inside:
    """The network before its first step, seen through few images and without gradients, which take as long as the rest.

    It always begins the same: a trainer that is used again tells what it told the first time.
    """
    if trainer.untouched is None:
        began = time.perf_counter()
        probabilities, alive = walk(trainer.model, trainer.images.x_test[:BEFORE_FIRST_STEP])
        trainer.untouched = inside_event(trainer, probabilities, {}, [alive], began)
    return trainer.untouched


def inside_event(
    trainer: Trainer, probabilities: Floats, slopes: Mapping[str, Floats], walks: Sequence[Alive], began: float
) -> Inside:
    """What was found out, as an event. `probabilities` are of the first so many test images."""
    worst = mistakes(probabilities, trainer.images.y_test[: len(probabilities)])
    return Inside(
        epoch=trainer.epoch,
        step=trainer.step,
        mistakes=worst,
        probabilities=probabilities[worst[:, 0]],
        first_layer=patterns(trainer.model),
        weights={name: histogram(values) for name, values in weights(trainer.model).items()},
        gradients={name: histogram(values) for name, values in slopes.items()},
        dead={name: dead_share([alive[name] for alive in walks]) for name in walks[0]},
        seconds=time.perf_counter() - began,
    )


def mistakes(probabilities: Floats, truth: Bytes) -> NDArray[np.int32]:
    """The most confident mistakes, MISTAKES at most, as Inside has them: int32 (k, 3)."""
    taken = probabilities.argmax(axis=1)
    wrong = np.flatnonzero(taken != truth)
    confidence = probabilities[wrong, taken[wrong]]
    worst = wrong[np.argsort(-confidence, kind="stable")[:MISTAKES]]
    return np.stack([worst, truth[worst], taken[worst]], axis=1).astype(np.int32)


def patterns(model: tf.keras.Model) -> Floats:
    """What the first units of the first layer look for: float32 (n, h, w), n at most PATTERNS."""
    kernel = next(layer for layer in model.layers if layer.weights).kernel.numpy()
    if kernel.ndim == 2:  # a dense layer sees all pixels in a row
        kernel = kernel.reshape(SIDE, SIDE, 1, -1)
    return np.ascontiguousarray(kernel[:, :, 0, :PATTERNS].transpose(2, 0, 1))


def weights(model: tf.keras.Model) -> dict[str, Floats]:
    """All numbers that each layer learns, kernel and bias in one row, by layer."""
    return {layer.name: row(layer.trainable_weights) for layer in model.layers if layer.trainable_weights}


def gradients(trainer: Trainer) -> dict[str, Floats]:
    """The slope of the mean loss over the first GRADIENT_IMAGES training images along every one of `weights`.

    Calculated as the network predicts, not as it trains: neither dropout nor batch statistics move.
    """
    pixels, labels = trainer.images.x_train[:GRADIENT_IMAGES], trainer.images.y_train[:GRADIENT_IMAGES]
    learning = [layer for layer in trainer.model.layers if layer.trainable_weights]
    with tf.GradientTape() as tape:
        loss = trainer.loss_object(labels, trainer.model(scaled(pixels), training=False))
    slopes = tape.gradient(loss, [layer.trainable_weights for layer in learning])
    return {layer.name: row(slope) for layer, slope in zip(learning, slopes, strict=True)}


def row(tensors: Sequence[tf.Tensor]) -> Floats:
    """All numbers of the tensors, one after the other: (n,)."""
    return np.concatenate([tensor.numpy().ravel() for tensor in tensors])


def histogram(values: Floats) -> Histogram:
    """The centres of BINS equal bins from the lowest to the highest value, and how many lie in each: (2, BINS).

    Only finite values are counted: a run whose weights explode is told so by its loss.
    """
    counts, edges = np.histogram(values[np.isfinite(values)], BINS)
    return np.stack([(edges[:-1] + edges[1:]) / 2, counts])


def walk(model: tf.keras.Model, pixels: Bytes) -> tuple[Floats, Alive]:
    """Goes through the layers one by one: the probabilities, float32 (n, 10), and what woke up on the way.

    That is, by layer with ReLU, which of its units or channels are not 0 for all of these images: bool (units,).
    """
    x, alive = scaled(pixels), {}
    for layer in model.layers:
        x = layer(x)
        if getattr(layer, "activation", None) is tf.keras.activations.relu:
            alive[layer.name] = tf.reduce_max(x, axis=range(len(x.shape) - 1)).numpy() > 0
    return x.numpy(), alive


def dead_share(alive: Sequence[NDArray[np.bool_]]) -> float:
    """The share of units that are alive in none of the rows (units,)."""
    return float(1 - np.any(alive, axis=0).mean())
