"""Three ways to build a model: the functions of this lesson."""

import json

import numpy as np
import tensorflow as tf
from tensorflow.keras import Input, Model, Sequential
from tensorflow.keras.initializers import GlorotUniform
from tensorflow.keras.layers import Add, Concatenate, Conv2D, Dense, Flatten

first_weights = GlorotUniform(seed=1)  # the same weights each time


def sequential(filters, units):
    model = Sequential(
        [
            Input([28, 28, 1]),
            Conv2D(filters, 3, activation="relu", kernel_initializer=first_weights),
            Flatten(),
            Dense(units, activation="relu", kernel_initializer=first_weights),
            Dense(10, activation="softmax", kernel_initializer=first_weights),
        ]
    )
    print(f"Sequential: {model.count_params():,} parameters")
    return model


def functional(filters, units):
    inputs = Input([28, 28, 1])
    x = Conv2D(filters, 3, activation="relu", kernel_initializer=first_weights)(inputs)
    x = Flatten()(x)
    x = Dense(units, activation="relu", kernel_initializer=first_weights)(x)
    outputs = Dense(10, activation="softmax", kernel_initializer=first_weights)(x)
    model = Model(inputs, outputs)
    print(f"functional: {model.count_params():,} parameters")
    return model


def subclass(filters, units):
    class MyModel(Model):
        def __init__(self):
            super().__init__()
            self.conv1 = Conv2D(filters, 3, activation="relu", kernel_initializer=first_weights)
            self.flatten = Flatten()
            self.d1 = Dense(units, activation="relu", kernel_initializer=first_weights)
            self.d2 = Dense(10, activation="softmax", kernel_initializer=first_weights)

        def call(self, x):
            x = self.conv1(x)
            x = self.flatten(x)
            x = self.d1(x)
            return self.d2(x)

    model = MyModel()
    model(tf.zeros([1, 28, 28, 1]))  # its shapes are known once it was called
    print(f"subclass:   {model.count_params():,} parameters")
    return model


def same_outputs(filters, units):
    first = sequential(filters, units)
    images = np.random.default_rng(7).random([4, 28, 28, 1], np.float32)
    for other in (functional(filters, units), subclass(filters, units)):
        other.set_weights(first.get_weights())
        difference = np.abs(first(images) - other(images)).max()
        print(f"largest difference of an output: {difference:.1e}")


def drawn_with_its_shapes(filters, units):
    model = functional(filters, units)
    print("flowchart LR")  # what follows is a drawing in the language of Mermaid
    for place, layer in enumerate(model.layers):
        print(f'  {place}["{type(layer).__name__}"]')
        if place > 0:
            print(f'  {place - 1} -->|"{model.layers[place - 1].output.shape}"| {place}')


def two_inputs_and_a_skip(units):
    image, age = Input([28, 28, 1], name="image"), Input([1], name="age")
    pixels = Flatten()(image)
    x = Concatenate()([pixels, age])
    x = Dense(units, activation="relu", kernel_initializer=first_weights)(x)
    x = Add()([x, Dense(units, kernel_initializer=first_weights)(pixels)])  # around the layer before
    outputs = Dense(10, activation="softmax", kernel_initializer=first_weights)(x)
    model = Model([image, age], outputs)
    print("two inputs, one output:", model([tf.zeros([5, 28, 28, 1]), tf.zeros([5, 1])]).shape)


def two_inputs_in_a_row():
    Sequential([Input([28, 28, 1]), Input([1])], name="row")


def a_loop_that_looks_at_values(units):
    class Halving(Model):
        def __init__(self):
            super().__init__()
            self.dense = Dense(units, kernel_initializer=first_weights)

        def call(self, x):
            x, steps = self.dense(x), 0
            while tf.reduce_max(tf.abs(x)) > 0.01:
                x, steps = x / 2, steps + 1
            return x, steps

    for size in (1.0, 100.0):
        _, steps = Halving()(tf.fill([1, 4], size))
        print(f"input {size:5}: {steps} times through the loop")


def opened_from_its_description(filters, units):
    text = sequential(filters, units).to_json()
    print("opened again:", [layer["class_name"] for layer in json.loads(text)["config"]["layers"]])
    again = tf.keras.models.model_from_json(text)
    print(f"{again.count_params():,} parameters")

    print("a subclass, where its code is missing:")
    tf.keras.models.model_from_json(subclass(filters, units).to_json())
