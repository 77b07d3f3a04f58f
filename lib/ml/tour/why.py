"""Why TensorFlow 2: the functions of this lesson."""

import numpy as np
import tensorflow as tf


def tf1_graph_and_session(size, depth):
    graph = tf.Graph()
    with graph.as_default():
        x = tf.compat.v1.placeholder(tf.float32, [size, size])
        y = x
        for _ in range(depth):
            y = tf.tanh(tf.matmul(y, x))
        total = tf.reduce_sum(y)
    print("before it runs:", total)

    data = np.full([size, size], 1 / size, np.float32)
    with tf.compat.v1.Session(graph=graph) as session:
        print("after session.run:", session.run(total, feed_dict={x: data}))


def tf2_eager(size, depth):
    x = tf.fill([size, size], 1 / size)
    y = x
    for _ in range(depth):
        y = tf.tanh(tf.matmul(y, x))
    print("at once:", tf.reduce_sum(y).numpy())


def tf2_function(size, depth):
    @tf.function
    def total(x):
        y = x
        for _ in range(depth):
            y = tf.tanh(tf.matmul(y, x))
        return tf.reduce_sum(y)

    print("called like any function:", total(tf.fill([size, size], 1 / size)).numpy())


def what_the_graph_holds(size, depth):
    @tf.function
    def total(x):
        y = x
        for _ in range(depth):
            y = tf.tanh(tf.matmul(y, x))
        return tf.reduce_sum(y)

    graph = total.get_concrete_function(tf.TensorSpec([size, size])).graph
    print("flowchart TD")  # what follows is a drawing in the language of Mermaid
    for operation in graph.get_operations():
        print(f'  {operation.name}["{operation.type}"]')
        for tensor in operation.inputs:
            print(f'  {tensor.op.name} -->|"{tensor.shape}"| {operation.name}')


def side_by_side(size, depth):
    def total(x):
        y = x
        for _ in range(depth):
            y = tf.tanh(tf.matmul(y, x))
        return tf.reduce_sum(y)

    graph = tf.Graph()
    with graph.as_default():
        placeholder = tf.compat.v1.placeholder(tf.float32, [size, size])
        result = total(placeholder)
    session = tf.compat.v1.Session(graph=graph)
    traced = tf.function(total)
    data = np.full([size, size], 1 / size, np.float32)
    return {
        "session.run": lambda: session.run(result, feed_dict={placeholder: data}),
        "eager": lambda: total(tf.constant(data)).numpy(),
        "tf.function": lambda: traced(tf.constant(data)).numpy(),
    }
