import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lib.core.training.events import Checkpoint
from lib.runs import artifacts
from lib.runs.artifacts import Artifact, ArtifactDamaged, ArtifactMissing, ArtifactRefused

WEIGHTS = {"conv2d/kernel": np.arange(6, dtype=np.float32).reshape(2, 3), "file": np.ones(1), "step": np.array(3)}
STATE = {
    "optimizer/m": np.arange(50_000, dtype=np.float32),
    "step": np.array(7),
    "random": np.arange(3, dtype=np.uint64),
}
BARE = Checkpoint(step=7, weights=WEIGHTS)
FULL = Checkpoint(step=7, weights=WEIGHTS, state=STATE)


def assert_same(found: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        assert found[name].dtype == array.dtype
        assert found[name].shape == array.shape
        np.testing.assert_array_equal(found[name], array)


@pytest.mark.parametrize("checkpoint", [BARE, FULL])
def test_a_checkpoint_comes_back_as_it_was(home: Path, checkpoint: Checkpoint) -> None:
    artifact = artifacts.write("run", checkpoint)
    back = artifacts.read(artifact)
    assert artifact.step == back.step == 7
    assert_same(back.weights, WEIGHTS)
    assert_same(back.state, checkpoint.state)
    assert [path.suffix for path in (home / "weights").iterdir()] == [".npz"]


@pytest.mark.parametrize("checkpoint", [BARE, FULL])
def test_weights_come_back_without_the_state(checkpoint: Checkpoint) -> None:
    back = artifacts.read_weights(artifacts.write("run", checkpoint))
    assert_same(back.weights, WEIGHTS)
    assert back.state == {}


def test_a_file_of_an_older_version_is_read_as_weights(home: Path) -> None:
    file = home / "old.npz"
    np.savez(file, **{"conv2d/kernel": WEIGHTS["conv2d/kernel"], "step": np.array(3)})
    artifact = Artifact(step=7, path=str(file), sha256=hashlib.sha256(file.read_bytes()).hexdigest())
    for back in (artifacts.read(artifact), artifacts.read_weights(artifact)):
        assert back.weights.keys() == {"conv2d/kernel", "step"}
        assert back.state == {}


def spoilt(file: Path, where: int | None) -> None:
    """Flips a bit of the byte `where`, or cuts the file in half if that is None."""
    data = bytearray(file.read_bytes())
    if where is not None:
        data[where] ^= 1
    file.write_bytes(data if where is not None else data[: len(data) // 2])


@pytest.mark.parametrize("where", [0, 5, 8, 30, 100, 220, -1, -30, None])
def test_a_damaged_file_is_recognised(home: Path, where: int | None) -> None:
    for checkpoint in (BARE, FULL):
        artifact = artifacts.write("run", checkpoint)
        (file,) = (home / "weights").iterdir()
        spoilt(file, where)
        with pytest.raises(ArtifactDamaged):
            artifacts.read(artifact)
        file.unlink()


def test_damaged_weights_are_recognised_without_reading_the_state(home: Path) -> None:
    artifact = artifacts.write("run", FULL)
    (file,) = (home / "weights").iterdir()
    whole = file.read_bytes()
    refused = 0
    for where in (*range(0, 1000, 7), *range(len(whole) - 900, len(whole), 7)):
        spoilt(file, where)
        try:
            assert_same(artifacts.read_weights(artifact).weights, WEIGHTS)
        except ArtifactDamaged:
            refused += 1
        file.write_bytes(whole)
    assert refused > 50
    spoilt(file, None)
    with pytest.raises(ArtifactDamaged):
        artifacts.read_weights(artifact)


def test_what_a_killed_worker_left_is_swept_away(home: Path) -> None:
    needed, left, other = (artifacts.write(run_id, BARE) for run_id in ("a-b", "a-b", "a-b-c"))
    unfinished = home / "weights" / "a-b-9-0123abcd.npz.part"
    unfinished.touch()
    artifacts.sweep("a-b", keep={needed.path})
    assert not unfinished.exists()
    assert {f"file://{path}" for path in (home / "weights").iterdir()} == {needed.path, other.path}
    assert left.path not in (needed.path, other.path)


def test_a_removed_file_is_missing_and_may_be_removed_again() -> None:
    artifact = artifacts.write("run", BARE)
    artifacts.remove(artifact.path)
    artifacts.remove(artifact.path)
    with pytest.raises(ArtifactMissing, match="does not exist"):
        artifacts.read(artifact)


def test_objects_are_refused_for_they_would_be_pickled(home: Path) -> None:
    with pytest.raises(ValueError, match="Object arrays"):
        artifacts.write("run", Checkpoint(step=7, weights={"a": np.array([{}])}))
    assert list((home / "weights").iterdir()) == []


def test_a_write_that_fails_leaves_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF2LAB_ARTIFACTS", "/dev/null/weights")
    with pytest.raises(ArtifactRefused, match="/dev/null"):
        artifacts.write("run", BARE)


@pytest.mark.parametrize("place", ["memory://lab/weights", "elsewhere/"])
def test_another_place(place: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    monkeypatch.setenv("TF2LAB_ARTIFACTS", place)
    artifact = artifacts.write("run", BARE)
    monkeypatch.delenv("TF2LAB_ARTIFACTS")
    monkeypatch.chdir("/")
    assert_same(artifacts.read(artifact).weights, WEIGHTS)
    assert_same(artifacts.read_weights(artifact).weights, WEIGHTS)
