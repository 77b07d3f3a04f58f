"""Small functions to look into: what AutoGraph, Grappler and XLA make of them can be read at a glance."""

# Learners read this file: its functions go without annotations, as the seed's do; shapes are said in words.
# mypy: disallow-untyped-defs=False, disallow-incomplete-defs=False

from __future__ import annotations

import tensorflow as tf


def condition(x):
    """Which way to go is known only when the tensor is. x: float32 (n,)."""
    if tf.reduce_sum(x) > 0:
        x = x * 2.0
        x = x - 1.0
    else:
        x = -x
    return x


def loop(n):
    """Collatz: how many steps from n to 1. Nobody knows beforehand how often this goes round. n: int32 ()."""
    steps = tf.constant(0)
    while n > 1:
        n = tf.where(n % 2 == 0, n // 2, 3 * n + 1)
        steps += 1
    return steps


def arithmetic(x):
    """Written at length: much of this need not be calculated at all. x: float32 (n, n)."""
    same = tf.transpose(tf.transpose(x * 1.0))
    thrice = x + x + x
    constant = tf.constant(2.0) * tf.constant(3.0)
    tf.exp(x)  # nobody asks for it
    return tf.sqrt(tf.square(same)) + thrice * constant + tf.square(x) + tf.square(x)
