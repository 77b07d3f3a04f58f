import numpy as np
import pytest
import tensorflow as tf

from lib.core.training.config import SETTINGS, TrainConfig
from lib.ml.training.optimizers import build_optimizer

KERAS = {
    "adam": lambda rate: tf.keras.optimizers.Adam(rate),
    "adamw": lambda rate: tf.keras.optimizers.AdamW(rate),
    "sgd": lambda rate: tf.keras.optimizers.SGD(rate),
    "momentum": lambda rate: tf.keras.optimizers.SGD(rate, momentum=0.9),
    "rmsprop": lambda rate: tf.keras.optimizers.RMSprop(rate),
}


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize("name", SETTINGS["optimizer"].options)
def test_moves_the_weights_as_keras_own(name, jit):
    random = np.random.default_rng(0)
    start = random.normal(size=(40, 30)).astype("float32")
    gradients = random.normal(size=(20, 40, 30)).astype("float32") * np.logspace(-6, 2, 20)[:, None, None]
    ours, theirs = build_optimizer(TrainConfig(optimizer=name)), KERAS[name](1e-3)
    moved = [walk(optimizer, start, gradients.astype("float32"), jit) for optimizer in (ours, theirs)]
    np.testing.assert_allclose(*moved, rtol=2e-6, atol=2e-7)


def walk(optimizer, start, gradients, jit):
    """`start` after one step along each of the gradients."""
    weights = tf.Variable(start)
    optimizer.build([weights])
    step = tf.function(lambda gradient: optimizer.apply_gradients([(gradient, weights)]), jit_compile=jit)
    for gradient in gradients:
        step(tf.constant(gradient))
    return weights.numpy()
