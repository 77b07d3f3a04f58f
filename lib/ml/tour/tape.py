"""GradientTape: the functions of this lesson."""

import tensorflow as tf


def gradient_and_tangent(function, at):
    f = {
        "square": lambda x: x * x,
        "sine": tf.sin,
        "relu": tf.nn.relu,
        "cubic": lambda x: x**3 - x,
    }[function]

    x = tf.Variable(at)
    with tf.GradientTape() as tape:
        y = f(x)
    slope = tape.gradient(y, x)
    print(f"f({at:g}) = {y.numpy():.4f}, and its slope there is {slope.numpy():.4f}")

    line = tf.linspace(-3.0, 3.0, 121)
    return {"x": line, "f": f(line), "tangent": y + slope * (line - x), "at": [x, y]}


def what_the_tape_watches():
    variable, constant = tf.Variable(2.0), tf.constant(3.0)
    with tf.GradientTape() as tape:
        y = variable * constant
    print("a variable is watched:", [g if g is None else g.numpy() for g in tape.gradient(y, [variable, constant])])

    with tf.GradientTape() as tape:
        tape.watch(constant)
        y = variable * constant
    print("a constant if told to:", [g.numpy() for g in tape.gradient(y, [variable, constant])])

    print("a tape plays once:")
    tape.gradient(y, variable)


def descent(steps, rate, start_x, start_y):
    def surface(point):
        x, y = tf.unstack(point)
        return x**2 + 8 * y**2  # a valley, eight times as steep across as along

    def walk(optimizer):
        point = tf.Variable([start_x, start_y])
        optimizer.build([point])

        @tf.function
        def step():
            with tf.GradientTape() as tape:
                height = surface(point)
            gradient = tape.gradient(height, point)
            optimizer.apply_gradients([(gradient, point)])

        path = [point.numpy()]
        for _ in range(steps):
            step()
            path.append(point.numpy())
        return path

    paths = {
        "SGD": walk(tf.keras.optimizers.SGD(rate)),
        "Momentum": walk(tf.keras.optimizers.SGD(rate, momentum=0.9)),
        "RMSprop": walk(tf.keras.optimizers.RMSprop(rate)),
        "Adam": walk(tf.keras.optimizers.Adam(rate)),
        "AdamW": walk(tf.keras.optimizers.AdamW(rate)),
    }
    for name, path in paths.items():
        print(f"{name:9} height {surface(path[0]):.3f} -> {surface(path[-1]):.3f}")
    return paths
