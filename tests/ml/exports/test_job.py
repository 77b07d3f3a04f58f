"""An export in its real processes: it tells its progress, obeys, ends in time, and hands out only what has passed."""

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lib.core.exports.figures import ExportFailed, unlike
from lib.core.exports.formats import FORMATS
from lib.core.studies.events import Exported, Exporting
from lib.core.training.config import TrainConfig
from lib.core.training.control import ControlRequests
from lib.core.training.events import Checkpoint
from lib.ml.exports import job
from lib.ml.exports.job import export
from lib.ml.exports.make import OWNER_GONE
from lib.ml.exports.parcel import Parcel, packed, read_parcel
from tests.core.exports.random_network import random_weights
from tests.core.exports.test_curves import CHUNKS, EPOCHS
from tests.ml.exports.test_event_files import CURVES
from tests.runs.processes import descendants
from tests.waiting import PATIENCE

MLP = TrainConfig(network="mlp", dense_units=16, activation="gelu")


@pytest.fixture(autouse=True)
def no_process_stays() -> Iterator[None]:
    before = set(descendants())
    yield
    assert set(descendants()) <= before


@pytest.fixture
def parcel() -> Parcel:
    return packed("onnx", MLP, Checkpoint(step=7, weights=random_weights(MLP)), {})


def followed(steps: Any) -> tuple[list[str], Exported | None]:
    """The stages that the export tells, and what comes of it."""
    stages: list[str] = []
    while True:
        try:
            event = next(steps)
        except StopIteration as end:
            return stages, end.value
        assert isinstance(event, Exporting)
        stages.append(event.stage)


def kept_at(folder: Path) -> Any:
    def keep(file: Path) -> tuple[str, str]:
        (folder / "kept").write_bytes(file.read_bytes())
        return "kept", "0" * 64

    return keep


def test_a_file_is_made_checked_and_only_then_kept(parcel: Parcel, tmp_path: Path) -> None:
    stages, found = followed(export(parcel, kept_at(tmp_path)))
    assert stages == sorted(stages, reverse=True), "made before it is checked"
    assert set(stages) == {"make", "check"}
    assert found is not None
    assert (found.format, found.step, found.digits, found.same, found.path) == ("onnx", 7, 1000, 1000, "kept")
    assert found.difference < 1e-5
    assert found.milliseconds > 0
    assert "onnx" in found.versions
    assert found.size == (tmp_path / "kept").stat().st_size


def test_a_file_that_is_too_far_away_is_not_kept(
    parcel: Parcel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FORMATS, "onnx", replace(FORMATS["onnx"], within=-1.0))  # type: ignore[misc]
    _, found = followed(export(parcel, kept_at(tmp_path)))
    assert found is not None
    assert (found.path, found.sha256) == ("", "")
    assert not list(tmp_path.iterdir())
    assert "allowed: -1" in unlike(found).detail
    assert unlike(found).reason == "export_unlike"


def test_a_stop_ends_the_process_and_nothing_is_kept(parcel: Parcel, tmp_path: Path) -> None:
    steps = export(parcel, kept_at(tmp_path))
    next(steps)
    with pytest.raises(StopIteration) as end:
        steps.send(ControlRequests(stop=True))
    assert end.value.value is None
    assert not list(tmp_path.iterdir())


def test_too_slow_a_process_is_ended_with_a_sentence(parcel: Parcel, tmp_path: Path) -> None:
    with pytest.raises(ExportFailed) as failed:
        followed(export(parcel, kept_at(tmp_path), patience=0))
    assert failed.value.reason == "export_slow"
    assert "too long" in failed.value.sentence()


def test_a_process_ends_with_its_owner(parcel: Parcel, tmp_path: Path) -> None:
    replace(parcel, code="keras").write(tmp_path)  # to import TensorFlow takes seconds
    with job.process_of("make", tmp_path) as process:
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(PATIENCE) == OWNER_GONE
        process.stdin = None


@pytest.mark.parametrize(("stage", "reason"), [("make", "export_failed"), ("check", "export_unreadable")])
def test_a_process_that_breaks_says_why_in_the_log(
    stage: str, reason: str, parcel: Parcel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = subprocess.Popen

    def damaged(command: list[str], **about: Any) -> Any:
        """The real process, whose folder was damaged just before."""
        if command[2].endswith(stage):
            (Path(command[3]) / "arrays.npz").write_bytes(b"no zip")
        return real(command, **about)

    monkeypatch.setattr(job.subprocess, "Popen", damaged)
    with pytest.raises(ExportFailed) as failed:
        followed(export(parcel, kept_at(tmp_path)))
    assert failed.value.reason == reason
    assert "Traceback" in failed.value.detail
    assert not list(tmp_path.iterdir())


def test_weights_that_are_no_numbers_are_refused_at_once() -> None:
    weights = random_weights(MLP)
    weights["d1/kernel"][0, 0] = float("nan")
    with pytest.raises(ExportFailed, match="d1/kernel") as failed:
        packed("onnx", MLP, Checkpoint(step=7, weights=weights), {})
    assert "exploded" in failed.value.sentence()


def test_a_parcel_comes_out_as_it_went_in(tmp_path: Path) -> None:
    went = packed(
        "tensorboard",
        MLP,
        Checkpoint(step=7, weights=random_weights(MLP)),
        CURVES,
        language="ko",
        name="x",
        accuracy=0.5,
    )
    went.write(tmp_path)
    came = read_parcel(tmp_path)
    assert (came.code, came.step, came.settings) == (went.code, 7, went.settings)
    assert (came.language, came.name, came.accuracy) == ("ko", "x", 0.5)
    assert all((came.weights[name] == array).all() for name, array in went.weights.items())
    assert set(came.curves) == set(CURVES)
    assert sum(len(curve.steps) for curve in came.curves.values()) == 2 * sum(len(c.losses) for c in CHUNKS) + 2 * len(
        EPOCHS
    )
