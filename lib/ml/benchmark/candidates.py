"""The modes that are timed against each other, each from the same weights over the same batches.

Each makes its steps as a user of that mode would. `lib.ml.benchmark.protocol` times them.
"""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from lib.core.studies.modes import adam_of, way_of
from lib.core.training.config import TrainConfig
from lib.ml.benchmark.tf1_session import SessionProcess
from lib.ml.benchmark.workloads import Arrays, Task
from lib.ml.environment import threads
from lib.ml.training.networks import build_network
from lib.ml.training.optimizers import FusedAdam
from lib.ml.training.step import in_mode, many_steps, train_step
from lib.ml.training.trainer import light

Clock = Callable[[], int]
"""Nanoseconds from an arbitrary start."""

RATE = 0.001


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """The result of each step, in order, and the weights after the last; no weights if nothing is trained."""

    outputs: Sequence[NDArray[Any]]
    weights: Sequence[NDArray[Any]] = ()


class Candidate(ABC):
    """One way of running a work. Its steps use the batches in order, and then from the first again.

    `mode`: its name. `many`: it is made for many steps in one call.
    """

    mode: str
    many = False

    @property
    def builds(self) -> bool:
        """Whether it builds a graph: eager does not."""
        return True

    def forget(self) -> None:
        """Discards the graph and its compiled code, so that the next build and first call start from nothing."""
        return

    def build(self) -> None:
        """Builds its graph, if it has one, without running it."""
        return

    @abstractmethod
    def run(self, steps: int) -> Any:
        """Makes the next steps. Returns the last step's result; its `numpy()` waits until everything is done."""

    @property
    def traces(self) -> int:
        """The number of graphs built so far."""
        return 0

    @abstractmethod
    def reset(self, place: int = 0) -> None:
        """Restores the first weights and batch number `place`; built and compiled code stays."""

    @abstractmethod
    def outcome(self, steps: int, place: int = 0) -> Outcome:
        """The outcome of `steps` steps from the first weights and batch number `place`."""

    def time_building(self, clock: Clock) -> int:
        """Nanoseconds for building the graph."""
        began = clock()
        self.build()
        return clock() - began

    def time_first(self, clock: Clock) -> int:
        """Nanoseconds of the first call, of one step, including everything done only then."""
        return self.time(clock, 1)

    def time(self, clock: Clock, steps: int, wait: bool = True) -> int:
        """Nanoseconds of the next `steps` steps; without `wait` only until the call returns."""
        began = clock()
        last = self.run(steps)
        if wait:
            last.numpy()
            return clock() - began
        returned = clock() - began
        last.numpy()  # so that the next sample does not queue behind this one's work
        return returned


class State:
    """The initial values of a candidate's variables."""

    def __init__(self, variables: Sequence[Any]) -> None:
        self._first = [(variable, light(variable.numpy())) for variable in variables]

    def restore(self) -> None:
        for variable, value in self._first:
            variable.assign(value)


class Trained:
    """The notes' network with `weights`, and its optimizer before the first step."""

    def __init__(self, weights: Sequence[NDArray[Any]], optimizer: Any) -> None:
        self.model = with_weights(weights)
        self.optimizer = optimizer
        self.loss_object = tf.keras.losses.SparseCategoricalCrossentropy()
        optimizer.build(self.model.trainable_variables)
        self._state = State([*self.model.variables, *optimizer.variables])
        self.step = functools.partial(train_step, self.model, optimizer, self.loss_object)

    def restore(self) -> None:
        self._state.restore()

    def weights(self) -> list[NDArray[Any]]:
        """A copy of the weights."""
        return [weight.numpy() for weight in self.model.weights]


def with_weights(weights: Sequence[NDArray[Any]]) -> Any:
    """The notes' network with these weights."""
    model = build_network(TrainConfig())
    model.set_weights(weights)
    return model


def adam_as(written: str) -> Any:
    """Adam, the same rule in both forms: 'fused', one operation per variable, or 'keras', as Keras implements it."""
    return FusedAdam(RATE) if written == "fused" else keras.optimizers.Adam(RATE)


