"""Shapes and parameters by arithmetic, checked by counting; tests/ml checks them against Keras."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from lib.core.data.dataset import CLASSES
from lib.core.training.architectures import conv, describe, pool, weight_shapes
from lib.core.training.config import SETTINGS, TrainConfig

NETWORKS = tuple(SETTINGS["network"].options)


@given(st.integers(1, 30), st.integers(1, 7), st.integers(1, 3), st.integers(1, 8), st.integers(1, 8))
def test_a_convolution_puts_out_a_number_wherever_its_kernel_has_room(side, kernel, stride, channels, filters):
    places = [at for at in range(0, side, stride) if at + kernel <= side]
    if places:
        layer = conv((side, side, channels), filters, kernel, stride)
        assert layer.shape == (len(places), len(places), filters)
    padded = conv((side, side, channels), filters, kernel, stride, padding="same")
    assert padded.shape[:2] == (len(range(0, side, stride)),) * 2


@given(st.integers(2, 30), st.integers(2, 30), st.integers(1, 4))
def test_pooling_keeps_whole_squares(height, width, channels):
    squares = [
        (y, x) for y, x in product(range(0, height, 2), range(0, width, 2)) if y + 2 <= height and x + 2 <= width
    ]
    rows, columns, kept = pool((height, width, channels)).shape
    assert (rows * columns, kept) == (len(squares), channels)


@given(st.sampled_from(NETWORKS), st.integers(1, 64), st.integers(1, 256), st.sampled_from([0.0, 0.3]))
def test_a_network_has_as_many_parameters_as_its_weights_have_numbers(network, filters, units, dropout):
    config = TrainConfig(network=network, filters=filters, dense_units=units, dropout=dropout)
    layers = describe(config)
    assert layers[-1].shape == (CLASSES,)
    numbers = 0
    for shape in weight_shapes(config).values():
        count = 1
        for length in shape:
            count *= length
        numbers += count
    assert sum(layer.parameters for layer in layers) == numbers
    kept_only = sum(layer.parameters - layer.trainable for layer in layers)
    assert kept_only == (2 * filters if network == "fast" else 0), "the running mean and variance"
