"""LiteRT without TensorFlow: correct numbers, from any thread, and a clear error for weights that do not fit."""

import hashlib
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.data.dataset import load_images
from lib.core.inference import litert
from lib.core.inference.litert import LiteError, LiteNetwork, checksums, network_of, shipped
from lib.core.training.architectures import weight_shapes
from lib.core.training.config import SETTINGS, TrainConfig

SMALL = TrainConfig(network="mlp", dense_units=16)


def some_weights(config, seed=0):
    """Random weights, none negative, so that they are valid as variances too."""
    random = np.random.default_rng(seed)
    shapes = weight_shapes(config)
    return {name: (random.random(shape) / 10).astype(np.float32) for name, shape in shapes.items()}


def some_images(size, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (size, 28, 28), np.uint8)


def by_hand(weights, images):
    """The dense network's answer by plain arithmetic."""
    x = images.reshape(len(images), -1) / 255
    hidden = np.maximum(x @ weights["d1/kernel"] + weights["d1/bias"], 0)
    scores = np.exp(hidden @ weights["d2/kernel"] + weights["d2/bias"])
    return hidden, scores / scores.sum(axis=1, keepdims=True)


@pytest.fixture
def network():
    return network_of(SMALL)


def test_probabilities_and_layers_are_those_of_the_arithmetic(network):
    weights, images = some_weights(SMALL), some_images(3)
    prediction = network.predict(weights, images)
    hidden, probabilities = by_hand(weights, images)
    assert prediction.probabilities == pytest.approx(probabilities, abs=1e-5)
    assert list(prediction.layers) == ["flatten", "d1", "d2"]
    assert prediction.layers["flatten"] == pytest.approx(images.reshape(3, -1) / 255)
    assert prediction.layers["d1"] == pytest.approx(hidden, abs=1e-4)
    assert np.array_equal(prediction.layers["d2"], prediction.probabilities)


def test_sizes_and_weights_may_change_from_call_to_call(network):
    for size, seed in [(1, 0), (5, 0), (5, 1), (2, 1), (1, 0), (litert.MAX_IMAGES, 2), (1, 2)]:
        weights, images = some_weights(SMALL, seed), some_images(size, size)
        assert network.predict(weights, images).probabilities == pytest.approx(by_hand(weights, images)[1], abs=1e-5)


def test_many_images_are_gone_through_in_parts(network):
    weights, images = some_weights(SMALL), some_images(2 * litert.MAX_IMAGES + 1)
    assert network.probabilities(weights, images) == pytest.approx(by_hand(weights, images)[1], abs=1e-5)
    with pytest.raises(LiteError, match="at most 100 images"):
        network.predict(weights, images)
    with pytest.raises(LiteError, match="n > 0"):
        network.probabilities(weights, images[:0])


def test_every_architecture_ships_and_takes_every_width():
    for network in SETTINGS["network"].options:
        for activation in SETTINGS["activation"].options:
            for filters, units in [(1, 1), (32, 128), (7, 30)]:
                config = TrainConfig(network=network, activation=activation, filters=filters, dense_units=units)
                seen = network_of(config).predict(some_weights(config), some_images(2))
                assert seen.probabilities.shape == (2, 10)
                assert seen.probabilities.sum(axis=1) == pytest.approx(1, abs=1e-5)
                assert seen.layers["d1"].shape == (2, units)


