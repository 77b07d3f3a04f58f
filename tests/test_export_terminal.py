"""`python -m lib.export` as a user calls it: output, file and exit code."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from lib.core.exports.formats import FORMATS
from lib.core.inference.litert import network_of
from lib.core.training.config import TrainConfig
from lib.core.training.events import Checkpoint
from lib.export import main
from lib.runs.db.store import Store, open_store
from lib.runs.documents import DOCUMENTS
from tests.core.exports.random_network import random_weights

MLP = TrainConfig(network="mlp", dense_units=16)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("TF2LAB_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TF2LAB_DATABASE_URL", raising=False)
    monkeypatch.delenv("TF2LAB_ARTIFACTS", raising=False)
    opened = open_store()
    yield opened
    opened.close()


@pytest.fixture
def run_id(store: Store) -> str:
    run = store.create_run(MLP)
    store.claim(run.id, "server/host:1/a")
    store.append(run.id, Checkpoint(step=5, weights=random_weights(MLP)))
    return run.id


def test_a_file_is_written_with_its_figures(run_id: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "network.onnx"
    assert main([run_id, "--format", "onnx", "--out", str(file), "--language", "en"]) == 0
    said = capsys.readouterr()
    assert "the same class for 1,000 of 1,000 test images" in said.out
    assert said.err.splitlines() == [
        "The file is being made …",
        "The file is opened in a fresh process and compared with the app’s own predictions …",
    ]
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    image = np.random.default_rng(1).integers(0, 256, (1, 28, 28), np.uint8)
    (found,) = session.run(None, {"images": image.astype(np.float32)[..., None] / 255})
    assert found == pytest.approx(network_of(MLP).probabilities(random_weights(MLP), image), abs=1e-5)


def test_what_needs_no_check_is_there_at_once(run_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for code in DOCUMENTS:
        assert main([run_id, "--format", code]) == 0
    assert json.loads(Path(f"tf2lab-{run_id}-settings.json").read_text()) == MLP.to_dict()
    assert Path(f"tf2lab-{run_id}-csv.csv").read_text().startswith('"step","loss"')


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nonesuch", "--format", "onnx"], 2, "nonesuch"),
        (["-hidden--run", "--format", "onnx"], 2, "no run “-hidden--run”"),
        (["--format", "onnx"], 2, "no run"),
        (["{run}", "--format", "pickle"], 2, "no format pickle. --list names them all: report"),
        (["{run}"], 2, "no format"),
        (["{run}", "--format", "csv", "--out", "/nowhere/at/all"], 1, "cannot be written"),
        (["{bare}", "--format", "onnx"], 1, "not kept any more"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    arguments: list[str], code: int, said: str, store: Store, run_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    named = {"run": run_id, "bare": store.create_run(MLP).id}
    assert main([*(one.format(**named) for one in arguments), "--language", "en"]) == code
    written = capsys.readouterr()
    assert said in written.err
    assert (written.out, written.err.count("\n")) == ("", 1)


def test_every_format_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list", "--language", "ko"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [*DOCUMENTS, *FORMATS]
