"""The example, line by line: the functions of this lesson."""

import io
from pathlib import Path

import numpy as np
import tensorflow as tf
from tensorflow.keras import Model, Sequential
from tensorflow.keras.initializers import GlorotUniform
from tensorflow.keras.layers import Conv2D, Dense, Dropout, Flatten
from tensorflow.keras.losses import SparseCategoricalCrossentropy

MNIST = (Path(__file__).parents[3] / "lib/core/data/mnist_slice.npz").read_bytes()


def load_data():
    # The first images of MNIST, by Yann LeCun and Corinna Cortes, CC BY-SA 3.0
    with np.load(io.BytesIO(MNIST)) as arrays:
        return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])


def the_data():
    (x_train, y_train), (x_test, y_test) = load_data()
    print("as it comes: ", x_train.dtype, x_train.shape, "from", x_train.min(), "to", x_train.max())
    x_train, x_test = x_train / 255.0, x_test / 255.0
    print("after / 255: ", x_train.dtype, x_train.shape, "from", x_train.min(), "to", x_train.max())
    print("to test with:", x_test.dtype, x_test.shape, "and labels", y_test.dtype, y_test.shape)
    return {"images": x_train[:16], "labels": y_train[:16]}


def the_channel_axis():
    (x_train, _), _ = load_data()
    x_train = x_train / 255.0
    print("before:", x_train.shape)
    x_train = x_train[..., tf.newaxis]
    print("after: ", x_train.shape)
    conv1 = Conv2D(1, 3, kernel_initializer=GlorotUniform(1))
    print("one image through Conv2D:", conv1(x_train[:1]).shape)
    print("tf.newaxis is", tf.newaxis, "as in NumPy")


def without_the_channel_axis():
    (x_train, _), _ = load_data()
    Conv2D(1, 3, kernel_initializer=GlorotUniform(1), name="conv1")(x_train[:32] / 255.0)


def datasets(size):
    (x_train, y_train), (x_test, y_test) = load_data()
    x_train, x_test = x_train / 255.0, x_test / 255.0
    x_train, y_train = x_train[:size, ..., tf.newaxis], y_train[:size]
    x_test = x_test[..., tf.newaxis]

    train_ds = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(10000, seed=1).batch(32)
    test_ds = tf.data.Dataset.from_tensor_slices((x_test, y_test)).batch(32)
    return train_ds, test_ds


def in_batches(size):
    train_ds, test_ds = datasets(size)
    print(len(train_ds), "batches to train with,", len(test_ds), "to test with")
    sizes = [len(labels) for _, labels in train_ds]
    print("sizes:", sizes)
    for name, (_, labels) in {"train": next(iter(train_ds)), "test": next(iter(test_ds))}.items():
        print(f"first labels of {name}:", labels[:10].numpy())


class MyModel(Model):
    def __init__(self, filters):
        super().__init__()
        self.conv1 = Conv2D(filters, 3, activation="relu", kernel_initializer=GlorotUniform(1))
        self.flatten = Flatten()
        self.d1 = Dense(128, activation="relu", kernel_initializer=GlorotUniform(2))
        self.d2 = Dense(10, activation="softmax", kernel_initializer=GlorotUniform(3))

    def call(self, x):
        x = self.conv1(x)
        x = self.flatten(x)
        x = self.d1(x)
        return self.d2(x)


def the_model(filters):
    model = MyModel(filters)
    print("weights before the first call:", len(model.weights))
    probabilities = model(tf.zeros([1, 28, 28, 1]))
    print("weights after it:", len(model.weights))
    for layer in model.layers:
        print(f"{layer.__class__.__name__:8} {layer.count_params():9,} parameters")
    print(f"together {model.count_params():9,} parameters")
    print("sum of the ten outputs:", tf.reduce_sum(probabilities).numpy())


def loss_and_optimizer():
    loss_object = SparseCategoricalCrossentropy()
    optimizer = tf.keras.optimizers.Adam()
    return loss_object, optimizer


def metrics():
    train_loss = tf.keras.metrics.Mean(name="train_loss")
    train_accuracy = tf.keras.metrics.SparseCategoricalAccuracy(name="train_accuracy")
    test_loss = tf.keras.metrics.Mean(name="test_loss")
    test_accuracy = tf.keras.metrics.SparseCategoricalAccuracy(name="test_accuracy")
    return train_loss, train_accuracy, test_loss, test_accuracy


def what_they_compute():
    loss_object, optimizer = loss_and_optimizer()
    train_loss, train_accuracy, *_ = metrics()
    labels, predictions = np.array([0, 9]), np.array([[0.1] * 10, [0.91] + [0.01] * 9], np.float32)
    print("sure of nothing: ", loss_object(labels[:1], predictions[:1]).numpy())
    print("sure and wrong:  ", loss_object(labels[1:], predictions[1:]).numpy())
    print("mean of both:    ", loss_object(labels, predictions).numpy())
    train_accuracy(labels, predictions)
    print("one of two right:", train_accuracy.result().numpy())
    for loss in (1.0, 2.0, 6.0):
        train_loss(loss)
        print("train_loss after", loss, "is", train_loss.result().numpy())
    print("learning rate of Adam:", optimizer.learning_rate.numpy())


