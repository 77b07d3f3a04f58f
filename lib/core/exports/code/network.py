"""The network of a run's script, as `lib.ml.training.networks` builds it, each layer with no more than it needs."""

from __future__ import annotations

from textwrap import dedent

from lib.core.i18n import Translate
from lib.core.seeds import seed_of
from lib.core.training.config import TrainConfig


def imports(config: TrainConfig) -> str:
    """The lines of import."""
    layers = {"Dense", "Flatten"}
    if config.network != "mlp":
        layers.add("Conv2D")
    if config.network in ("lenet", "fast"):
        layers.add("MaxPooling2D")
    if config.network == "fast":
        layers |= {"Activation", "BatchNormalization"}
    if config.dropout:
        layers.add("Dropout")
    if config.network != "seed":
        layers.add("Input")
    kind = "Model" if config.network == "seed" else "Sequential"
    return dedent(f"""\
        import numpy as np
        import tensorflow as tf
        from tensorflow.keras import {kind}
        from tensorflow.keras.initializers import GlorotUniform
        from tensorflow.keras.layers import {", ".join(sorted(layers))}""")


def network(config: TrainConfig, _: Translate) -> str:
    """The network with its first weights; each layer has a seed of its own."""
    made = class_of(config) if config.network == "seed" else sequence_of(config)
    return "\n".join(
        [
            "# " + _("Each layer draws its first weights with a seed of its own, as in the run."),
            made,
            "model(tf.zeros((1, 28, 28, 1)))",
        ]
    )


def class_of(config: TrainConfig) -> str:
    """The notes' class."""
    layers, forward = head_of(config), ["x = self.conv1(x)", "x = self.flatten(x)", "x = self.d1(x)"]
    if config.dropout:
        forward.append("x = self.dropout(x, training=training)")
    own = {
        "conv1": conv(config, "conv1", config.filters, 3, f'activation="{config.activation}"'),
        "flatten": call("Flatten", kind(config)),
        **layers,
    }
    training = ", training=False" if config.dropout else ""
    return "\n".join(
        [
            "class MyModel(Model):",
            "    def __init__(self):",
            "        super().__init__()",
            *(f"        self.{name} = {layer}" for name, layer in own.items()),
            "",
            f"    def call(self, x{training}):",
            *(f"        {line}" for line in forward),
            "        return self.d2(x)",
            "",
            "",
            "model = MyModel()",
        ]
    )


def sequence_of(config: TrainConfig) -> str:
    """The other networks, layer after layer."""
    bends, wide, own = f'activation="{config.activation}"', config.filters, kind(config)
    bodies: dict[str, list[str]] = {
        "mlp": [],
        "lenet": [
            conv(config, "conv1", wide, 5, 'padding="same"', bends),
            call("MaxPooling2D", own),
            conv(config, "conv2", 2 * wide, 5, bends),
            call("MaxPooling2D", own),
        ],
        "fast": [
            conv(config, "conv1", wide, 5, "strides=2", bends),
            conv(config, "conv2", wide, 3),
            call("MaxPooling2D", own),
            call("BatchNormalization", "momentum=0.8", own),
            call("Activation", f'"{config.activation}"', own),
        ],
    }
    layers = ["Input((28, 28, 1))", *bodies[config.network], call("Flatten", own), *head_of(config).values()]
    return "model = Sequential(\n    [\n" + "".join(f"        {layer},\n" for layer in layers) + "    ]\n)"


def head_of(config: TrainConfig) -> dict[str, str]:
    """The hidden dense layer, its dropout, and the ten probabilities, which are always float32."""
    own, bends = kind(config), f'activation="{config.activation}"'
    layers = {"d1": call("Dense", config.dense_units, bends, first(config, "d1"), own)}
    if config.dropout:
        layers["dropout"] = call("Dropout", config.dropout, f"seed={seed_of(config.seed, 'dropout')}", own)
    plain = 'dtype="float32"' if own else ""
    layers["d2"] = call("Dense", 10, 'activation="softmax"', first(config, "d2"), plain)
    return layers


def conv(config: TrainConfig, name: str, filters: int, side: int, *more: str) -> str:
    return call("Conv2D", filters, side, *more, first(config, name), kind(config))


def first(config: TrainConfig, name: str) -> str:
    """How a layer draws its first weights."""
    return f"kernel_initializer=GlorotUniform({seed_of(config.seed, name)})"


def kind(config: TrainConfig) -> str:
    """The numbers that a layer calculates with, if they are not the usual ones."""
    return "" if config.precision == "float32" else f'dtype="{config.precision}"'


def call(name: str, *arguments: object) -> str:
    """A call with these arguments, without the empty ones."""
    return f"{name}({', '.join(str(argument) for argument in arguments if argument != '')})"
