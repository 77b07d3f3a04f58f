"""Calls a real `tf.function` and finds out which calls traced it, why, and at what cost."""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import tensorflow as tf

from lib.core.studies.configs import RetraceConfig
from lib.core.studies.events import Called, StudyEvent
from lib.core.tracing.retraces import Argument, Cause, Signature, cause_of, signature_text
from lib.core.training.control import ControlRequests
from lib.core.training.events import Finished, Stopped
from lib.ml.tracing import retrace_cases
from lib.ml.untimed import began_untimed

Call = tuple[Any, tuple[Any, ...]]
"""A `tf.function` and its arguments."""

Events = Generator[StudyEvent | Finished | Stopped, ControlRequests | None, None]

WRITTEN_OUT = 6
"""Tensors with at most this many numbers are written out in full."""


def detect(config: RetraceConfig) -> Events:
    """The calls of a case, as written or fixed; the last event is Finished, or Stopped on request."""
    case = getattr(retrace_cases, f"{config.case}_fixed" if config.fixed else config.case)
    yield from watched(case(config.calls))


def watched(calls: Iterable[Call]) -> Events:
    """Makes the calls, each right after the one before, and reports each."""
    requests = yield began_untimed()
    first_trace()
    done = 0
    investigation = Investigation()
    for function, arguments in calls:
        if requests and requests.stop:
            yield Stopped(step=done)
            return
        done += 1
        requests = yield investigation.make(done, function, arguments)
    yield Finished(step=done, reason="calls")


@functools.cache
def first_trace() -> None:
    """Makes the first trace of the process, which also loads tracing itself, so that no counted call pays for it."""
    tf.function(lambda x: x[tf.constant(0)] + 1.0)(tf.ones([1])).numpy()


@dataclass(slots=True)
class Watched:
    """A called function and the signatures it was traced for; holding it keeps its memory address from being reused."""

    function: Any
    signatures: list[Signature] = field(default_factory=list)


@dataclass(slots=True)
class Investigation:
    """The functions called so far."""

    functions: list[Watched] = field(default_factory=list)

    def make(self, number: int, function: Any, arguments: tuple[Any, ...]) -> Called:
        """Makes one call and reports it."""
        watched = self._watched(function, arguments)
        before = function.experimental_get_tracing_count()
        started = time.perf_counter_ns()
        tf.nest.map_structure(wait, function(*arguments))
        nanoseconds = time.perf_counter_ns() - started
        traced = function.experimental_get_tracing_count() > before
        # The graph exists now, so this finds the one that served the call and traces nothing.
        signature = signature_of(function.get_concrete_function(*arguments))
        cause = self._cause(watched, signature) if traced else Cause("")
        if traced:
            watched.signatures.append(signature)
        return Called(
            number=number,
            call=call_text(function, arguments),
            signature=signature_text(signature),
            traced=traced,
            functions=sum(one.function.experimental_get_tracing_count() for one in self.functions),
            time=nanoseconds,
            cause=cause.code,
            differences=cause.differences,
        )

    def _watched(self, function: Any, arguments: tuple[Any, ...]) -> Watched:
        """The record of this function, created if it is new.

        AutoGraph caches its conversion of a code object for the whole process. The conversion happens here, in a
        function that is not watched; otherwise the first call of that code would pay for all later ones.
        """
        for one in self.functions:
            if one.function is function:
                return one
        if not self._twins(function):
            tf.function(function.python_function).get_concrete_function(*arguments)
        self.functions.append(Watched(function))
        return self.functions[-1]

    def _twins(self, function: Any) -> list[Watched]:
        """Other functions made from the same code."""
        return [one for one in self.functions if one.function is not function and code(one.function) is code(function)]

    def _cause(self, watched: Watched, signature: Signature) -> Cause:
        twins = self._twins(watched.function)
        return cause_of(signature, watched.signatures, [known for twin in twins for known in twin.signatures])


def wait(result: Any) -> None:
    """Waits for the result: a call may return before its work is done."""
    if tf.is_tensor(result):
        result.numpy()


def code(function: Any) -> Any:
    """The function's code object: the same one however often a loop makes a function from it."""
    return getattr(function.python_function, "__code__", function)


def signature_of(concrete: Any) -> Signature:
    """The signature that a concrete function was traced for, argument by argument; nested ones by their path."""
    positional, keywords = concrete.structured_input_signature
    parameters = list(concrete.function_type.parameters.values())
    named = {parameter.name: value for parameter, value in zip(parameters, positional, strict=False)} | keywords
    return tuple(argument for name, value in named.items() for argument in arguments_in(name, value))


def arguments_in(name: str, value: Any) -> Iterator[Argument]:
    """The argument, or the arguments nested in it."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from arguments_in(f"{name}[{key!r}]", inner)
    elif isinstance(value, list | tuple):
        for place, inner in enumerate(value):
            yield from arguments_in(f"{name}[{place}]", inner)
    elif isinstance(value, tf.TensorSpec):
        shape = None if value.shape.rank is None else tuple(value.shape.as_list())
        yield Argument(name, is_tensor=True, dtype=value.dtype.name, shape=shape)
    else:
        yield Argument(name, is_tensor=False, dtype=type(value).__name__, value=repr(value))


def call_text(function: Any, arguments: tuple[Any, ...]) -> str:
    """The call in Python's notation."""
    name = getattr(inspect.unwrap(function.python_function), "__name__", "f")
    return f"{name}({', '.join(map(value_text, arguments))})"


def value_text(value: Any) -> str:
    """A value in Python's notation; for a large tensor its dtype and shape."""
    if isinstance(value, np.ndarray):
        return array_text("np", value, f"np.{value.dtype.name}", plain=value.dtype == np.float64)
    if tf.is_tensor(value):
        plain = value.dtype in (tf.float32, tf.int32)
        return array_text("tf", value.numpy(), f"tf.{value.dtype.name}", plain)
    return repr(value)


def array_text(module: str, array: Any, dtype: str, plain: bool) -> str:
    """An array of `module`, 'np' or 'tf'. `plain`: its dtype is the default and need not be written."""
    if array.ndim and (array == 1).all():
        # NumPy's ones, like TensorFlow's, are floating-point by default.
        shape = array.shape[0] if module == "np" and array.ndim == 1 else list(array.shape)
        return f"{module}.ones({shape}{'' if plain and array.dtype.kind == 'f' else f', {dtype}'})"
    if array.size > WRITTEN_OUT:
        return f"<{dtype} {array.shape}>"
    maker = "np.array" if module == "np" else "tf.constant"
    return f"{maker}({array.tolist()}{'' if plain else f', {dtype}'})"
