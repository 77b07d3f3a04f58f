"""An ONNX file says in ONNX Runtime what the app says, for every network, activation and precision."""

import numpy as np
import onnxruntime
import pytest

from lib.core.data.dataset import load_images
from lib.core.exports.figures import DIGITS, compared
from lib.core.exports.formats import FORMATS
from lib.core.exports.onnx_file import IMAGES, onnx_file
from lib.core.inference.litert import network_of
from lib.core.training.config import SETTINGS, TrainConfig
from tests.core.exports.random_network import random_weights

DIGITS_READ = load_images("mnist").x_test[:DIGITS]


@pytest.mark.parametrize("network", SETTINGS["network"].options)
@pytest.mark.parametrize("activation", SETTINGS["activation"].options)
@pytest.mark.parametrize("precision", SETTINGS["precision"].options)
def test_onnx_runtime_reads_a_thousand_digits_as_the_app_does(network: str, activation: str, precision: str) -> None:
    config = TrainConfig(
        network=network, activation=activation, precision=precision, filters=6, dense_units=20, dropout=0.3
    )
    weights = random_weights(config)
    session = onnxruntime.InferenceSession(onnx_file(config, weights), providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {IMAGES: DIGITS_READ.astype(np.float32)[..., None] / 255})
    expected = network_of(config).probabilities(weights, DIGITS_READ)
    assert np.ptp(expected, axis=0).max() > 0.01, "a network that always says the same would hide a mistake"
    difference, digits, same = compared([expected], [found])
    assert (digits, same) == (DIGITS, DIGITS)
    assert difference < 1e-5 < FORMATS["onnx"].within
