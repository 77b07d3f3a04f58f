"""Exports are kept up to a number: the older ones go with their files, the open ones stay."""

from pathlib import Path

import pytest

from lib.core.studies.configs import EXPORT, ExportConfig
from lib.core.studies.events import Exported
from lib.core.training.events import Failed, Finished
from lib.runs import exports
from lib.runs.db.store import Store
from lib.runs.exports import ExportLost
from tests.runs.study_examples import BEGAN


def exported(path: str, sha256: str) -> Exported:
    return Exported(
        format="onnx", step=3, size=4, difference=0.0, digits=1000, same=1000, milliseconds=1.0, seconds=2.0,
        versions={"onnx": "1"}, path=path, sha256=sha256,
    )  # fmt: skip


def made(store: Store, folder: Path, content: bytes) -> tuple[str, Exported]:
    """An export that is over, with its file."""
    (folder / "made.onnx").write_bytes(content)
    result = exported(*exports.keep(folder / "made.onnx", "run", 3))
    study = store.create_study(ExportConfig(model="run", format="onnx"))
    store.claim(study.id, "server/host:1/a")
    for event in (BEGAN, result, Finished(step=1, reason="exported")):
        store.append(study.id, event)
    return study.id, result


def test_the_newest_are_kept_with_their_files(store: Store, tmp_path: Path) -> None:
    before, older, newer = (made(store, tmp_path, content) for content in (b"one", b"two", b"three"))
    failed = store.create_study(ExportConfig(model="run", format="onnx"))
    store.claim(failed.id, "server/host:1/a")
    store.append(failed.id, exported("", ""))
    store.append(failed.id, Failed(step=0, reason="export_unlike"))
    waiting = store.create_study(ExportConfig(model="run", format="keras"))
    assert store.prune_exports(keep=3) == 1
    assert [study.id for study in store.studies(EXPORT)] == [waiting.id, failed.id, newer[0], older[0]]
    assert exports.read(newer[1].path, newer[1].sha256) == b"three"
    with pytest.raises(ExportLost):
        exports.read(before[1].path, before[1].sha256)
    assert store.prune_exports(keep=3) == 0


def test_a_file_that_was_changed_is_not_handed_out(store: Store, tmp_path: Path, home: Path) -> None:
    _, result = made(store, tmp_path, b"one")
    (file,) = (home / "weights" / "exports").iterdir()
    file.write_bytes(b"two")
    with pytest.raises(ExportLost, match="SHA-256"):
        exports.read(result.path, result.sha256)


def test_exports_lie_where_the_weights_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF2LAB_ARTIFACTS", "memory://exports-of-a-test")
    (tmp_path / "made.onnx").write_bytes(b"far away")
    path, sha256 = exports.keep(tmp_path / "made.onnx", "run", 3)
    assert path.startswith("memory://")
    assert exports.read(path, sha256) == b"far away"
