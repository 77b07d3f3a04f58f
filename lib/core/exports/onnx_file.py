"""A network as an ONNX file, written node by node from the weights alone: neither TensorFlow nor a converter is needed.

    input    images          float32 (n, 28, 28, 1), from 0, the paper, to 1, the ink
    output   probabilities   float32 (n, 10)

Operators and their attributes: https://onnx.ai/onnx/operators, opset 20, the first with Gelu.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from lib.core.data.dataset import CLASSES, SIDE
from lib.core.inference.litert import Weights
from lib.core.inference.portable import EPSILON
from lib.core.training.config import TrainConfig

OPSET, IR_VERSION = 20, 9
"""The file's format is as old as its operators allow, so that older runtimes open it as well."""
IMAGES, PROBABILITIES = "images", "probabilities"
BENDS: Mapping[str, str] = {"relu": "Relu", "tanh": "Tanh", "sigmoid": "Sigmoid", "gelu": "Gelu"}
CHANNELS_FIRST, CHANNELS_LAST = (0, 3, 1, 2), (0, 2, 3, 1)
"""ONNX convolves (n, channels, height, width), Keras (n, height, width, channels)."""


def onnx_file(config: TrainConfig, weights: Weights) -> bytes:
    """The network of a run with these weights, by their names in a checkpoint; it computes in float32."""
    chain = Chain(weights, BENDS[config.activation])
    BODIES[config.network](chain)
    chain.dense("d1")
    chain.bend()
    chain.dense("d2")
    chain.then("Softmax", axis=1)
    chain.nodes[-1].output[0] = PROBABILITIES
    images = helper.make_tensor_value_info(IMAGES, TensorProto.FLOAT, ["n", SIDE, SIDE, 1])
    probabilities = helper.make_tensor_value_info(PROBABILITIES, TensorProto.FLOAT, ["n", CLASSES])
    graph = helper.make_graph(chain.nodes, config.network, [images], [probabilities], chain.tensors)
    opset = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=IR_VERSION, producer_name="TF2 Lab")
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString()


class Chain:
    """Nodes one after the other, each with the output of the one before as its first input."""

    def __init__(self, weights: Weights, bend: str) -> None:
        self.nodes: list[Any] = []
        self.tensors: list[Any] = []
        self._weights, self._bend = weights, bend
        self._last = IMAGES

    def then(self, operator: str, *tensors: str, **attributes: Any) -> None:
        """Adds a node with these tensors as its further inputs."""
        output = f"{operator.lower()}{len(self.nodes) + 1}"
        self.nodes.append(helper.make_node(operator, [self._last, *tensors], [output], **attributes))
        self._last = output

    def tensor(self, name: str, axes: tuple[int, ...] | None = None) -> str:
        """Stores the weight, its axes in the given order; returns its name."""
        array: NDArray[np.generic] = np.asarray(self._weights[name], np.float32)
        array = array if axes is None else array.transpose(axes)
        self.tensors.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def bend(self) -> None:
        """The activation of the hidden layers."""
        self.then(self._bend)

    def conv(self, layer: str, stride: int = 1, pad: int = 0) -> None:
        """A convolution, without its activation."""
        kernel, bias = self.tensor(f"{layer}/kernel", (3, 2, 0, 1)), self.tensor(f"{layer}/bias")
        self.then("Conv", kernel, bias, strides=[stride, stride], pads=4 * [pad])

    def pool(self) -> None:
        """The maximum of each 2 × 2 square."""
        self.then("MaxPool", kernel_shape=[2, 2], strides=[2, 2])

    def norm(self, layer: str) -> None:
        """A batch normalisation with its running mean and variance."""
        parts = ("gamma", "beta", "moving_mean", "moving_variance")
        self.then("BatchNormalization", *(self.tensor(f"{layer}/{part}") for part in parts), epsilon=EPSILON)

    def dense(self, layer: str) -> None:
        """A dense layer, without its activation."""
        self.then("Gemm", self.tensor(f"{layer}/kernel"), self.tensor(f"{layer}/bias"))

    def turn(self, axes: tuple[int, ...]) -> None:
        """The axes in another order."""
        self.then("Transpose", perm=axes)


def seed(chain: Chain) -> None:
    """The layers of MyModel before its dense ones."""
    chain.turn(CHANNELS_FIRST)
    chain.conv("conv1")
    chain.bend()
    flatten(chain)


def mlp(chain: Chain) -> None:
    """Dense layers only: the image becomes one row."""
    chain.then("Flatten", axis=1)


def lenet(chain: Chain) -> None:
    """Two convolutions with their poolings; Keras' padding “same” of a 5 × 5 kernel is 2 on every side."""
    chain.turn(CHANNELS_FIRST)
    for layer, pad in (("conv1", 2), ("conv2", 0)):
        chain.conv(layer, pad=pad)
        chain.bend()
        chain.pool()
    flatten(chain)


def fast(chain: Chain) -> None:
    """A stride, a pooling, and a normalisation before the second bend."""
    chain.turn(CHANNELS_FIRST)
    chain.conv("conv1", stride=2)
    chain.bend()
    chain.conv("conv2")
    chain.pool()
    chain.norm("norm2")
    chain.bend()
    flatten(chain)


def flatten(chain: Chain) -> None:
    """One row for each image, in Keras' order."""
    chain.turn(CHANNELS_LAST)
    chain.then("Flatten", axis=1)


BODIES = {"seed": seed, "mlp": mlp, "lenet": lenet, "fast": fast}
