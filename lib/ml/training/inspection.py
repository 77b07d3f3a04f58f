"""Inspects a network: its worst mistakes, its patterns, its weights, its gradients, its dead units."""

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
"""The gradient is that of the mean loss over this many first training images, without dropout."""
DEAD_IMAGES = 1000
"""A unit is dead if it is 0 for this many first test images."""
BEFORE_FIRST_STEP = 100
"""Test images evaluated before the first step: few, since somebody is waiting."""

Histogram = NDArray[np.float64]
Alive = Mapping[str, NDArray[np.bool_]]


def look_inside(trainer: Trainer, probabilities: Floats) -> Inside:
    """The network after the trainer's last step. `probabilities` (n, 10): its output for every test image."""
    began = time.perf_counter()
    images = trainer.images
    some = in_batches(images.x_test[:DEAD_IMAGES], images.y_test[:DEAD_IMAGES])
    walks = [walk(trainer.model, pixels)[1] for pixels, _ in some]
    return inside_event(trainer, probabilities, gradients(trainer), walks, began)


def untouched(trainer: Trainer) -> Inside:
    """The network before its first step, from few images and without gradients, which take as long as the rest.

    The start is always the same, so a reused trainer returns the result of its first time.
    """
    if trainer.untouched is None:
        began = time.perf_counter()
        probabilities, alive = walk(trainer.model, trainer.images.x_test[:BEFORE_FIRST_STEP])
        trainer.untouched = inside_event(trainer, probabilities, {}, [alive], began)
    return trainer.untouched


def inside_event(
    trainer: Trainer, probabilities: Floats, slopes: Mapping[str, Floats], walks: Sequence[Alive], began: float
) -> Inside:
    """The results as an event. `probabilities` are those of the first test images."""
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
    """The most confident mistakes, at most MISTAKES, as in Inside: int32 (k, 3)."""
    taken = probabilities.argmax(axis=1)
    wrong = np.flatnonzero(taken != truth)
    confidence = probabilities[wrong, taken[wrong]]
    worst = wrong[np.argsort(-confidence, kind="stable")[:MISTAKES]]
    return np.stack([worst, truth[worst], taken[worst]], axis=1).astype(np.int32)


def patterns(model: tf.keras.Model) -> Floats:
    """The patterns that the first units of the first layer look for: float32 (n, h, w), n at most PATTERNS."""
    kernel = next(layer for layer in model.layers if layer.weights).kernel.numpy()
    if kernel.ndim == 2:  # a dense layer gets all pixels in one row
        kernel = kernel.reshape(SIDE, SIDE, 1, -1)
    return np.ascontiguousarray(kernel[:, :, 0, :PATTERNS].transpose(2, 0, 1))


def weights(model: tf.keras.Model) -> dict[str, Floats]:
    """All trainable numbers of each layer, kernel and bias in one row, by layer."""
    return {layer.name: row(layer.trainable_weights) for layer in model.layers if layer.trainable_weights}


def gradients(trainer: Trainer) -> dict[str, Floats]:
    """The gradient of the mean loss over the first GRADIENT_IMAGES training images for all of `weights`.

    It is computed in inference mode: without dropout, with fixed batch statistics. A small machine takes the images in
    parts: the same but for rounding.
    """
    pixels, labels = trainer.images.x_train[:GRADIENT_IMAGES], trainer.images.y_train[:GRADIENT_IMAGES]
    total: dict[str, Floats] = {}
    for some, truth in in_batches(pixels, labels):
        share = np.float32(len(truth) / len(labels))
        for name, slope in mean_gradients(trainer, some, truth).items():
            total[name] = total[name] + share * slope if name in total else share * slope
    return total


def mean_gradients(trainer: Trainer, pixels: Bytes, labels: Bytes) -> dict[str, Floats]:
    """The gradient of the mean loss over these images, by layer: (n,)."""
    learning = [layer for layer in trainer.model.layers if layer.trainable_weights]
    with tf.GradientTape() as tape:
        loss = trainer.loss_object(labels, trainer.model(scaled(pixels), training=False))
    slopes = tape.gradient(loss, [layer.trainable_weights for layer in learning])
    return {layer.name: row(slope) for layer, slope in zip(learning, slopes, strict=True)}


def row(tensors: Sequence[tf.Tensor]) -> Floats:
    """All numbers of the tensors, one after the other: (n,)."""
    return np.concatenate([tensor.numpy().ravel() for tensor in tensors])


def histogram(values: Floats) -> Histogram:
    """The centres and counts of BINS equal bins from the lowest to the highest value: (2, BINS).

    Only finite values count: the loss already shows that weights have exploded.
    """
    counts, edges = np.histogram(values[np.isfinite(values)], BINS)
    return np.stack([(edges[:-1] + edges[1:]) / 2, counts])


def walk(model: tf.keras.Model, pixels: Bytes) -> tuple[Floats, Alive]:
    """Applies the layers one by one: the probabilities, float32 (n, 10), and the active units.

    A unit or channel of a layer with ReLU is active if it is not 0 for all of these images: bool (units,) by layer.
    """
    x, alive = scaled(pixels), {}
    for layer in model.layers:
        x = layer(x)
        if getattr(layer, "activation", None) is tf.keras.activations.relu:
            alive[layer.name] = tf.reduce_max(x, axis=range(len(x.shape) - 1)).numpy() > 0
    return x.numpy(), alive


def dead_share(alive: Sequence[NDArray[np.bool_]]) -> float:
    """The share of units that are active in none of the rows (units,)."""
    return float(1 - np.any(alive, axis=0).mean())
