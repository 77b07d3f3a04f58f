"""The seed's original training loop, cut into blocks of steps for timing: the reference for our speed.

python -m tests.benchmarks.seed_loop [graph|eager] reads numbers of steps, one per line, makes each block and prints its
seconds. It imports nothing that configures TensorFlow, so the seed runs with TensorFlow's own defaults.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import tensorflow as tf
from tensorflow.keras import Model
from tensorflow.keras.layers import Conv2D, Dense, Flatten

from lib.core.data.dataset import Images, load_images


class MyModel(Model):
    def __init__(self):
        super().__init__()
        self.conv1 = Conv2D(32, 3, activation="relu")
        self.flatten = Flatten()
        self.d1 = Dense(128, activation="relu")
        self.d2 = Dense(10, activation="softmax")

    def call(self, x):
        x = self.conv1(x)
        x = self.flatten(x)
        x = self.d1(x)
        return self.d2(x)


def seed_loop(images: Images, graph: bool = True) -> Callable[[int], None]:
    """A function that makes the next steps of the seed's loop, epoch after epoch."""
    x_train = (images.x_train / 255.0)[..., tf.newaxis].astype("float32")
    train_ds = tf.data.Dataset.from_tensor_slices((x_train, images.y_train)).shuffle(10000).batch(32).repeat()
    model = MyModel()
    loss_object = tf.keras.losses.SparseCategoricalCrossentropy()
    optimizer = tf.keras.optimizers.Adam()
    train_loss = tf.keras.metrics.Mean(name="train_loss")
    train_accuracy = tf.keras.metrics.SparseCategoricalAccuracy(name="train_accuracy")

    def train_step(images, labels):
        with tf.GradientTape() as tape:
            predictions = model(images)
            loss = loss_object(labels, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        train_loss(loss)
        train_accuracy(labels, predictions)

    step = tf.function(train_step) if graph else train_step
    batches = iter(train_ds)

    def make(steps: int) -> None:
        for _ in range(steps):
            step(*next(batches))
        train_loss.result().numpy()  # waits for the last step

    return make


if __name__ == "__main__":
    block = seed_loop(load_images("mnist"), graph=sys.argv[1:] != ["eager"])
    for line in sys.stdin:
        started = time.perf_counter()
        block(int(line))
        print(time.perf_counter() - started, flush=True)
