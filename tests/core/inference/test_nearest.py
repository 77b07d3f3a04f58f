"""Nearest training images: equal to brute force, by the outputs of the network's last layer but one."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lib.core.data.dataset import load_images
from lib.core.inference import litert, nearest
from lib.core.inference.litert import network_of, shipped
from lib.core.training.architectures import weight_shapes
from lib.core.training.config import TrainConfig

SMALL = TrainConfig(network="mlp", dense_units=16)
numbers = st.floats(-100, 100, width=16)


@given(st.data(), st.integers(1, 9), st.integers(1, 5), st.integers(1, 12))
def test_brute_force_finds_the_same(data: st.DataObject, count: int, units: int, wanted: int) -> None:
    features = data.draw(hnp.arrays(np.float16, (count, units), elements=numbers))
    feature = data.draw(hnp.arrays(np.float16, units, elements=numbers))
    far = nearest.distances(features, feature)
    found = nearest.nearest(far, wanted)
    by_hand = [math.dist(map(float, row), map(float, feature)) for row in features]
    assert far == pytest.approx(by_hand, rel=1e-5, abs=1e-5)
    assert len(set(found.tolist())) == len(found) == min(wanted, count)
    assert [by_hand[k] for k in found] == pytest.approx(sorted(by_hand)[:wanted], rel=1e-5, abs=1e-5)


def test_of_equally_distant_ones_the_first_comes_first_across_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearest, "ROWS", 3)
    features = np.zeros((10, 2), np.float16)
    features[[2, 7]] = 5
    far = nearest.distances(features, np.full(2, 5, np.float16))
    assert nearest.nearest(far, 4).tolist() == [2, 7, 0, 1]
    assert far[[2, 7]].tolist() == [0, 0]


def test_features_are_what_goes_into_the_last_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(litert, "PART", 4)
    random = np.random.default_rng(0)
    weights = {name: random.normal(0, 0.1, shape).astype(np.float32) for name, shape in weight_shapes(SMALL).items()}
    images = random.integers(0, 256, (10, 28, 28), np.uint8)
    found = nearest.features_of(network_of(SMALL), weights, images)
    by_hand = np.maximum(images.reshape(10, -1) / 255 @ weights["d1/kernel"] + weights["d1/bias"], 0)
    assert found.dtype == np.float16
    assert found == pytest.approx(by_hand, abs=2e-3)


def test_an_image_is_nearest_to_itself_and_huge_features_stay_numbers() -> None:
    network, weights = shipped()
    images = load_images("mnist").x_test[:20]
    features = nearest.features_of(network, weights, images)
    one = nearest.features_in(network.predict(weights, images[13:14]))
    far = nearest.distances(features, one[0])
    assert (nearest.nearest(far, 1).tolist(), far[13]) == ([13], 0.0)
    huge = {name: array * 1e4 if name == "d1/kernel" else array for name, array in weights.items()}
    assert np.isfinite(nearest.features_of(network, huge, images)).all()
