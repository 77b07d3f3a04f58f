"""Eager by default, like NumPy: the functions of this lesson."""

import numpy as np
import tensorflow as tf


def values_at_once(n):
    x = tf.range(1.0, n + 1.0)
    print("x      ", x)
    print("x * x  ", x * x)
    print("sum    ", tf.reduce_sum(x * x).numpy())


def numpy_in_and_out(n):
    array = np.arange(n, dtype=np.float32)
    tensor = tf.sqrt(array)  # TensorFlow takes a NumPy array
    print(type(tensor).__name__, tensor.numpy())
    print(type(np.square(tensor)).__name__, np.square(tensor))  # and NumPy takes a tensor


def broadcasting(n):
    column, row = tf.range(0.0, n)[:, tf.newaxis], tf.range(0.0, 4)[tf.newaxis]
    print(column.shape, "+", row.shape, "=", (column + row).shape)
    try:
        print(tf.constant(1) + tf.constant(1.5))
    except tf.errors.InvalidArgumentError as error:
        print("int32 + float32:", error.message.split(" [Op")[0])
    print("after a cast:", (tf.cast(tf.constant(1), tf.float32) + 1.5).numpy())
    return {"column": column, "row": row, "sum": column + row}


def python_decides(start):
    x, steps = tf.constant(float(start)), 0
    while x > 1.0:  # Python looks at the value
        x, steps = x / 2.0, steps + 1
    print(f"{start} halved {steps} times is {x.numpy():.4g}")


def the_failing_line(n):
    x = tf.ones([n, 2])
    y = tf.ones([3, n + 1])
    print("about to multiply")
    return tf.matmul(x, y)


def hidden_in_a_graph(n):
    @tf.function
    def multiply(x, y):
        print("traced with", x.shape, y.shape)
        return tf.matmul(x, y)

    anything = tf.TensorSpec([None, None])
    graph = multiply.get_concrete_function(anything, anything)  # no complaint: the shapes are still open
    print("the graph was built; now it runs")
    graph(tf.ones([n, 2]), tf.ones([3, n + 1]))
