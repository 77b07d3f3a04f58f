"""Everything that a run needs on the device: data, network, optimizer and the wrapped training step."""

from __future__ import annotations

import dataclasses
import functools
import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from lib.core.data.dataset import CLASSES, SIDE, Bytes, Images
from lib.core.mydigits.finetune_plan import BaseDamaged
from lib.core.small import give_back_memory
from lib.core.training.checkpoints import Arrays, CheckpointMisfit, check_fit
from lib.core.training.config import TrainConfig
from lib.core.training.events import Compiled, Floats, Inside
from lib.core.training.schedule import learning_rates
from lib.core.training.shuffling import Order, epoch_order
from lib.ml.training.batching import in_batches, on_device, train_val_split
from lib.ml.training.networks import build_network, named_weights
from lib.ml.training.optimizers import build_optimizer
from lib.ml.training.step import in_mode, many_steps, scaled, test_step, train_step

order_of = functools.lru_cache(maxsize=4)(epoch_order)
"""Caches the last orders: drawing 60,000 images again would delay a resumed run."""


class Trainer:
    """A run after `step` steps, ready to make the next ones. It knows nothing about events or requests."""

    def __init__(self, config: TrainConfig, images: Images) -> None:
        self.images, self.validation = train_val_split(images.first(config.train_size), config.validation_split)
        self.model = build_network(config)
        self.optimizer = build_optimizer(config)
        self.optimizer.build(self.model.trainable_variables)
        self.loss_object = tf.keras.losses.SparseCategoricalCrossentropy()
        self.size = len(self.images.y_train)
        self.batch = min(config.batch_size, self.size)
        self.steps_per_epoch = -(-self.size // self.batch)
        self.untouched: Inside | None = None
        self._prepared = False
        self._make_steps, self._test = self._wrap(config.execution, *on_device(images))
        self.step, self.learning_rate = 0, config.learning_rate
        self._first = self.weights(), {name: light(array) for name, array in self.state().items()}
        self.begin(config)

    def _wrap(self, mode: str, pixels: tf.Tensor, labels: tf.Tensor) -> tuple[Any, Any]:
        """The functions for training steps and for evaluation, in the run's execution mode."""
        step = in_mode(functools.partial(train_step, self.model, self.optimizer, self.loss_object), mode)
        make = functools.partial(many_steps, step, self.optimizer, pixels, labels)
        test = functools.partial(test_step, self.model, self.loss_object)
        if mode == "eager":
            return make, test
        # The sizes stay open (None), so that neither another number of steps nor a shorter last batch traces again.
        steps = [tf.TensorSpec([None, None], tf.int32), tf.TensorSpec([None], tf.float32)]
        tests = [tf.TensorSpec([None, SIDE, SIDE, 1], tf.float32), tf.TensorSpec([None], tf.uint8)]
        # XLA compiles the step inside the loop, not the loop: that measured faster. Evaluation is a graph in both
        # modes: on a processor XLA would take twice as long for it, after half a second of compiling.
        return tf.function(make, input_signature=steps), tf.function(test, input_signature=tests)

    def begin(self, config: TrainConfig) -> None:
        """Resets to the start of a run, as if this trainer had just been made.

        `config` may differ from the first one in settings that do not rebuild the trainer (`Setting.rebuilds`).
        """
        self.config = config
        self.total_steps = self.steps_per_epoch * config.epochs
        weights, state = self._first
        self.restore(weights, state | {"learning_rate": np.array(config.learning_rate, np.float64)})

    def begin_with(self, weights: Arrays) -> None:
        """Starts with the weights of another run, before the first step. Raises BaseDamaged if they do not fit."""
        try:
            self.restore(weights, self.state())
        except CheckpointMisfit as misfit:
            raise BaseDamaged(str(misfit)) from misfit
        self.untouched = None

    @property
    def bytes(self) -> int:
        """The bytes that an idle trainer holds, without the images: the weights twice and the optimizer's variables."""
        weights, memory = self._weights().values(), self._memory().values()
        return sum(math.prod(v.shape) * np.dtype(v.dtype).itemsize for v in (*weights, *weights, *memory))

    def change_rate(self, learning_rate: float) -> None:
        """The next steps follow the run's schedule with `learning_rate` as its highest value."""
        self.learning_rate = learning_rate
        changed = dataclasses.replace(self.config, learning_rate=learning_rate)
        self.rates = learning_rates(changed, self.total_steps)

    def rows(self, first_step: int, steps: int) -> Order:
        """The images of the `steps` steps after `first_step`: int32 (steps, batch).

        Fewer rows if the epoch ends or a shorter last batch begins: all rows of one call have the same length.
        """
        epoch, done = divmod(first_step, self.steps_per_epoch)
        order = order_of(self.size, self.config.shuffle_buffer, self.config.seed, epoch)
        rest = order[done * self.batch :]
        whole = min(steps, len(rest) // self.batch)
        return rest[: whole * self.batch].reshape(whole, self.batch) if whole else rest[np.newaxis]

    def advance(self, steps: int) -> tuple[Floats, Floats, int]:
        """Makes up to `steps` steps in one call: their losses and accuracies, float32 (k,), and the images per step."""
        order = self.rows(self.step, steps)
        losses, accuracies = self._run(order)
        self.step += len(order)
        return losses, accuracies, order.shape[1]

    def _run(self, order: Order) -> tuple[Floats, Floats]:
        rates = self.rates[self.step : self.step + len(order)]
        losses, accuracies = self._make_steps(tf.constant(order), tf.constant(rates))
        # .numpy() waits for the device, so a timer around this call measures the whole work.
        return losses.numpy(), accuracies.numpy()

    @property
    def at_epochs_end(self) -> bool:
        return self.step > 0 and self.step % self.steps_per_epoch == 0

    @property
    def epoch(self) -> int:
        """The number of complete epochs."""
        return self.step // self.steps_per_epoch

    def prepare(self) -> Compiled:
        """Traces and compiles what the run will need, once, and leaves every variable exactly as it was."""
        if self._prepared or self.config.execution == "eager":
            return Compiled(tracing_seconds=0.0, compiling_seconds=0.0)
        started = time.perf_counter()
        self._make_steps.get_concrete_function()
        self._test.get_concrete_function()
        tracing = time.perf_counter() - started
        before = self.weights(), self.state()
        some = next(in_batches(self.images.x_test, self.images.y_test))
        calls: list[Callable[[], object]] = [functools.partial(self._look, *some)]
        calls += [functools.partial(self._run, np.zeros((1, size), np.int32)) for size in self._sizes()]
        compiling = sum(first_longer(call) for call in calls)
        self.restore(*before)
        self._prepared = True
        give_back_memory()  # compiling leaves 50 MB
        return Compiled(tracing_seconds=tracing, compiling_seconds=compiling)

    def _sizes(self) -> set[int]:
        """The batch sizes that occur: XLA compiles separately for each."""
        last = self.size - (self.steps_per_epoch - 1) * self.batch
        return {self.batch, last} if self.steps_per_epoch > 1 else {last}

    def look(self, pixels: Bytes, labels: Bytes) -> tuple[float, Floats]:
        """The mean loss over these images, uint8 (n, 28, 28), and the probabilities of each: float32 (n, 10)."""
        total, seen = 0.0, np.empty((len(labels), CLASSES), np.float32)
        done = 0
        for x, y in in_batches(pixels, labels):
            loss, probabilities = self._look(x, y)
            total += loss * len(y)
            seen[done : done + len(y)] = probabilities
            done += len(y)
        return total / done, seen

    def _look(self, pixels: Bytes, labels: Bytes) -> tuple[float, Floats]:
        loss, probabilities = self._test(scaled(pixels), tf.constant(labels))
        return float(loss), probabilities.numpy()

    def _weights(self) -> dict[str, Any]:
        return named_weights(self.model.layers)

    def _memory(self) -> dict[str, Any]:
        """All variables except the weights that later steps depend on, by names that are the same in every process."""
        # Keras numbers the models of a process (my_model_1); the number must not be part of a saved name.
        model = f"{self.model.name}_"
        memory = {f"optimizer/{v.name.removeprefix(model)}": v for v in self.optimizer.variables}
        for layer in self.model.layers:
            weights = {id(weight) for weight in layer.weights}
            memory |= {f"random/{layer.name}/{v.name}": v for v in layer.variables if id(v) not in weights}
        return memory

    def weights(self) -> dict[str, NDArray[np.generic]]:
        """A copy of every weight of the network, by layer and name, such as 'conv1/kernel'."""
        return {name: weight.numpy() for name, weight in self._weights().items()}

    def rough_weights(self) -> dict[str, NDArray[np.float16]]:
        """The weights as float16: half the size; values beyond its range become infinite."""
        # TensorFlow casts: NumPy would take eight times as long.
        return {name: tf.cast(weight.value, tf.float16).numpy() for name, weight in self._weights().items()}

    def state(self) -> dict[str, NDArray[np.generic]]:
        """A copy of everything except the weights that later steps depend on, by name.

        step, learning_rate   the number of steps made, and the schedule's highest value for the next ones
        optimizer/…           the optimizer's variables
        random/…              the state of each dropout layer's random numbers
        """
        memory = {name: variable.numpy() for name, variable in self._memory().items()}
        return run_position(self.step, self.learning_rate) | memory

    def restore(self, weights: Arrays, state: Arrays) -> None:
        """Restores the result of `weights()` and `state()`, bit for bit, also from another process.

        Raises CheckpointMisfit if they do not fit this network and optimizer; then nothing has changed.
        """
        check_fit("weights", weights, self._weights())
        check_fit("state", state, run_position(0, 0.0) | self._memory())
        step = int(state["step"])
        if not 0 <= step < self.total_steps:
            raise CheckpointMisfit(f"state: step {step} of a run of {self.total_steps} steps")
        for name, variable in (self._weights() | self._memory()).items():
            variable.assign(weights[name] if name in weights else state[name])
        self.step = step
        self.change_rate(float(state["learning_rate"]))


def run_position(step: int, learning_rate: float) -> dict[str, Any]:
    """The part of a state that is no variable."""
    return {"step": np.array(step, np.int64), "learning_rate": np.array(learning_rate, np.float64)}


def light(array: NDArray[np.generic]) -> NDArray[np.generic]:
    """The same array; if it is all zeros, as an optimizer's variables are at first, it takes no memory."""
    return array if array.any() else np.broadcast_to(np.zeros((), array.dtype), array.shape)


def first_longer(call: Callable[[], object]) -> float:
    """By how many seconds the first `call()` takes longer than the second."""
    seconds = []
    for _ in range(2):
        started = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - started)
    return max(0.0, seconds[0] - seconds[1])
