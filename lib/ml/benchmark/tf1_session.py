"""TensorFlow 1 beside TensorFlow 2: `python -m lib.ml.benchmark.tf1_session` builds and runs graphs in the old style.

It is a separate process, because TensorFlow's old behaviour applies to a whole process. Its owner sends requests over
its standard input and reads the answers from its standard output. The process times itself, so that the communication
does not count. It ends when its owner closes the pipe or dies.
"""

from __future__ import annotations

import gc
import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from numpy.typing import NDArray

from lib.core.errors import AppError
from lib.core.studies.works import WORKS

ROOT = Path(__file__).parents[3]


class SessionDied(AppError, RuntimeError):
    """The process with TensorFlow 1 ended, or could not answer a request."""


class SessionProcess:
    """The owner's view of the process. It starts at once and needs seconds until it is `ready`. Not thread-safe."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "lib.ml.benchmark.tf1_session"]
        self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
        self._first_word: Any = None
        self._listening = threading.Thread(target=self._listen, name="session", daemon=True)
        self._listening.start()

    @property
    def pid(self) -> int:
        return self._child.pid

    def _listen(self) -> None:
        try:
            self._first_word = self._read()
        except SessionDied as error:
            self._first_word = error

    def ready(self, seconds: float) -> bool:
        """Whether it has imported TensorFlow, or failed to; waits at most `seconds` for that."""
        self._listening.join(seconds)
        return not self._listening.is_alive()

    def ask(self, command: str, *arguments: object) -> Any:
        """The result of the method `command` of `Graphs`. Raises SessionDied."""
        self._listening.join()
        if isinstance(self._first_word, SessionDied):
            raise self._first_word
        try:
            write(self._child.stdin, (command, arguments))
        except OSError as error:
            raise SessionDied(f"nobody reads {command!r}") from error
        return self._read()

    def _read(self) -> Any:
        try:
            went_well, answer = pickle.load(self._child.stdout)  # type: ignore[arg-type]
        except (EOFError, pickle.UnpicklingError) as error:
            raise SessionDied(f"it ended with {self._child.wait()}") from error
        if not went_well:
            raise SessionDied(answer)
        return answer

    def close(self) -> None:
        """Ends the process; returns when it is gone."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.kill()  # it has nothing to lose
        self._child.wait()
        self._listening.join()
        for pipe in (self._child.stdin, self._child.stdout):
            try:
                pipe.close()
            except BrokenPipeError:  # the last request is still in the pipe
                continue


