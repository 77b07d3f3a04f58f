"""Ways of making a `tf.function` trace again, each next to its fix.

Each case is a generator of calls: `yield f, (x, n)` stands for the call `f(x, n)`, which the caller makes and times.
"""

# Learners read this file: its functions have no annotations, like the notes'.
# mypy: disallow-untyped-defs=False, disallow-incomplete-defs=False

from __future__ import annotations

import numpy as np
import tensorflow as tf

DTYPES = ("float32", "float64", "int32", "int64")


def python_int(calls):
    """Each number has its own graph."""

    @tf.function
    def square_of(x, n):
        return x[n] ** 2

    x = tf.ones([20])
    for n in range(calls):
        yield square_of, (x, n)


def python_int_fixed(calls):
    """One graph serves every number."""

    @tf.function
    def square_of(x, n):
        return x[n] ** 2

    x = tf.ones([20])
    for n in range(calls):
        yield square_of, (x, tf.constant(n))


def shape(calls):
    """Each shape has its own graph."""

    @tf.function
    def mean_square(x):
        return tf.reduce_mean(x**2)

    for size in range(1, calls + 1):
        yield mean_square, (tf.ones([size]),)


def shape_fixed(calls):
    """The second graph fits all later shapes."""

    @tf.function(reduce_retracing=True)
    def mean_square(x):
        return tf.reduce_mean(x**2)

    for size in range(1, calls + 1):
        yield mean_square, (tf.ones([size]),)


def dtype(calls):
    """Each dtype has its own graph."""

    @tf.function
    def mean_square(x):
        return tf.reduce_mean(x**2)

    for n in range(calls):
        name = DTYPES[n % len(DTYPES)]
        yield mean_square, (np.ones(3, name),)


def dtype_fixed(calls):
    """Every array is converted to one dtype."""

    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
    def mean_square(x):
        return tf.reduce_mean(x**2)

    for n in range(calls):
        name = DTYPES[n % len(DTYPES)]
        yield mean_square, (np.ones(3, name),)


def new_function(calls):
    """Each new function begins without a graph."""
    x = tf.ones([3])
    for _ in range(calls):

        @tf.function
        def mean_square(x):
            return tf.reduce_mean(x**2)

        yield mean_square, (x,)


def new_function_fixed(calls):
    """A function made once keeps its graph."""

    @tf.function
    def mean_square(x):
        return tf.reduce_mean(x**2)

    x = tf.ones([3])
    for _ in range(calls):
        yield mean_square, (x,)
