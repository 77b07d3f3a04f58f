"""The optimizers: Keras' own, except that Adam's arithmetic is done in one pass over the memory."""

from __future__ import annotations

import tensorflow as tf
from tensorflow.keras import optimizers

from lib.core.training.config import TrainConfig


class FusedAdam(optimizers.Adam):
    """Keras' Adam, the same rule, as one TensorFlow op per variable.

    Keras writes the rule as a dozen small ops. Outside XLA each of them passes over all 2.8 million weights again,
    which takes longer than the gradient itself; the single op passes over them once.
    """

    def update_step(self, gradient: tf.Tensor, variable: tf.Variable, learning_rate: tf.Tensor) -> None:
        index = self._get_variable_index(variable)
        step = tf.cast(self.iterations + 1, tf.float32)
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=self._momentums[index].value.handle,
            v=self._velocities[index].value.handle,
            beta1_power=tf.pow(self.beta_1, step),
            beta2_power=tf.pow(self.beta_2, step),
            lr=learning_rate,
            beta1=self.beta_1,
            beta2=self.beta_2,
            epsilon=self.epsilon,
            grad=gradient,
        )


def build_optimizer(config: TrainConfig) -> optimizers.Optimizer:
    """The optimizer for `config`, at its learning rate."""
    rate = config.learning_rate
    made = {
        "adam": lambda: FusedAdam(rate),
        "adamw": lambda: FusedAdam(rate, weight_decay=0.004, name="adamw"),
        "sgd": lambda: optimizers.SGD(rate),
        "momentum": lambda: optimizers.SGD(rate, momentum=0.9),
        "rmsprop": lambda: optimizers.RMSprop(rate),
    }
    return made[config.optimizer]()
