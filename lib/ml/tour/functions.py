"""tf.function instead of sessions: the functions of this lesson."""

import itertools

import tensorflow as tf
from tensorflow.keras import Sequential
from tensorflow.keras.initializers import GlorotUniform
from tensorflow.keras.layers import Conv2D, Dense, Flatten, Input


def print_and_tf_print(calls):
    @tf.function
    def square(x):
        print("print:    traced with", x)
        tf.print("tf.print: called with", x)
        return x * x

    for number in range(calls):
        square(tf.constant(number))


def a_side_effect_happens_once(calls):
    seen = []
    counter = tf.Variable(0)

    @tf.function
    def add_one(x):
        seen.append("a call")  # Python: runs while the graph is traced
        counter.assign_add(1)  # TensorFlow: a part of the graph
        return x + 1

    for number in range(calls):
        add_one(tf.constant(number))
    print("calls            ", calls)
    print("length of the list", len(seen))
    print("the tf.Variable   ", counter.numpy())


def a_variable_on_the_second_call():
    weights = {}

    @tf.function
    def scale(x, name):
        if name not in weights:
            weights[name] = tf.Variable(2.0)
        return weights[name] * x

    print("first: ", scale(tf.constant(3.0), "first").numpy())
    print("second:", scale(tf.constant(3.0), "second").numpy())


def made_before_the_call():
    weights = {"first": tf.Variable(2.0), "second": tf.Variable(2.0)}

    @tf.function
    def scale(x, name):
        return weights[name] * x

    print("first: ", scale(tf.constant(3.0), "first").numpy())
    print("second:", scale(tf.constant(3.0), "second").numpy())


def if_and_while_in_the_graph(start):
    @tf.function
    def collatz(x):
        steps = 0
        while x != 1:
            if x % 2 == 0:
                x = x // 2
            else:
                x = 3 * x + 1
            steps += 1
        return steps

    print(f"from {start} to 1 in {collatz(tf.constant(start)).numpy()} steps")
    graph = collatz.get_concrete_function(tf.TensorSpec([], tf.int32)).graph.as_graph_def()
    inside = [node.op for function in graph.library.function for node in function.node_def]
    print("in the graph:", [node.op for node in graph.node if "While" in node.op])
    print("in its loop: ", [op for op in inside if "If" in op])
    print("traces:      ", collatz.experimental_get_tracing_count())


def numbers_against_tensors(calls):
    @tf.function
    def double(x):
        return 2 * x

    for number in range(calls):
        double(number)
    print(calls, "Python numbers:", double.experimental_get_tracing_count(), "graphs")

    @tf.function
    def double_tensor(x):
        return 2 * x

    for number in range(calls):
        double_tensor(tf.constant(number))
    print(calls, "tensors:       ", double_tensor.experimental_get_tracing_count(), "graph")


def what_a_trace_costs():
    @tf.function
    def double(x):
        return 2 * x

    numbers = itertools.count()
    tensor = tf.constant(1)
    return {
        "get_concrete_function(number)": lambda: double.get_concrete_function(next(numbers)),
        "double(tensor)": lambda: double(tensor).numpy(),
    }


def retracing_the_training_step(last):
    model = Sequential(
        [
            Input([28, 28, 1]),
            Conv2D(32, 3, activation="relu", kernel_initializer=GlorotUniform(1)),
            Flatten(),
            Dense(128, activation="relu", kernel_initializer=GlorotUniform(2)),
            Dense(10, activation="softmax", kernel_initializer=GlorotUniform(3)),
        ]
    )
    optimizer = tf.keras.optimizers.Adam()
    optimizer.build(model.trainable_variables)

    @tf.function
    def train_step(images, labels):
        with tf.GradientTape() as tape:
            losses = tf.keras.losses.sparse_categorical_crossentropy(labels, model(images))
            loss = tf.reduce_mean(losses)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return loss

    def batch(size):
        return tf.zeros([size, 28, 28, 1]), tf.zeros([size], tf.int64)

    for size in (32, 32, last):
        train_step(*batch(size))
        print(f"after a batch of {size:2}: {train_step.experimental_get_tracing_count()} traced")

    sizes = itertools.count(100)  # each is new to the step
    images, labels = batch(32)
    return {
        "train_step.get_concrete_function(new size)": lambda: train_step.get_concrete_function(*batch(next(sizes))),
        "train_step(batch of 32)": lambda: train_step(images, labels).numpy(),
    }