def steps(model, loss_object, optimizer, train_loss, train_accuracy, test_loss, test_accuracy):
    @tf.function
    def train_step(images, labels):
        with tf.GradientTape() as tape:
            predictions = model(images)
            loss = loss_object(labels, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))

        train_loss(loss)
        train_accuracy(labels, predictions)
        return loss

    @tf.function
    def test_step(images, labels):
        predictions = model(images)
        t_loss = loss_object(labels, predictions)

        test_loss(t_loss)
        test_accuracy(labels, predictions)

    return train_step, test_step


def one_step(filters):
    measured = metrics()
    train_step, test_step = steps(MyModel(filters), *loss_and_optimizer(), *measured)
    images, labels = next(iter(datasets(32)[0]))
    print("graphs made by the decorator:", train_step.experimental_get_tracing_count())
    *_, test_loss, test_accuracy = measured
    for when in ("before", "after"):
        test_step.python_function(images, labels)  # the lines of the step, without a graph
        print(f"{when} the step: loss {test_loss.result():.4f}, {32 * test_accuracy.result():.0f} of 32 right")
        test_loss.reset_state()
        test_accuracy.reset_state()
        if when == "before":
            train_step.python_function(images, labels)


def the_loop(size, filters, epochs):
    train_ds, test_ds = datasets(size)
    model, (loss_object, optimizer), measured = MyModel(filters), loss_and_optimizer(), metrics()
    model(tf.zeros([1, 28, 28, 1]))
    optimizer.build(model.trainable_variables)
    train_step, test_step = steps(model, loss_object, optimizer, *measured)
    train_loss, train_accuracy, test_loss, test_accuracy = measured

    this_epoch = tf.keras.metrics.Mean()
    curves = {"without reset_state": [], "with reset_state": []}
    for epoch in range(epochs):
        this_epoch.reset_state()
        for images, labels in train_ds:
            this_epoch(train_step(images, labels))
            curves["without reset_state"].append(train_loss.result())
            curves["with reset_state"].append(this_epoch.result())

        for test_images, test_labels in test_ds:
            test_step(test_images, test_labels)

        template = "에포크: {}, 손실: {}, 정확도: {}, 테스트 손실: {}, 테스트 정확도: {}"
        print(
            template.format(
                epoch + 1,
                train_loss.result(),
                train_accuracy.result() * 100,
                test_loss.result(),
                test_accuracy.result() * 100,
            )
        )
    return curves


def softmax_or_logits(scale):
    random = np.random.default_rng(7)
    numbers, labels = random.normal(size=[32, 10]), random.integers(0, 10, 32)
    for factor in (1.0, scale):
        logits = tf.constant(factor * numbers, tf.float32)
        exact = SparseCategoricalCrossentropy(from_logits=True, reduction="none")(labels, logits)
        from_softmax = SparseCategoricalCrossentropy(reduction="none")
        exponentials = tf.exp(logits)
        losses = {
            "Keras' softmax": from_softmax(labels, tf.keras.activations.softmax(logits)),
            "tf.nn.softmax": from_softmax(labels, tf.nn.softmax(logits)),
            "by hand": from_softmax(labels, exponentials / tf.reduce_sum(exponentials, axis=1, keepdims=True)),
        }
        print(f"logits up to {tf.reduce_max(logits):.1f}: mean loss {tf.reduce_mean(exact):.7f}")
        for name, each in losses.items():
            print(f"{name:14} {tf.reduce_mean(each):10.7f} off {tf.reduce_max(tf.abs(each - exact)):.1e}")
    return {"from_logits=True": exact, "tf.nn.softmax": losses["tf.nn.softmax"]}


def what_training_changes(dropout):
    (x_train, _), _ = load_data()
    image = x_train[:1, ..., tf.newaxis] / 255.0
    hidden = Dense(32, activation="relu", kernel_initializer=GlorotUniform(1))
    model = Sequential(
        [Flatten(), hidden, Dropout(dropout, seed=1), Dense(10, "softmax", kernel_initializer=GlorotUniform(2))]
    )
    twice = {
        f"training={training} ({time})": model(image, training=training)[0].numpy()
        for training in (False, True)
        for time in (1, 2)
    }
    for name, probabilities in twice.items():
        print(name, probabilities.round(3)[:5], "...")
    notes = MyModel(1)
    same = np.array_equal(notes(image, training=True), notes(image, training=False))
    print("the notes' network gives the same with True and False:", same)
    return twice
