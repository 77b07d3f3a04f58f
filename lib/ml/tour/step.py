"""One step under the microscope: the functions of this lesson."""

import io
from pathlib import Path

import numpy as np
import tensorflow as tf
from tensorflow.keras import Sequential
from tensorflow.keras.initializers import GlorotUniform
from tensorflow.keras.layers import Conv2D, Dense, Flatten, Input

MNIST = (Path(__file__).parents[3] / "lib/core/data/mnist_slice.npz").read_bytes()


def batch_of_32(seed):
    # From the first images of MNIST, by Yann LeCun and Corinna Cortes, CC BY-SA 3.0
    with np.load(io.BytesIO(MNIST)) as arrays:
        images, labels = arrays["x_train"][..., np.newaxis] / np.float32(255), arrays["y_train"]
    chosen = np.random.default_rng(seed).choice(len(images), 32, replace=False)
    return {"images": images[chosen], "labels": labels[chosen]}


def network(filters):
    model = Sequential(
        [
            Input([28, 28, 1]),
            Conv2D(filters, 3, activation="relu", kernel_initializer=GlorotUniform(1), name="conv1"),
            Flatten(name="flatten"),
            Dense(128, activation="relu", kernel_initializer=GlorotUniform(2), name="d1"),
            Dense(10, activation="softmax", kernel_initializer=GlorotUniform(3), name="d2"),
        ],
        name="network",
    )
    print(f"a network of {model.count_params():,} weights")
    return model


def probabilities_and_losses(seed, filters):
    batch, model = batch_of_32(seed), network(filters)
    probabilities = model(batch["images"])
    losses = tf.keras.losses.sparse_categorical_crossentropy(batch["labels"], probabilities)
    print(f"image 0 is a {batch['labels'][0]}: the network gives it {probabilities[0, batch['labels'][0]]:.4f}")
    print(f"its loss is -log of that: {losses[0]:.4f}; the mean of all 32 is {tf.reduce_mean(losses):.4f}")
    return {"probabilities": probabilities, "losses": losses}


def gradients_of_each_layer(seed, filters):
    batch, model = batch_of_32(seed), network(filters)
    with tf.GradientTape() as tape:
        losses = tf.keras.losses.sparse_categorical_crossentropy(batch["labels"], model(batch["images"]))
        loss = tf.reduce_mean(losses)
    gradients = tape.gradient(loss, model.trainable_variables)
    sizes = {}
    for variable, gradient in zip(model.trainable_variables, gradients, strict=True):
        sizes[variable.path] = tf.norm(gradient)
        print(f"{variable.path:20} of shape {tuple(variable.shape)}")
    return sizes


def weights_before_and_after(seed, filters, rate):
    batch, model = batch_of_32(seed), network(filters)
    optimizer = tf.keras.optimizers.Adam(rate)
    before = model.layers[-1].kernel.numpy()
    with tf.GradientTape() as tape:
        losses = tf.keras.losses.sparse_categorical_crossentropy(batch["labels"], model(batch["images"]))
        loss = tf.reduce_mean(losses)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))

    after = model.layers[-1].kernel.numpy()
    print(f"the first weight of d2: {before[0, 0]:.6f} -> {after[0, 0]:.6f}")
    print(f"no weight of d2 moved farther than {np.abs(after - before).max():.6f}; the rate is {rate:g}")
    again = tf.keras.losses.sparse_categorical_crossentropy(batch["labels"], model(batch["images"]))
    print(f"the loss of this batch: {loss:.4f} -> {tf.reduce_mean(again):.4f}")
    return {"before": before, "after": after}
