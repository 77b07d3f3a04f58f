import gzip
import socket
from pathlib import Path

import numpy as np
import pytest

from lib.core.data.dataset import DataUnavailable, fetched
from lib.ml.training.datasets import fetch, save


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch) -> Path:
    """The app's folder and Keras' own, both empty; returns the second."""
    monkeypatch.setenv("TF2LAB_HOME", str(tmp_path / "app"))
    monkeypatch.setattr("keras.src.backend.config._KERAS_DIR", str(tmp_path / "keras"))
    return tmp_path / "keras"


def fill(keras: Path, train: int, test: int) -> None:
    """Fashion-MNIST as Keras caches it after a download, only smaller."""
    folder = keras / "datasets" / "fashion-mnist"
    folder.mkdir(parents=True)
    random = np.random.default_rng(0)
    for part, size in (("train", train), ("t10k", test)):
        pixels = random.integers(0, 256, size * 28 * 28, dtype=np.uint8)
        labels = random.integers(0, 10, size, dtype=np.uint8)
        with gzip.open(folder / f"{part}-images-idx3-ubyte.gz", "wb") as file:
            file.write(bytes(16) + pixels.tobytes())
        with gzip.open(folder / f"{part}-labels-idx1-ubyte.gz", "wb") as file:
            file.write(bytes(8) + labels.tobytes())


def test_mnist_needs_no_download(mnist):
    assert np.array_equal(fetch("mnist").x_test, mnist.x_test)


def test_a_downloaded_set_is_kept_in_the_apps_folder(folders):
    fill(folders, 30, 20)
    images = fetch("fashion_mnist")
    assert (images.x_train.shape, images.y_test.shape) == ((30, 28, 28), (20,))
    (folders / "datasets" / "fashion-mnist" / "t10k-labels-idx1-ubyte.gz").unlink()
    assert np.array_equal(fetch("fashion_mnist").x_train, images.x_train)
    assert [path.name for path in fetched("fashion_mnist").parent.iterdir()] == ["fashion_mnist.npz"]


def test_without_a_network_it_is_said_soon_and_nothing_stays(folders, monkeypatch):
    patient = []

    def notes_its_patience(*_, **__):
        patient.append(socket.getdefaulttimeout())
        unreachable()

    monkeypatch.setattr("urllib.request.urlopen", notes_its_patience)
    with pytest.raises(DataUnavailable, match=r"fashion_mnist: the download failed: .*unreachable"):
        fetch("fashion_mnist")
    assert patient != []
    assert max(patient) < 15, "a server that is silent is not waited for any longer"
    assert not [path for path in fetched("fashion_mnist").parent.parent.rglob("*") if path.is_file()]
    assert not [path for path in folders.rglob("*") if path.is_file()]


def unreachable(*_, **__):
    raise OSError("Network is unreachable")


def test_a_damaged_archive_is_no_data(folders):
    fill(folders, 3, 2)
    (folders / "datasets" / "fashion-mnist" / "t10k-images-idx3-ubyte.gz").write_bytes(b"not gzip")
    with pytest.raises(DataUnavailable):
        fetch("fashion_mnist")


def test_a_broken_write_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("os.replace", unreachable)
    with pytest.raises(OSError, match="unreachable"):
        save(tmp_path / "new" / "set.npz", x=np.zeros(3))
    assert not list((tmp_path / "new").iterdir())