def write(pipe: IO[bytes] | None, message: object) -> None:
    """Both ends are this program, so a pickle from the pipe can be trusted."""
    assert pipe is not None
    pickle.dump(message, pipe, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.flush()


class Graphs:
    """The requests that the process answers. It has one graph at a time, with one Session on it."""

    def __init__(self) -> None:
        self.running: Any = None
        self._given: Any = None

    def open(
        self,
        work: str,
        size: int,
        inputs: Sequence[Sequence[NDArray[Any]]],
        weights: Sequence[NDArray[Any]],
        threads: tuple[int, int],
    ) -> int:
        """Builds the graph of the work with these weights; returns the nanoseconds for that.

        inputs    the feed of each step in turn
        threads   threads per operation, and operations at a time
        """
        self._given = (work, size, inputs, weights, threads)
        return self.build()

    def build(self) -> int:
        """Builds the graph of the last opened work, again if there is one; returns the nanoseconds for that."""
        self.close()
        work, size, inputs, weights, threads = self._given
        began = time.perf_counter_ns()
        self.running = Running(work, size, inputs[0], threads)
        nanoseconds = time.perf_counter_ns() - began
        self.running.begin(inputs, weights)
        return nanoseconds

    def time(self, steps: int) -> int:
        """Makes the next `steps` steps; returns the nanoseconds for them. `Session.run` always waits for its result."""
        was_on = gc.isenabled()
        gc.disable()
        try:
            began = time.perf_counter_ns()
            self.running.run(steps)
            return time.perf_counter_ns() - began
        finally:
            if was_on:
                gc.enable()

    def outcome(self, steps: int, place: int) -> tuple[list[NDArray[Any]], list[NDArray[Any]]]:
        """The results of `steps` steps from the first weights and batch `place`, and the weights after them.

        There are no weights if nothing is trained.
        """
        self.running.reset(place)
        outputs = [self.running.run(1) for _ in range(steps)]
        return outputs, self.running.weights() if self.running.trains else []

    def reset(self, place: int) -> None:
        """Restores the first weights; batch number `place` is the next one."""
        self.running.reset(place)

    def close(self) -> None:
        """Frees the memory."""
        if self.running is not None:
            self.running.session.close()
        self.running = None


class Running:
    """A graph of TensorFlow 1 and its Session."""

    def __init__(self, work: str, size: int, example: Sequence[NDArray[Any]], threads: tuple[int, int]) -> None:
        import tensorflow.compat.v1 as tf

        from lib.ml.benchmark.workloads import SMALL

        self.graph = tf.Graph()
        with self.graph.as_default():
            self.placeholders = [tf.placeholder(tf.as_dtype(part.dtype), part.shape) for part in example]
            self.trains = WORKS[work].trains
            if work in SMALL:
                self.fetches = [tf.autograph.to_graph(SMALL[work](size))(*self.placeholders)]
            elif self.trains:
                self.fetches = training_step(*self.placeholders)
            else:
                self.fetches = [tf.nn.softmax(logits(*self.placeholders))]
            self.variables = tf.trainable_variables()
            self.initializer = tf.global_variables_initializer()
            self.graph.finalize()  # it can no longer grow, so nothing can be traced again
        within, between = threads
        settings = tf.ConfigProto(intra_op_parallelism_threads=within, inter_op_parallelism_threads=between)
        settings.gpu_options.allow_growth = True  # leaves GPU memory for the owner
        self.session = tf.Session(graph=self.graph, config=settings)

    def begin(self, inputs: Sequence[Sequence[NDArray[Any]]], weights: Sequence[NDArray[Any]]) -> None:
        """Stores the feeds and the first weights."""
        self.inputs, self.first = inputs, weights
        self.reset(0)

    def reset(self, place: int) -> None:
        """Restores the first weights and batch number `place`, and resets the optimizer's variables."""
        self.session.run(self.initializer)
        for variable, value in zip(self.variables, self.first, strict=True):
            variable.load(value, self.session)
        self.place = place

    def run(self, steps: int) -> Any:
        """The next steps as in TensorFlow 1: feed, run, fetch. Returns the first fetch of the last step."""
        for _ in range(steps):
            batch = self.inputs[self.place % len(self.inputs)]
            last = self.session.run(self.fetches, dict(zip(self.placeholders, batch, strict=True)))
            self.place += 1
        return last[0]

    def weights(self) -> list[NDArray[Any]]:
        """A copy of the weights in the order in which they were given."""
        return list(self.session.run(self.variables))


def logits(images: Any) -> Any:
    """The notes' network written by hand, before its softmax: float32 (batch, 28, 28, 1) to (batch, 10)."""
    import tensorflow.compat.v1 as tf

    def weight(name: str, *shape: int) -> Any:
        return tf.get_variable(name, shape, initializer=tf.zeros_initializer())

    hidden = tf.nn.conv2d(images, weight("conv1/kernel", 3, 3, 1, 32), strides=[1, 1, 1, 1], padding="VALID")
    hidden = tf.nn.relu(tf.nn.bias_add(hidden, weight("conv1/bias", 32)))
    hidden = tf.reshape(hidden, [-1, 26 * 26 * 32])
    hidden = tf.nn.relu(
        tf.nn.bias_add(tf.matmul(hidden, weight("d1/kernel", 26 * 26 * 32, 128)), weight("d1/bias", 128))
    )
    return tf.nn.bias_add(tf.matmul(hidden, weight("d2/kernel", 128, 10)), weight("d2/bias", 10))


def training_step(images: Any, labels: Any) -> list[Any]:
    """Loss, accuracy and Adam's update of the same network, equivalent to `lib.ml.training.step.train_step`."""
    import tensorflow.compat.v1 as tf

    classes = tf.cast(labels, tf.int32)
    scores = logits(images)
    # Keras too uses the logits if the probabilities come directly from a softmax.
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=classes, logits=scores))
    right = tf.equal(tf.argmax(tf.nn.softmax(scores), axis=1, output_type=tf.int32), classes)
    # Keras' epsilon; TensorFlow 1 had 1e-8. Both use it as "epsilon hat" in Kingma and Ba (2014),
    # Adam, end of section 2, so the rule is the same.
    update = tf.train.AdamOptimizer(0.001, epsilon=1e-7).minimize(loss)
    return [loss, tf.reduce_mean(tf.cast(right, tf.float32)), update]


def serve() -> None:
    """The process: imports TensorFlow as version 1, then answers until its owner is gone."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # prints of libraries must not mix with the answers
    commands: queue.SimpleQueue[tuple[str, tuple[Any, ...]]] = queue.SimpleQueue()
    # A separate thread notices at once that the owner is gone, even during the import of TensorFlow or a sample.
    threading.Thread(target=listen, args=(sys.stdin.buffer, commands), name="owner", daemon=True).start()
    import_as_version_1()
    graphs = Graphs()
    write(answers, (True, None))
    while True:
        command, arguments = commands.get()
        try:
            answer = True, getattr(graphs, command)(*arguments)
        except Exception as error:  # noqa: BLE001 - whatever it was, the owner hears it
            answer = False, f"{command}: {type(error).__name__}: {error}"
        write(answers, answer)


def listen(pipe: IO[bytes], commands: queue.SimpleQueue[tuple[str, tuple[Any, ...]]]) -> None:
    """Passes on the owner's requests; ends the process with the owner."""
    while True:
        try:
            commands.put(pickle.load(pipe))
        except (EOFError, pickle.UnpicklingError, OSError):
            os._exit(0)


def import_as_version_1() -> None:
    from lib.ml.stderr_redirect import stderr_redirected

    with stderr_redirected():
        import tensorflow.compat.v1 as tf

        tf.logging.set_verbosity(tf.logging.ERROR)  # version 2 warns about every name of version 1
        tf.disable_v2_behavior()
    with tf.Graph().as_default(), tf.Session() as session:
        session.run(tf.constant(1.0) + 1.0)  # the first Session loads what all later ones need


if __name__ == "__main__":
    serve()
