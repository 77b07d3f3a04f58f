"""Files that TensorFlow makes say what the run's own network says, opened without any class of this app."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from lib.core.data.dataset import Images
from lib.core.exports.figures import DIGITS, compared, passes
from lib.core.exports.formats import FORMATS
from lib.core.training.config import TrainConfig
from lib.core.training.events import Checkpoint
from lib.ml.exports.check import figures_of
from lib.ml.exports.makers import MAKERS, scaled
from lib.ml.exports.parcel import Parcel, packed
from lib.ml.exports.readers import READERS
from lib.ml.training.networks import build_network, named_weights

pytestmark = [
    # What Keras and the converter say of themselves.
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Statistics for quantized inputs were expected:UserWarning"),
]

NETWORKS = [
    TrainConfig(network="seed", activation="relu", filters=4, dense_units=16, dropout=0.3),
    TrainConfig(network="mlp", activation="sigmoid", dense_units=16, precision="mixed_bfloat16"),
    TrainConfig(network="lenet", activation="gelu", filters=4, dense_units=16, precision="mixed_bfloat16"),
    TrainConfig(network="fast", activation="tanh", filters=4, dense_units=16, dropout=0.3),
]
BY_TENSORFLOW = [code for code, wanted in FORMATS.items() if wanted.has_network and wanted.kind != "onnx"]
"""ONNX has its own tests, `tests/core/exports/test_onnx_file.py`: its reference implementation is slow."""
OF_16_BITS = 0.03
"""bfloat16 keeps 8 bits: half a percent in each of a few layers, which the files, in float32, do not repeat."""


@pytest.fixture(scope="module", params=NETWORKS, ids=lambda c: f"{c.network}-{c.activation}-{c.precision}")
def trained(request: pytest.FixtureRequest, mnist: Images) -> tuple[Parcel, np.ndarray]:
    """A network that has learned a little, packed, and its own probabilities of the test images."""
    config: TrainConfig = request.param
    model = build_network(config)
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(scaled(mnist.x_train[:2000]), mnist.y_train[:2000], batch_size=50, epochs=4, shuffle=False, verbose=0)
    weights = {name: variable.numpy() for name, variable in named_weights(model.layers).items()}
    own = model(scaled(mnist.x_test[:DIGITS]), training=False).numpy()
    return packed("keras", config, Checkpoint(step=160, weights=weights), {}), own


@pytest.mark.parametrize("code", BY_TENSORFLOW)
def test_a_file_says_what_the_runs_network_says(trained: tuple[Parcel, np.ndarray], code: str, tmp_path: Path) -> None:
    parcel, own = trained
    parcel = replace(parcel, code=code)
    wanted, file = FORMATS[code], tmp_path / f"made{FORMATS[code].suffix}"
    MAKERS[wanted.kind](parcel, file)
    found = figures_of(parcel, file)
    assert passes(found, wanted), found
    assert found.digits == DIGITS
    within = wanted.within + (OF_16_BITS if parcel.settings.precision == "mixed_bfloat16" else 0)
    some = slice(0, 200)
    difference, _, same = compared([own[some]], [READERS[wanted.kind](file)(parcel.tested[some])])
    assert difference <= within
    assert same >= 0.93 * 200  # three standard deviations below the 97 % that `passes` asks of a thousand
    assert np.mean(own.argmax(axis=1) == own[0].argmax()) < 0.5, "the network has learned to tell digits apart"


def test_a_file_of_another_network_does_not_pass(mnist: Images, tmp_path: Path) -> None:
    one, other = (pack_untrained(seed) for seed in (1, 2))
    for code in ("keras", "onnx", "web", "web_small"):
        wanted, file = FORMATS[code], tmp_path / f"made{FORMATS[code].suffix}"
        MAKERS[wanted.kind](one, file)
        assert passes(figures_of(replace(one, code=code), file), wanted)
        assert not passes(figures_of(replace(other, code=code), file), wanted)


def pack_untrained(seed: int) -> Parcel:
    config = TrainConfig(network="mlp", dense_units=8, seed=seed)
    weights = {name: variable.numpy() for name, variable in named_weights(build_network(config).layers).items()}
    return packed("onnx", config, Checkpoint(step=0, weights=weights), {})


def test_a_keras_file_opens_without_us_and_goes_on_learning(mnist: Images, tmp_path: Path) -> None:
    parcel, file = pack_untrained(1), tmp_path / "made.keras"
    MAKERS["keras"](parcel, file)
    model = tf.keras.models.load_model(file)  # its safe mode would refuse anything of ours
    assert getattr(model, "optimizer", None) is None, "no optimizer came along"
    assert {type(layer).__module__.partition(".")[0] for layer in model.layers} == {"keras"}
    model.compile("adam", "sparse_categorical_crossentropy")
    images = scaled(mnist.x_train[:500])
    losses = model.fit(images, mnist.y_train[:500], epochs=2, verbose=0).history["loss"]
    assert losses[1] < losses[0]
