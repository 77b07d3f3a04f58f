"""What a run needs on the device, ready to make steps: data, network, optimizer and the wrapped training step."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from lib.core.batches import Order, epoch_order
from lib.core.config import TrainConfig
from lib.core.digits import CLASSES, Images
from lib.core.events import Compiled, Floats
from lib.core.schedule import learning_rates
from lib.ml.networks import build_network
from lib.ml.optimizers import build_optimizer
from lib.ml.step import in_mode, many_steps, scaled, test_step, train_step

TEST_BATCH = 500
"""Test images looked at in one call: enough to keep the processor busy, few enough to answer in time."""


class Trainer:
    """A run that stands after `step` steps and can make the next ones. Knows nothing of events, epochs or wishes."""

    def __init__(self, config: TrainConfig, images: Images) -> None:
        self.config = config
        self.images = images.first(config.train_size)
        self.model = build_network(config)
        self.optimizer = build_optimizer(config)
        self.optimizer.build(self.model.trainable_variables)
        self.loss_object = tf.keras.losses.SparseCategoricalCrossentropy()
        self.step = 0
        self.size = len(self.images.y_train)
        self.batch = min(config.batch_size, self.size)
        self.steps_per_epoch = -(-self.size // self.batch)
        self.total_steps = self.steps_per_epoch * config.epochs
        self.rates = learning_rates(config, self.total_steps)
        self._order: tuple[int, Order] = (-1, np.empty(0, np.int32))
        self._pixels, self._labels = tf.constant(self.images.x_train), tf.constant(self.images.y_train)
        self._make_steps, self._test = self._wrap()

    def _wrap(self) -> tuple[Any, Any]:
        """The functions that make steps and that look at test images, in the run's execution mode."""
        mode = self.config.execution
        step = in_mode(functools.partial(train_step, self.model, self.optimizer, self.loss_object), mode)
        make = functools.partial(many_steps, step, self.optimizer, self._pixels, self._labels)
        test = in_mode(functools.partial(test_step, self.model, self.loss_object), mode)
        if mode == "eager":
            return make, test
        # The sizes stay open (None), so that neither another number of steps nor the shorter last batch traces again.
        shapes = [tf.TensorSpec([None, None], tf.int32), tf.TensorSpec([None], tf.float32)]
        # XLA compiles the step inside the loop, not the loop: measured, that is the faster of the two.
        return tf.function(make, input_signature=shapes), test

    def rows(self, first_step: int, steps: int) -> Order:
        """Which images the `steps` steps after `first_step` look at: int32 (steps, batch).

        Fewer rows where the epoch ends or a shorter last batch begins: all rows of one call are equally long.
        """
        epoch, done = divmod(first_step, self.steps_per_epoch)
        if self._order[0] != epoch:
            order = epoch_order(self.size, self.config.shuffle_buffer, self.config.seed, epoch)
            self._order = (epoch, order)
        rest = self._order[1][done * self.batch :]
        whole = min(steps, len(rest) // self.batch)
        return rest[: whole * self.batch].reshape(whole, self.batch) if whole else rest[np.newaxis]

    def advance(self, steps: int) -> tuple[Floats, Floats, int]:
        """Makes up to `steps` steps in one call: their losses and accuracies, float32 (k,), and images per step."""
        order = self.rows(self.step, steps)
        losses, accuracies = self._run(order)
        self.step += len(order)
        return losses, accuracies, order.shape[1]

    def _run(self, order: Order) -> tuple[Floats, Floats]:
        rates = self.rates[self.step : self.step + len(order)]
        losses, accuracies = self._make_steps(tf.constant(order), tf.constant(rates))
        # .numpy() waits for the device: whoever measures around this call measures the whole work.
        return losses.numpy(), accuracies.numpy()

    def prepare(self) -> Compiled:
        """Traces and compiles what the run will need, and leaves every variable exactly as it was."""
        if self.config.execution == "eager":
            return Compiled(tracing_seconds=0.0, compiling_seconds=0.0)
        started = time.perf_counter()
        self._make_steps.get_concrete_function()
        tracing = time.perf_counter() - started
        untouched = self.state()
        calls: list[Callable[[], object]] = [functools.partial(self._look, 0)]
        calls += [functools.partial(self._run, np.zeros((1, size), np.int32)) for size in self._sizes()]
        compiling = sum(first_longer(call) for call in calls)
        self.restore(untouched)
        return Compiled(tracing_seconds=tracing, compiling_seconds=compiling)

    def _sizes(self) -> set[int]:
        """The batch sizes that occur: XLA compiles for each of them anew."""
        last = self.size - (self.steps_per_epoch - 1) * self.batch
        return {self.batch, last} if self.steps_per_epoch > 1 else {last}

    def evaluate(self) -> tuple[float, float, NDArray[np.int64]]:
        """Mean loss, accuracy and confusion matrix, int64 (10, 10), over the whole test set."""
        total, confusion = 0.0, np.zeros((CLASSES, CLASSES), np.int64)
        for start in range(0, len(self.images.y_test), TEST_BATCH):
            loss, taken, truth = self._look(start)
            total += loss * len(truth)
            np.add.at(confusion, (truth, taken), 1)
        count = int(confusion.sum())
        return total / count, int(np.trace(confusion)) / count, confusion

    def _look(self, start: int) -> tuple[float, NDArray[np.int32], NDArray[np.uint8]]:
        """The test images from `start` on, TEST_BATCH of them: their mean loss, the classes taken, the true ones."""
        some = slice(start, start + TEST_BATCH)
        truth = self.images.y_test[some]
        loss, taken = self._test(scaled(self.images.x_test[some]), tf.constant(truth))
        return float(loss), taken.numpy(), truth

    def weights(self) -> dict[str, NDArray[np.generic]]:
        """Every weight of the network by layer and name, such as 'conv1/kernel'; a copy."""
        return {f"{layer.name}/{w.name}": w.numpy() for layer in self.model.layers for w in layer.weights}

    def _variables(self) -> list[Any]:
        return [*self.model.variables, *self.optimizer.variables]

    def state(self) -> Mapping[str, Any]:
        """All that the coming steps depend on: the step, the weights, the optimizer's memory, the random states."""
        return {"step": self.step, "variables": [variable.numpy() for variable in self._variables()]}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Back to `state`, bit for bit."""
        self.step = state["step"]
        for variable, value in zip(self._variables(), state["variables"], strict=True):
            variable.assign(value)


def first_longer(call: Callable[[], object]) -> float:
    """Seconds that the first `call()` takes longer than the second."""
    seconds = []
    for _ in range(2):
        started = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - started)
    return max(0.0, seconds[0] - seconds[1])
