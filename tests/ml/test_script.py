"""The script and the notebook of a run, executed beside the app: every loss is the same, to the last bit.

Both calculate on one machine with the same operations on the same numbers, so nothing less would do.
"""

import io
import json
import runpy
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import numpy as np
import pytest
import tensorflow as tf

from lib.core.data.dataset import Images
from lib.core.exports.code.script import notebook_of, script_of
from lib.core.i18n import translator, untranslated
from lib.core.training.config import TrainConfig
from lib.core.training.control import ControlRequests
from lib.core.training.events import Evaluated, RateChanged
from tests.ml.conftest import cut, follow, losses, of_kind

SMALL: dict[str, Any] = {"train_size": 200, "epochs": 2, "filters": 4, "dense_units": 16}
"""Seven steps an epoch, the last of them smaller."""
RUNS: dict[str, dict[str, Any]] = {
    "notes": {},
    "eager": {
        "network": "mlp",
        "execution": "eager",
        "optimizer": "sgd",
        "learning_rate": 0.1,
        "shuffle_buffer": 50,
        "epochs": 9,
        "target_accuracy": 0.3,
    },
    "lenet": {"network": "lenet", "optimizer": "momentum", "schedule": "cosine", "activation": "tanh", "dropout": 0.3},
    "fast": {
        "network": "fast",
        "execution": "xla",
        "optimizer": "adamw",
        "schedule": "one_cycle",
        "activation": "gelu",
        "validation_split": 0.2,
        "batch_size": 40,
        "epochs": 5,
        "patience": 1,
    },
    "bfloat16": {"precision": "mixed_bfloat16", "dropout": 0.5, "shuffle_buffer": 1, "optimizer": "rmsprop"},
}


def executed(script: str, images: Images, folder: Path, monkeypatch) -> dict[str, Any]:
    """What the script has made and printed, on these images in place of a download."""
    data = (images.x_train, images.y_train), (images.x_test, images.y_test)
    monkeypatch.setattr(tf.keras.datasets.mnist, "load_data", lambda: data)
    file = folder / "script.py"
    file.write_text(script, encoding="utf-8")
    with redirect_stdout(io.StringIO()) as said:
        made = runpy.run_path(str(file))
    return {**made, "said": said.getvalue()}


@pytest.mark.parametrize("name", RUNS)
def test_a_script_gets_the_losses_of_the_app(name, mnist, tmp_path, monkeypatch) -> None:
    """In the run of the notes' network the learning rate is changed by hand."""
    images, config = cut(mnist, 200, 100), TrainConfig(**SMALL | RUNS[name])
    events = follow(config, images, ControlRequests(learning_rate=5e-3) if name == "notes" else None)
    changes = of_kind(events, RateChanged)
    assert len(changes) == (name == "notes")
    made = executed(script_of(config, untranslated, rate_changes=changes), images, tmp_path, monkeypatch)
    assert np.array_equal(np.array(made["losses"], np.float32), losses(events))
    epochs = of_kind(events, Evaluated)
    assert len(made["said"].splitlines()) == len(epochs)
    # The script's means are Keras' metrics, float32, and the app's are float64.
    for part in ("train", "test"):
        for figure in ("loss", "accuracy"):
            told = float(made[f"{part}_{figure}"].result())
            assert told == pytest.approx(getattr(epochs[-1], f"{part}_{figure}"), rel=1e-5)
    if name in ("eager", "fast"):
        assert len(epochs) < config.epochs, "the run ended early, and so did the script"


def test_a_notebook_gets_them_too(mnist, tmp_path) -> None:
    """In a kernel of its own, which has no part of the app: only the images are put there for it."""
    images, config = cut(mnist, 200, 100), TrainConfig(**SMALL | {"network": "mlp"})
    np.savez(tmp_path / "few.npz", *(getattr(images, part) for part in ("x_train", "y_train", "x_test", "y_test")))
    notebook = nbformat.reads(notebook_of(script_of(config, translator("ko"))).decode(), as_version=4)
    before = (
        "import numpy, tensorflow\nf = list(numpy.load('few.npz').values())\n"
        "tensorflow.keras.datasets.mnist.load_data = lambda: (f[:2], f[2:])"
    )
    notebook.cells.insert(0, nbformat.v4.new_code_cell(before))
    notebook.cells.append(
        nbformat.v4.new_code_cell("import json, sys\nprint(json.dumps([losses, 'lib' in sys.modules]))")
    )
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    told, is_ours = json.loads(notebook.cells[-1].outputs[0]["text"])
    assert not is_ours
    assert np.array_equal(np.array(told, np.float32), losses(follow(config, images)))
