"""Single test images: the right ones, without loading the rest of the data set."""

import numpy as np
import pytest

from lib.core.data.dataset import DataUnavailable, fetched, load_images
from lib.core.data.pictures import pictures


def test_the_pictures_are_the_test_images_with_these_numbers():
    numbers = [9999, 0, 42, 42]
    np.testing.assert_array_equal(pictures("mnist", numbers), load_images("mnist").x_test[numbers])


def test_a_number_that_there_is_not_is_an_empty_paper():
    assert not pictures("mnist", [10_000, -1]).any()
    assert pictures("mnist", []).shape == (0, 28, 28)


@pytest.mark.parametrize("content", [None, b"", b"PK no archive", "no test images"])
def test_a_missing_or_damaged_data_set_is_said(content, tmp_path, monkeypatch):
    monkeypatch.setenv("TF2LAB_HOME", str(tmp_path))
    path = fetched("fashion_mnist")
    path.parent.mkdir()
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content:
        np.savez(path, x_train=np.zeros(3))
    with pytest.raises(DataUnavailable):
        pictures("fashion_mnist", [0])
