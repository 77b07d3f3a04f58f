"""The data set: the shipped file is the whole MNIST, unchanged, and anything else is refused."""

import numpy as np
import pytest

from lib.core.data import dataset
from lib.core.data.dataset import DataUnavailable, Images, class_counts, load_images, sample_grid


@pytest.fixture(scope="module")
def mnist():
    return load_images("mnist")


def test_mnist_is_whole(mnist):
    assert mnist.x_train.shape == (60_000, 28, 28)
    assert mnist.x_test.shape == (10_000, 28, 28)
    # The mean and deviation that everybody quotes for MNIST, 0.1307 and 0.3081 of 255.
    assert mnist.x_train.mean() == pytest.approx(0.1307 * 255, rel=1e-3)
    assert mnist.x_train.std() == pytest.approx(0.3081 * 255, rel=1e-3)


def test_class_counts_are_the_published_ones(mnist):
    assert class_counts(mnist.y_test).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


def test_a_subset_keeps_the_test_images(mnist):
    few = mnist.first(100)
    assert len(few.x_train) == len(few.y_train) == 100
    assert few.x_test is mnist.x_test


def test_a_damaged_file_is_refused(tmp_path):
    damaged = tmp_path / "mnist.npz"
    content = bytearray(dataset.MNIST.read_bytes())
    content[1000] ^= 1
    damaged.write_bytes(content)
    with pytest.raises(DataUnavailable, match="SHA-256"):
        dataset.verify(damaged, dataset.MNIST_SHA256)


def test_a_set_that_was_never_fetched_is_said_to_be_missing(tmp_path, monkeypatch):
    monkeypatch.setenv("TF2LAB_HOME", str(tmp_path))
    with pytest.raises(DataUnavailable) as missing:
        load_images("fashion_mnist")
    assert missing.value.dataset == "fashion_mnist"


def test_a_fetched_set_is_read(tmp_path, monkeypatch, mnist):
    monkeypatch.setenv("TF2LAB_HOME", str(tmp_path))
    path = dataset.fetched("fashion_mnist")
    path.parent.mkdir()
    few = mnist.first(10)
    np.savez(path, x_train=few.x_train, y_train=few.y_train, x_test=few.x_test, y_test=few.y_test)
    assert np.array_equal(load_images("fashion_mnist").x_train, few.x_train)


@pytest.mark.parametrize(
    "wrong",
    [
        {"x_train": np.zeros((2, 28, 28), np.float32)},
        {"x_train": np.zeros((2, 28, 27), np.uint8)},
        {"x_test": np.zeros((0, 28, 28), np.uint8)},
        {"y_train": np.zeros(3, np.uint8)},
        {"y_train": np.array([0, 10], np.uint8)},
        {"y_test": np.zeros(2, np.int64)},
    ],
)
def test_images_of_another_shape_or_type_are_refused(wrong):
    x, y = np.zeros((2, 28, 28), np.uint8), np.zeros(2, np.uint8)
    with pytest.raises(ValueError, match="must be uint8"):
        Images(**({"x_train": x, "y_train": y, "x_test": x, "y_test": y} | wrong))


def test_the_sample_grid_has_a_row_for_each_class(mnist):
    grid = sample_grid(mnist.x_train, mnist.y_train, columns=3)
    assert grid.shape == (280, 84)
    for label in range(10):
        third = mnist.x_train[np.flatnonzero(mnist.y_train == label)[2]]
        assert np.array_equal(grid[label * 28 : (label + 1) * 28, 56:], third)


def test_a_class_without_images_leaves_its_row_empty():
    one = np.full((1, 28, 28), 9, np.uint8)
    grid = sample_grid(one, np.array([4], np.uint8), columns=2)
    assert (grid[112:140, :28] == 9).all()
    assert grid.sum() == 9 * 28 * 28
