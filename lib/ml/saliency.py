"""Which pixels a network's answer depends on: the gradient of its score with respect to the drawing."""

# Learners read this file: its functions have no annotations, like the notes'; docstrings give the shapes.
# mypy: disallow-untyped-defs=False, disallow-incomplete-defs=False

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Generator, Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from lib.core.studies.configs import SaliencyConfig
from lib.core.studies.events import Salient, StudyEvent
from lib.core.training.checkpoints import check_fit
from lib.core.training.config import TrainConfig
from lib.core.training.control import ControlRequests
from lib.core.training.events import Checkpoint, Finished, Stopped
from lib.ml.training.networks import build_network, named_weights
from lib.ml.training.step import scaled
from lib.ml.untimed import began_untimed

Events = Generator[StudyEvent | Finished | Stopped, ControlRequests | None, None]


def saliency(model, image, digit):
    """How fast the score of `digit` grows with each pixel: float32 (28, 28).

    The score is the input of the softmax (Simonyan, Vedaldi and Zisserman, 2013, Deep Inside Convolutional Networks).
    The softmax's output, the probability, hardly changes any more once a network is confident.

    image: float32 (1, 28, 28, 1) from 0, the paper, to 1, the ink.
    """
    model.layers[-1].activation = tf.keras.activations.linear  # the last layer without its softmax
    with tf.GradientTape() as tape:
        tape.watch(image)
        score = model(image, training=False)[0, digit]
    return tape.gradient(score, image)[0, :, :, 0]


def explain(config: SaliencyConfig, settings: TrainConfig | None, checkpoint: Checkpoint) -> Events:
    """The study of one network: `settings` are its run's (None for the shipped model), `checkpoint` has its weights.

    The last event is Finished, or Stopped on request. Raises CheckpointMisfit if the weights do not fit.
    """
    requests = yield began_untimed()
    if requests and requests.stop:
        yield Stopped(step=0)
        return
    model = network_of(settings)
    put_in(model, checkpoint.weights)
    image = scaled(tf.constant(np.frombuffer(config.pixels, np.uint8).reshape(1, 28, 28)))
    yield Salient(digit=config.digit, step=checkpoint.step, gradient=saliency(model, image, config.digit).numpy())
    yield Finished(step=1, reason="gradient")


@functools.lru_cache(maxsize=2)
def network_of(settings: TrainConfig | None) -> Any:
    """A network with these settings (None for the shipped model); cached, since Keras never quite frees a model.

    It computes in float32, as the web process does, whatever the run's precision.
    """
    if settings:
        return build_network(dataclasses.replace(settings, precision="float32"))
    from lib.ml.shipped.make import reader  # deferred: nothing else needs the code that made this model

    return reader()


def put_in(model: Any, weights: Mapping[str, np.ndarray]) -> None:
    """Assigns these weights, given by layer and name. Raises CheckpointMisfit if they do not fit the model."""
    variables = named_weights(model.layers)
    check_fit("weights", weights, variables)
    for name, variable in variables.items():
        variable.assign(weights[name])
