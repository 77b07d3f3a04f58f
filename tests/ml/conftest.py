import numpy as np
import pytest

from lib.core.digits import Images, load_images


@pytest.fixture(scope="session")
def mnist() -> Images:
    return load_images("mnist")


@pytest.fixture(scope="session")
def few(mnist: Images) -> Images:
    """The first 200 training and 100 test images: enough to learn something, quick to go through."""
    return cut(mnist, 200, 100)


def cut(images: Images, train: int, test: int) -> Images:
    return Images(
        x_train=images.x_train[:train],
        y_train=images.y_train[:train],
        x_test=images.x_test[:test],
        y_test=images.y_test[:test],
    )


def only(images: Images, label: int) -> Images:
    """Nothing but images of one class."""
    train, test = np.flatnonzero(images.y_train == label), np.flatnonzero(images.y_test == label)
    return Images(
        x_train=images.x_train[train],
        y_train=images.y_train[train],
        x_test=images.x_test[test],
        y_test=images.y_test[test],
    )