class OneCall(Candidate):
    """`eager`, `graph` and `xla`: a call from Python for every step."""

    def __init__(self, mode: str, function: Any, inputs: Sequence[Arrays], trained: Trained | None = None) -> None:
        self.mode = mode
        self._function = function
        self.forget()
        self._inputs = [tuple(map(tf.constant, batch)) for batch in inputs]  # on the device before anything is timed
        self._trained = trained
        self._place = 0

    @property
    def builds(self) -> bool:
        return way_of(self.mode) != "eager"

    def forget(self) -> None:
        self._call = in_mode(self._function, way_of(self.mode))  # a new `tf.function` shares nothing with the old one

    def build(self) -> None:
        if self.builds:
            self._call.get_concrete_function(*self._inputs[0])

    def time_building(self, clock: Clock) -> int:
        return super().time_building(clock) if self.builds else 0

    def run(self, steps: int) -> Any:
        for _ in range(steps):
            last = self._call(*self._inputs[self._place % len(self._inputs)])
            self._place += 1
        return last[0] if self._trained else last

    @property
    def traces(self) -> int:
        return self._call.experimental_get_tracing_count() if self.builds else 0

    def reset(self, place: int = 0) -> None:
        self._place = place
        if self._trained:
            self._trained.restore()

    def outcome(self, steps: int, place: int = 0) -> Outcome:
        self.reset(place)
        outputs = [self.run(1).numpy() for _ in range(steps)]
        return Outcome(outputs, self._trained.weights() if self._trained else ())


class Loop(Candidate):
    """`loop` and `loop_xla`: the app's own loop of many steps in one call, which gathers its batches in the graph.

    In `loop_xla` XLA compiles the step, and the loop around it stays an ordinary graph.
    """

    many = True

    def __init__(self, mode: str, task: Task, weights: Sequence[NDArray[Any]]) -> None:
        assert task.batches is not None
        self.mode = mode
        self._trained = Trained(weights, adam_as(adam_of(mode)))
        count, size, *picture = task.batches.pixels.shape
        self._pixels = tf.constant(task.batches.pixels.reshape(-1, *picture))
        self._labels = tf.constant(task.batches.labels.reshape(-1))
        self._rows = np.arange(count * size, dtype=np.int32).reshape(count, size)
        # The number of steps stays open, so that a call with another number does not trace again.
        self._signature = [tf.TensorSpec([None, size], tf.int32), tf.TensorSpec([None], tf.float32)]
        self._place = 0
        self.forget()

    def forget(self) -> None:
        trained = self._trained
        self._step = in_mode(trained.step, "xla") if way_of(self.mode) == "loop_xla" else trained.step
        make = functools.partial(many_steps, self._step, trained.optimizer, self._pixels, self._labels)
        self._make = tf.function(make, input_signature=self._signature)

    def build(self) -> None:
        self._make.get_concrete_function()

    def run(self, steps: int) -> Any:
        order = self._rows[np.arange(self._place, self._place + steps) % len(self._rows)]
        self._place += steps
        losses, _ = self._make(tf.constant(order), tf.fill([steps], RATE))
        return losses

    @property
    def traces(self) -> int:
        functions = [self._make] if self._step is self._trained.step else [self._make, self._step]
        return sum(function.experimental_get_tracing_count() for function in functions)

    def reset(self, place: int = 0) -> None:
        self._place = place
        self._trained.restore()

    def outcome(self, steps: int, place: int = 0) -> Outcome:
        self.reset(place)
        return Outcome(list(self.run(steps).numpy()), self._trained.weights())


class Session(Candidate):
    """`session`: TensorFlow 1 in the process of `lib.ml.benchmark.tf1_session`, which times itself."""

    mode = "session"

    def __init__(self, process: SessionProcess, task: Task, weights: Sequence[NDArray[Any]]) -> None:
        self._process, self._task, self._weights = process, task, weights
        self._opened = False

    def time_building(self, clock: Clock) -> int:
        """As for every candidate, by the other process' clock. Its data is sent there once."""
        if self._opened:
            return self._nanoseconds("build")
        between = tf.config.threading.get_inter_op_parallelism_threads()
        task = self._task
        arguments = (task.work, task.size, task.inputs, self._weights, (threads(), between))
        self._opened = True
        return self._nanoseconds("open", *arguments)

    def _nanoseconds(self, command: str, *arguments: object) -> int:
        return int(self._process.ask(command, *arguments))

    def run(self, steps: int) -> Any:
        raise NotImplementedError("the other process runs it, and times it")

    @property
    def traces(self) -> int:
        return 1  # its graph is finalized: it cannot grow

    def time(self, clock: Clock, steps: int, wait: bool = True) -> int:
        """As for every candidate, by the other process' clock. `Session.run` always waits for its result."""
        return self._nanoseconds("time", steps)

    def reset(self, place: int = 0) -> None:
        self._process.ask("reset", place)

    def outcome(self, steps: int, place: int = 0) -> Outcome:
        return Outcome(*self._process.ask("outcome", steps, place))
