"""Exports networks as LiteRT files, which the web process runs without TensorFlow (`lib.core.inference.litert`).

The weights are inputs of the file, in the layout of `lib.core.inference.litert.to_litert_layout`. So the file holds the
graph alone: a few kilobytes that serve every run of the network, at any width. Its outputs are those of all layers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import tensorflow as tf
from tensorflow.keras import Model, layers
from tensorflow.lite.python import schema_py_generated as schema
from tensorflow.lite.tools import flatbuffer_utils

from lib.core.data.dataset import SIDE
from lib.core.inference.litert import IMAGES
from lib.core.training.architectures import Shape
from lib.ml.training.networks import named_weights
from lib.ml.training.step import scaled

Tensors = Mapping[str, Any]

BIASED = (schema.BuiltinOperator.CONV_2D, schema.BuiltinOperator.FULLY_CONNECTED)
"""LiteRT operations with a built-in bias."""


def convert(network: Model) -> bytes:
    """The LiteRT file of a sequential network, like those of `lib.ml.training.networks`.

    inputs    images uint8 (n, 28, 28), and each weight by its name in a checkpoint ('conv1/kernel'), float32
    outputs   each layer by its name, first to last, the probabilities last; without dropout, which predictions skip

    It computes in float32, whatever the network's precision.
    """
    chain = [layer for layer in network.layers if not isinstance(layer, layers.Dropout)]

    def predict(images: tf.Tensor, weights: Tensors) -> dict[str, tf.Tensor]:
        x, seen = scaled(images), {}
        for layer in chain:
            x = seen[layer.name] = forward(layer, x, weights)
        return seen

    module = tf.Module()
    module.predict = tf.function(predict, autograph=False)
    weights = {name: weight.shape for name, weight in named_weights(chain).items()}
    traced = module.predict.get_concrete_function(
        tf.TensorSpec([None, SIDE, SIDE], tf.uint8, name=IMAGES),
        {name: like_to_litert_layout(shape, name) for name, shape in weights.items()},
    )
    converter = tf.lite.TFLiteConverter.from_concrete_functions([traced], module)
    return finished(converter.convert(), [layer.name for layer in chain])


def like_to_litert_layout(shape: Shape, name: str) -> tf.TensorSpec:
    """The form of a weight of this shape after `lib.core.inference.litert.to_litert_layout`: the last axis first."""
    *rest, last = shape
    return tf.TensorSpec([last, *rest], tf.float32, name=name)


def forward(layer: Any, x: tf.Tensor, weights: Tensors) -> tf.Tensor:
    """The layer's output for float32 `x` (n, …) in a prediction, with its weights in LiteRT's layout."""

    def weight(name: str) -> tf.Tensor:
        return weights[f"{layer.name}/{name}"]

    match layer:
        case layers.Conv2D():
            kernel = tf.transpose(weight("kernel"), [1, 2, 3, 0])
            return layer.activation(tf.nn.conv2d(x, kernel, layer.strides, layer.padding.upper()) + weight("bias"))
        case layers.Dense():
            return layer.activation(tf.matmul(x, weight("kernel"), transpose_b=True) + weight("bias"))
        case layers.MaxPooling2D():
            return tf.nn.max_pool2d(x, layer.pool_size, layer.strides, layer.padding.upper())
        case layers.BatchNormalization():
            scale = weight("gamma") * tf.math.rsqrt(weight("moving_variance") + layer.epsilon)
            return x * scale + (weight("beta") - weight("moving_mean") * scale)
        case layers.Flatten():
            # The width is left to inference: written down, it would tie the file to these widths.
            return tf.reshape(x, tf.stack([tf.shape(x)[0], -1]))
        case layers.Activation():
            return layer.activation(x)
    raise TypeError(f"no LiteRT for {type(layer).__name__}")


def finished(model: bytes, names: Sequence[str]) -> bytes:
    """The converted file made independent of widths, its outputs in the order of `names`.

    The converter gives each convolution a bias of zeros, as wide as this network, and adds the real bias afterwards.
    Here the real bias replaces the zeros: no width remains, and two operations become one.
    """
    file = flatbuffer_utils.convert_bytearray_to_object(bytearray(model))
    graph = file.subgraphs[0]
    makers = {operator.outputs[0]: operator for operator in graph.operators}
    kept = []
    for operator in graph.operators:
        maker = makers.get(operator.inputs[0])
        if kind(file, operator) == schema.BuiltinOperator.ADD and maker and kind(file, maker) in BIASED:
            maker.inputs = [*maker.inputs[:2], operator.inputs[1]]
            maker.outputs = operator.outputs
            maker.builtinOptions.fusedActivationFunction = operator.builtinOptions.fusedActivationFunction
        else:
            kept.append(operator)
    graph.operators = kept
    outputs = {output.name.decode(): output.tensorIndex for output in file.signatureDefs[0].outputs}
    graph.outputs = [outputs[name] for name in names]
    # Names and versions of the converter, which say nothing about the network.
    file.metadata = file.metadataBuffer = None
    return bytes(flatbuffer_utils.convert_object_to_bytearray(file))


def kind(file: Any, operator: Any) -> int:
    """The operator's code in `schema.BuiltinOperator`."""
    code = file.operatorCodes[operator.opcodeIndex]
    return max(code.builtinCode, code.deprecatedBuiltinCode)