def test_threads_share_a_network_and_each_gets_its_own_answer(network):
    work = [(some_weights(SMALL, seed), some_images(1 + seed % 3, seed)) for seed in range(8)]
    wrong = []

    def ask(weights, images):
        for _ in range(20):
            found = network.predict(weights, images).probabilities
            if not np.allclose(found, by_hand(weights, images)[1], atol=1e-5):
                wrong.append(found)

    threads = [threading.Thread(target=ask, args=pair) for pair in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_what_was_predicted_stays_as_it_was(network):
    weights = some_weights(SMALL)
    first = network.predict(weights, some_images(1, 1))
    before = first.layers["d1"].copy()
    network.predict(weights, some_images(1, 2))
    assert np.array_equal(first.layers["d1"], before)


def test_memory_stays_flat_over_many_predictions():
    config = TrainConfig(network="fast")
    network, process = network_of(config), psutil.Process()
    weights, images = (some_weights(config), some_weights(config, 1)), some_images(2)

    def go(times):
        for k in range(times):
            network.predict(weights[k // 10 % 2], images[: 1 + k // 5 % 2])

    go(100)
    before = process.memory_info().rss
    go(1000)
    # The weights alone are 0.5 MB and are taken over 100 times: a leak of them would be 50 MB.
    assert process.memory_info().rss - before < 8e6


@pytest.mark.parametrize(
    ("name", "wrong", "words"),
    [
        (
            "d1/kernel",
            np.zeros((784, 17), np.float32),
            r"d1/kernel must be float32 \(784, 16\), got float32 \(784, 17\)",
        ),
        ("d1/kernel", np.zeros((16, 784), np.float32), r"got float32 \(16, 784\)"),
        ("d1/bias", np.zeros(16), "got float64"),
        ("d1/bias", np.array([None] * 16), "got object"),
        ("d1/bias", [0.0] * 16, "got list"),
        ("d2/bias", np.full(10, np.nan, np.float32), "d2/bias holds numbers that are not finite"),
        ("d2/bias", np.full(10, np.inf, np.float32), "d2/bias holds numbers that are not finite"),
        ("d3/bias", np.zeros(10, np.float32), "does not have: d3/bias"),
    ],
)
def test_weights_that_do_not_fit_are_refused_and_the_right_ones_still_work(network, name, wrong, words):
    weights, images = some_weights(SMALL), some_images(1)
    right = network.predict(weights, images).probabilities
    with pytest.raises(LiteError, match=words):
        network.predict(weights | {name: wrong}, images)
    assert np.array_equal(network.predict(weights, images).probabilities, right)


def test_weights_too_large_for_an_answer_are_refused(network):
    weights = {name: np.full_like(array, 1e38) for name, array in some_weights(SMALL).items()}
    weights["d2/kernel"][::2] *= -1  # infinity less infinity
    with pytest.raises(LiteError, match="no number"):
        network.predict(weights, some_images(1))


def test_missing_weights_are_named(network):
    weights = some_weights(SMALL)
    del weights["d2/kernel"]
    with pytest.raises(LiteError, match="missing: d2/kernel"):
        network.predict(weights, some_images(1))


@pytest.mark.parametrize(
    "images",
    [
        np.zeros((1, 28, 28), np.float32),
        np.zeros((0, 28, 28), np.uint8),
        np.zeros((28, 28), np.uint8),
        np.zeros((1, 28, 28, 1), np.uint8),
        np.zeros((), np.uint8),
        [[0]],
    ],
)
def test_images_of_another_kind_are_refused(network, images):
    with pytest.raises(LiteError, match="images must be"):
        network.predict(some_weights(SMALL), images)


@given(st.binary(max_size=2000))
def test_foreign_bytes_never_reach_litert(content):
    with pytest.raises(LiteError, match="SHA-256"):
        LiteNetwork(content, checksums()["mlp-relu.tflite"], weight_shapes(SMALL))


def test_a_model_of_another_network_is_refused():
    model = (litert.SHIPPED / "lenet-relu.tflite").read_bytes()
    with pytest.raises(LiteError, match="the model takes"):
        LiteNetwork(model, hashlib.sha256(model).hexdigest(), weight_shapes(SMALL))


def test_a_shipped_file_that_is_damaged_or_gone_is_refused(tmp_path, monkeypatch):
    content = bytearray((litert.SHIPPED / "mlp-relu.tflite").read_bytes())
    content[1000] ^= 1
    (tmp_path / "mlp-relu.tflite").write_bytes(content)
    (tmp_path / "SHA256SUMS").write_bytes((litert.SHIPPED / "SHA256SUMS").read_bytes())
    monkeypatch.setattr(litert, "SHIPPED", tmp_path)
    with pytest.raises(LiteError, match="SHA-256"):
        network_of(SMALL)
    (tmp_path / "mlp-relu.tflite").unlink()
    with pytest.raises(LiteError, match=r"mlp-relu\.tflite cannot be read"):
        network_of(SMALL)


def test_the_list_of_checksums_names_every_shipped_file():
    files = {path.name: path.read_bytes() for path in litert.SHIPPED.iterdir() if path.suffix in (".tflite", ".npz")}
    assert {name: hashlib.sha256(content).hexdigest() for name, content in files.items()} == checksums()
    assert sum(map(len, files.values())) < 2e6


def test_tensorflow_is_not_needed():
    code = """
import sys
import numpy as np
from lib.core.training.config import TrainConfig
from lib.core.inference.litert import network_of
from lib.core.training.architectures import weight_shapes
config = TrainConfig(network="fast")
weights = {name: np.ones(shape, np.float32) for name, shape in weight_shapes(config).items()}
network_of(config).predict(weights, np.zeros((1, 28, 28), np.uint8))
print(sorted({name.partition(".")[0] for name in sys.modules} & {"tensorflow", "keras", "jax", "torch"}))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[3], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("file", ["digits.npz", "digits.tflite"])
def test_a_shipped_model_that_is_damaged_or_gone_is_refused(tmp_path, monkeypatch, file):
    for name in ("digits.npz", "digits.tflite", "SHA256SUMS"):
        (tmp_path / name).write_bytes((litert.SHIPPED / name).read_bytes())
    monkeypatch.setattr(litert, "SHIPPED", tmp_path)
    shipped()
    content = bytearray((tmp_path / file).read_bytes())
    content[1000] ^= 1
    (tmp_path / file).write_bytes(content)
    with pytest.raises(LiteError, match="SHA-256"):
        shipped()
    (tmp_path / file).unlink()
    with pytest.raises(LiteError, match="cannot be read"):
        shipped()


def test_the_shipped_model_reads_mnist():
    network, weights = shipped()
    images = load_images("mnist")
    taken = network.probabilities(weights, images.x_test).argmax(axis=1)
    assert (taken == images.y_test).mean() >= 0.993
