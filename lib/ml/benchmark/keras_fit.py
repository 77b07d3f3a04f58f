"""Keras' own loop as a candidate: `fit`, timed in the middle of a run."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from lib.core.studies.modes import adam_of
from lib.ml.benchmark.candidates import Candidate, Clock, Outcome, Trained, adam_as
from lib.ml.benchmark.workloads import Task


class Watch(keras.callbacks.Callback):
    """Times `steps` steps of a `fit` that makes one more before them and one after them.

    It does not implement `on_train_batch_end`: if a callback does, Keras waits for the result of every step.
    """

    def __init__(self, clock: Clock, steps: int) -> None:
        super().__init__()
        self._clock, self._steps = clock, steps
        self.time = 0

    def on_train_batch_begin(self, batch: int, logs: object = None) -> None:
        if batch not in (1, self._steps + 1):
            return
        int(self.model.optimizer.iterations)  # waits for the steps so far
        self.time = self._clock() - self.time


class Fit(Candidate):
    """`fit`: Keras' own loop over arrays, with its defaults.

    Each call of `fit` spends a tenth of a second before its first step and after its last, once per epoch of 1,875
    steps. So a sample is taken from the middle of a `fit`; only the first call counts in full.
    """

    def __init__(self, mode: str, task: Task, weights: Sequence[NDArray[Any]]) -> None:
        assert task.batches is not None
        self.mode = mode
        self._trained = Trained(weights, adam_as(adam_of(mode)))
        self._model = self._trained.model
        self._model.compile(self._trained.optimizer, self._trained.loss_object, metrics=["accuracy"])
        self._batches = task.batches
        self._place = 0

    def forget(self) -> None:
        self._model.train_function = None

    def build(self) -> None:
        self._model.make_train_function()
        size = len(self._batches.labels[0])
        data = tf.data.Dataset.from_tensor_slices((self._batches.images[0], self._batches.labels[0]))
        self._function.get_concrete_function(iter(data.batch(size, drop_remainder=True)))

    @property
    def _function(self) -> Any:
        """The `tf.function` inside the function that Keras calls for every step; only it knows its number of traces."""
        return inspect.getclosurevars(self._model.train_function).nonlocals["multi_step_on_iterator"]

    @property
    def traces(self) -> int:
        return 0 if self._model.train_function is None else self._function.experimental_get_tracing_count()

    def run(self, steps: int, *callbacks: keras.callbacks.Callback) -> Any:
        images, labels = self._next(steps)
        return self._model.fit(
            images,
            labels,
            batch_size=len(images) // steps,
            shuffle=False,
            verbose=0,
            callbacks=list(callbacks),
        )

    def _next(self, steps: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """The images and labels of the next batches, one array each, as `fit` takes them."""
        batches = np.arange(self._place, self._place + steps) % len(self._batches.labels)
        self._place += steps
        images, labels = self._batches.images[batches], self._batches.labels[batches]
        return images.reshape(-1, *images.shape[2:]), labels.reshape(-1)

    def time_first(self, clock: Clock) -> int:
        began = clock()
        self.run(1)
        return clock() - began

    def time(self, clock: Clock, steps: int, wait: bool = True) -> int:
        """As for every candidate. It always waits: without that, the progress of a `fit` is unknown."""
        watch = Watch(clock, steps)
        self.run(steps + 2, watch)
        return watch.time

    def reset(self, place: int = 0) -> None:
        self._place = place
        self._trained.restore()

    def outcome(self, steps: int, place: int = 0) -> Outcome:
        self.reset(place)
        losses = [np.array(self.run(1).history["loss"][0]) for _ in range(steps)]
        return Outcome(losses, self._trained.weights())
