"""The network inside a page that stands alone is the run's own; browser tests open the page itself."""

import re

import numpy as np
import pytest

from lib.core.data.dataset import load_images
from lib.core.exports.one_file import ASSETS, bundled
from lib.core.exports.webpage import NotAPage, WeightTooLarge, read_web_page, web_page
from lib.core.inference.litert import LiteError, network_of, shipped
from lib.core.inference.portable import shipped_portable
from lib.core.inference.small_weights import restored, shrunk
from lib.core.training.config import TrainConfig
from tests.core.exports.runs import drawn_weights


@pytest.mark.parametrize("activation", ["relu", "gelu", "tanh", "sigmoid"])
@pytest.mark.parametrize("network", ["seed", "mlp", "lenet", "fast"])
def test_every_network_comes_back_out_of_its_page(network: str, activation: str) -> None:
    config = TrainConfig(network=network, activation=activation, filters=5, dense_units=12)
    weights = drawn_weights(config)
    images = load_images("mnist").x_test[:30]
    wanted = network_of(config).probabilities(weights, images)
    told = read_web_page(web_page(config, weights))(images)
    assert told.dtype == np.float32
    assert np.abs(told - wanted).max() <= 4e-3, "float16"
    assert np.abs(read_web_page(web_page(config, weights, small=True))(images) - wanted).max() <= 0.1, "int8"


def test_the_shipped_model_reads_a_thousand_digits_alike() -> None:
    network, weights = shipped()
    images = load_images("mnist").x_test[:1_000]
    wanted = network.probabilities(weights, images)
    for small, close in ((False, 2e-3), (True, 3e-2)):
        page = web_page(None, weights, small=small)
        told = read_web_page(page)(images)
        assert np.abs(told - wanted).max() <= close
        assert (told.argmax(axis=1) == wanted.argmax(axis=1)).all()


def test_a_small_weight_is_at_most_half_a_step_off() -> None:
    portable = shipped_portable(shipped()[1])
    exact = np.frombuffer(portable.weights, np.float16).astype(np.float32)
    off = np.abs(restored(portable.layers, shrunk(portable)) - exact)
    assert 0 < off.max() <= np.abs(exact).max() / 127 / 2 * 1.001


def test_a_page_says_whose_it_is_and_takes_a_name_for_text() -> None:
    config = TrainConfig(network="mlp", dense_units=16, epochs=3)
    for language, words in (("en", ("98.41 %", "Epochs 3", 'lang="en"')), ("ko", ("98.41", "에포크 3", 'lang="ko"'))):
        page = web_page(
            config, drawn_weights(config), language=language, name="</script><b>me & you</b>", accuracy=0.9841
        ).decode()
        assert all(word in page for word in words)
        assert "&lt;/script&gt;&lt;b&gt;me &amp; you&lt;/b&gt;" in page
        assert "<b>" not in page


def test_the_bundle_holds_the_files_themselves() -> None:
    """Line by line, but for what makes them modules."""
    lines = set(bundled("prepare_drawing", "run_network").splitlines())
    for name in ("prepare_drawing", "run_network"):
        own = (ASSETS / f"{name}.js").read_text().splitlines()
        assert {re.sub(r"^export ", "", line) for line in own} <= lines


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"d1/kernel": np.full((784, 16), 1e5, np.float32)}, WeightTooLarge),
        ({"d1/kernel": np.full((784, 16), np.nan, np.float32)}, LiteError),
        ({"d1/kernel": np.zeros((3, 16), np.float32)}, LiteError),
    ],
)
def test_weights_that_no_page_can_hold_are_refused_with_a_reason(wrong, error) -> None:
    config = TrainConfig(network="mlp", dense_units=16)
    with pytest.raises(error) as refused:
        web_page(config, drawn_weights(config) | wrong)
    assert refused.value.sentence()
    if error is WeightTooLarge:
        assert "100,000" in refused.value.sentence()


def test_a_damaged_page_is_refused() -> None:
    config = TrainConfig(network="mlp", dense_units=16)
    whole = web_page(config, drawn_weights(config))
    at = whole.index(b'id="weights"') + 400
    for html in (
        b"",
        b"<html>no page</html>",
        whole.replace(b'"kind": "dense"', b'"kind": "magic"'),
        whole.replace(b'"sizes": [12544, 16]', b'"sizes": [12545, 16]'),
        whole.replace(b'"layers"', b'"towers"'),
        whole[:at] + b"????" + whole[at + 4 :],
        whole[:at] + whole[at + 400 :],
    ):
        assert html != whole
        with pytest.raises(NotAPage):
            read_web_page(html)
