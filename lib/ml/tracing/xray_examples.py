"""Small functions to inspect: the results of AutoGraph, Grappler and XLA can be read at a glance."""

# Learners read this file: its functions have no annotations, like the notes'; docstrings give the shapes.
# mypy: disallow-untyped-defs=False, disallow-incomplete-defs=False

from __future__ import annotations

import tensorflow as tf


def condition(x):
    """The branch depends on the tensor's value, which is known only at run time. x: float32 (n,)."""
    if tf.reduce_sum(x) > 0:
        x = x * 2.0
        x = x - 1.0
    else:
        x = -x
    return x


def loop(n):
    """Collatz: the number of steps from n to 1. The number of rounds is not known beforehand. n: int32 ()."""
    steps = tf.constant(0)
    while n > 1:
        n = tf.where(n % 2 == 0, n // 2, 3 * n + 1)
        steps += 1
    return steps


def arithmetic(x):
    """Written at length: much of this need not be computed at all. x: float32 (n, n)."""
    same = tf.transpose(tf.transpose(x * 1.0))
    thrice = x + x + x
    constant = tf.constant(2.0) * tf.constant(3.0)
    tf.exp(x)  # the result is not used
    return tf.sqrt(tf.square(same)) + thrice * constant + tf.square(x) + tf.square(x)
