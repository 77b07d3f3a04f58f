from pathlib import Path

import numpy as np
import pytest

from lib.runs import artifacts
from lib.runs.artifacts import ArtifactDamaged, ArtifactMissing

WEIGHTS = {"conv2d/kernel": np.arange(6, dtype=np.float32).reshape(2, 3), "file": np.ones(1), "step": np.array(3)}


def test_weights_come_back_as_they_were(home: Path) -> None:
    artifact = artifacts.write("run", 7, WEIGHTS)
    back = artifacts.read(artifact)
    assert artifact.step == 7
    assert back.keys() == WEIGHTS.keys()
    for name, array in WEIGHTS.items():
        assert back[name].dtype == array.dtype
        np.testing.assert_array_equal(back[name], array)
    assert [path.suffix for path in (home / "weights").iterdir()] == [".npz"]


def test_a_damaged_file_is_recognised(home: Path) -> None:
    artifact = artifacts.write("run", 7, WEIGHTS)
    (file,) = (home / "weights").iterdir()
    data = bytearray(file.read_bytes())
    data[100] ^= 1
    file.write_bytes(data)
    with pytest.raises(ArtifactDamaged, match="SHA-256"):
        artifacts.read(artifact)


def test_a_removed_file_is_missing_and_may_be_removed_again() -> None:
    artifact = artifacts.write("run", 7, WEIGHTS)
    artifacts.remove(artifact)
    artifacts.remove(artifact)
    with pytest.raises(ArtifactMissing, match="does not exist"):
        artifacts.read(artifact)


def test_objects_are_refused_for_they_would_be_pickled(home: Path) -> None:
    with pytest.raises(ValueError, match="Object arrays"):
        artifacts.write("run", 7, {"a": np.array([{}])})
    assert not (home / "weights").exists()


def test_a_write_that_fails_leaves_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF2LAB_ARTIFACTS", "/dev/null/weights")
    with pytest.raises(OSError, match="/dev/null"):
        artifacts.write("run", 7, WEIGHTS)


@pytest.mark.parametrize("place", ["memory://lab/weights", "elsewhere/"])
def test_another_place(place: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    monkeypatch.setenv("TF2LAB_ARTIFACTS", place)
    artifact = artifacts.write("run", 7, WEIGHTS)
    monkeypatch.delenv("TF2LAB_ARTIFACTS")
    monkeypatch.chdir("/")
    assert artifacts.read(artifact).keys() == WEIGHTS.keys()
