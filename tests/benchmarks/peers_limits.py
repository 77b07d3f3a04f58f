"""The limits of this machine: python -m tests.benchmarks.peers_limits {matmul|triad}

Reads numbers of repetitions, one per line, and prints GFLOP/s of a large float32 matrix product, or GB/s of a triad.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

SIDE = 2048
WEIGHTS = 26 * 26 * 32 * 128
"""Length of each array of the triad: the number of the dense layer's weights."""


def matmul() -> Callable[[int], float]:
    """A function that repeats a product of SIDE × SIDE matrices: GFLOP/s."""
    import tensorflow as tf

    a, b = tf.random.normal((2, SIDE, SIDE))
    # What has been calculated is fed in again, or the products would be one and the same.
    product = tf.function(lambda x: x @ b / SIDE)

    def rate(times: int) -> float:
        started, x = time.perf_counter(), a
        for _ in range(times):
            x = product(x)
        x.numpy()
        return times * 2 * SIDE**3 / (time.perf_counter() - started) / 1e9

    return rate


def triad() -> Callable[[int], float]:
    """A function that repeats a = a - 3 b: GB/s, two reads and one write each (as in STREAM)."""
    import tensorflow as tf

    a, b = tf.Variable(tf.zeros(WEIGHTS)), tf.ones(WEIGHTS)

    @tf.function
    def move() -> None:
        tf.raw_ops.ResourceApplyGradientDescent(var=a.handle, alpha=3.0, delta=b)

    def rate(times: int) -> float:
        started = time.perf_counter()
        for _ in range(times):
            move()
        a[0].numpy()
        return times * 3 * 4 * WEIGHTS / (time.perf_counter() - started) / 1e9

    return rate


if __name__ == "__main__":
    limit = {"matmul": matmul, "triad": triad}[sys.argv[1]]()
    for line in sys.stdin:
        print(limit(int(line)), flush=True)
