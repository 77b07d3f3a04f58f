"""Fashion-MNIST is downloaded once, here from a local server: its checksums must match, or it does not exist."""

import functools
import gzip
import hashlib
import http.server
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from lib.core.data.dataset import DataUnavailable, fetched
from lib.ml.training import datasets
from lib.ml.training.datasets import SHA256, fetch, save
from tests.processes import free_port


class Quiet(http.server.SimpleHTTPRequestHandler):
    asked: list[str] = []  # noqa: RUF012 - filled by whichever server runs

    def log_message(self, format: str, *args: object) -> None:
        self.asked.append(self.path)


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder that the local server serves; the app's own is empty."""
    monkeypatch.setenv("TF2LAB_HOME", str(tmp_path / "app"))
    folder = tmp_path / "there"
    folder.mkdir()
    Quiet.asked.clear()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder)) as server:
        monkeypatch.setattr(datasets, "SOURCE", f"http://127.0.0.1:{server.server_port}/")
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        yield folder
        server.shutdown()
        thread.join()


def fill(there: Path, monkeypatch: pytest.MonkeyPatch, train: int, test: int) -> dict[str, np.ndarray]:
    """Fills the folder like the published one, only smaller, with checksums; returns the contents."""
    random, held, sums = np.random.default_rng(0), {}, {}
    for part, size in (("train", train), ("t10k", test)):
        held[f"{part}-images-idx3-ubyte.gz"] = random.integers(0, 256, (size, 28, 28), dtype=np.uint8)
        held[f"{part}-labels-idx1-ubyte.gz"] = random.integers(0, 10, size, dtype=np.uint8)
    assert held.keys() == SHA256.keys()
    for name, array in held.items():
        packed = gzip.compress(bytes(16 if "images" in name else 8) + array.tobytes())
        (there / name).write_bytes(packed)
        sums[name] = hashlib.sha256(packed).hexdigest()
    monkeypatch.setattr(datasets, "SHA256", sums)
    return held


def left_behind() -> list[Path]:
    """The files in the app's folder."""
    return [path for path in fetched("fashion_mnist").parent.parent.rglob("*") if path.is_file()]


def test_mnist_needs_no_download(mnist):
    assert np.array_equal(fetch("mnist").x_test, mnist.x_test)


def test_a_downloaded_set_is_kept_in_the_apps_folder(there, monkeypatch):
    held = fill(there, monkeypatch, 30, 20)
    images = fetch("fashion_mnist")
    assert np.array_equal(images.x_train, held["train-images-idx3-ubyte.gz"])
    assert np.array_equal(images.y_train, held["train-labels-idx1-ubyte.gz"])
    assert np.array_equal(images.x_test, held["t10k-images-idx3-ubyte.gz"])
    assert np.array_equal(images.y_test, held["t10k-labels-idx1-ubyte.gz"])
    (there / "t10k-labels-idx1-ubyte.gz").unlink()
    datasets._read.cache_clear()
    assert np.array_equal(fetch("fashion_mnist").x_train, images.x_train)
    assert left_behind() == [fetched("fashion_mnist")]
    assert sorted(Quiet.asked) == sorted(f"/{name}" for name in SHA256), "each file is asked for once"


def test_nothing_is_said_on_standard_output_which_may_be_somebodys_json(there, monkeypatch, capfd):
    fill(there, monkeypatch, 3, 2)
    fetch("fashion_mnist")
    assert capfd.readouterr().out == ""


def test_without_a_network_it_is_said_and_nothing_stays(there, monkeypatch):
    monkeypatch.setattr(datasets, "SOURCE", f"http://127.0.0.1:{free_port()}/")
    with pytest.raises(DataUnavailable, match=r"fashion_mnist: the download failed: .*refused"):
        fetch("fashion_mnist")
    assert left_behind() == []


def test_a_server_that_is_silent_is_not_waited_for(there, monkeypatch):
    assert datasets.PATIENCE_SECONDS < 15
    monkeypatch.setattr(datasets, "PATIENCE_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(datasets, "SOURCE", f"http://127.0.0.1:{silent.getsockname()[1]}/")
        begin = time.monotonic()
        with pytest.raises(DataUnavailable, match="timed out"):
            fetch("fashion_mnist")
    assert time.monotonic() - begin < 15
    assert left_behind() == []


@pytest.mark.parametrize("name", list(SHA256))
def test_a_file_that_is_not_there_is_said_and_nothing_stays(there, monkeypatch, name):
    fill(there, monkeypatch, 3, 2)
    (there / name).unlink()
    with pytest.raises(DataUnavailable, match=f"404.*{name}"):
        fetch("fashion_mnist")
    assert left_behind() == []


@pytest.mark.parametrize("name", list(SHA256))
def test_a_file_that_is_not_what_its_checksum_says_is_no_data(there, monkeypatch, name):
    fill(there, monkeypatch, 3, 2)
    (there / name).write_bytes((there / name).read_bytes() + b"one more")
    with pytest.raises(DataUnavailable, match=name):
        fetch("fashion_mnist")
    assert left_behind() == []


def unreachable(*_, **__):
    raise OSError("Network is unreachable")


def test_a_broken_write_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("os.replace", unreachable)
    with pytest.raises(OSError, match="unreachable"):
        save(tmp_path / "new" / "set.npz", x=np.zeros(3))
    assert not list((tmp_path / "new").iterdir())
