import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lib.core.training.shuffling import epoch_order

sizes = st.integers(1, 400)
buffers = st.integers(1, 500)
seeds = st.integers(0, 2**31 - 1)
epochs = st.integers(0, 99)


@given(sizes, buffers, seeds, epochs)
def test_every_image_once(size, buffer, seed, epoch):
    order = epoch_order(size, buffer, seed, epoch)
    assert order.dtype == np.int32
    assert np.array_equal(np.sort(order), np.arange(size))


@given(sizes, buffers, seeds, epochs)
def test_an_image_cannot_come_before_it_is_in_the_buffer(size, buffer, seed, epoch):
    order = epoch_order(size, buffer, seed, epoch)
    place = np.empty(size, int)
    place[order] = np.arange(size)
    assert (place >= np.arange(size) - buffer + 1).all()


@given(sizes, seeds, epochs)
def test_a_buffer_of_one_keeps_the_order(size, seed, epoch):
    assert np.array_equal(epoch_order(size, 1, seed, epoch), np.arange(size))


@given(sizes, buffers, seeds, epochs)
def test_the_order_depends_on_its_arguments_alone(size, buffer, seed, epoch):
    assert np.array_equal(epoch_order(size, buffer, seed, epoch), epoch_order(size, buffer, seed, epoch))


def test_epochs_and_seeds_differ():
    orders = [epoch_order(1000, 1000, seed, epoch) for seed in (0, 1) for epoch in (0, 1)]
    assert len({order.tobytes() for order in orders}) == 4


def test_a_full_buffer_draws_every_place_equally_often():
    """Chi-squared over where image 0 lands, 10 places, 5000 draws: 99.99 % of fair shuffles stay below 33.7."""
    places = [int(np.flatnonzero(epoch_order(10, 10, seed, 0) == 0)[0]) for seed in range(5000)]
    counts = np.bincount(places, minlength=10)
    assert ((counts - 500) ** 2 / 500).sum() < 33.7


def test_a_small_buffer_draws_as_tf_data_does():
    """With a buffer of 2 image 0 waits for k draws with probability 1/2 each: a geometric law, as tf.data has it."""
    places = [int(np.flatnonzero(epoch_order(50, 2, seed, 0) == 0)[0]) for seed in range(4000)]
    shares = np.bincount(places, minlength=50)[:4] / 4000
    assert np.abs(shares - [1 / 2, 1 / 4, 1 / 8, 1 / 16]).max() < 0.035
