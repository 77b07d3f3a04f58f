"""On a small machine the images are taken in parts, and the array is the tensor: the same numbers but for rounding."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[3]
RUN = """
import json
import numpy as np
from lib.core.data.dataset import Images
from lib.core.training.config import TrainConfig
from lib.core.training.events import Evaluated, Inside, Progress
from lib.ml.training import batching, datasets
from lib.ml.training.loop import train

images = datasets.fetch("mnist")
few = Images(x_train=images.x_train[:640], y_train=images.y_train[:640], x_test=images.x_test[:1100],
             y_test=images.y_test[:1100])
found = {"part": batching.TEST_BATCH, "losses": [], "shared": False}
tensor = batching.on_device(few)[0]
found["shared"] = bool(np.shares_memory(np.asarray(memoryview(tensor.numpy())), few.x_train)) or bool(
    np.from_dlpack(tensor).ctypes.data == few.x_train.ctypes.data)
for event in train(TrainConfig(epochs=1, train_size=640, execution="graph"), few):
    if isinstance(event, Progress):
        found["losses"] += event.losses.tolist()
    if isinstance(event, Evaluated):
        found["test"] = [event.test_loss, event.test_accuracy]
    if isinstance(event, Inside) and event.gradients:
        found["gradients"] = {name: array.tolist() for name, array in event.gradients.items()}
        found["mistakes"] = event.mistakes.tolist()
print(json.dumps(found))
"""


def found(small: str, home: Path) -> dict[str, object]:
    environment = os.environ | {"TF2LAB_SMALL": small, "TF2LAB_HOME": str(home), "TF_CPP_MIN_LOG_LEVEL": "3"}
    said = subprocess.run([sys.executable, "-c", RUN], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    return json.loads(said.stdout)


def test_a_run_is_the_same_to_the_last_bit_and_what_is_looked_at_nearly(tmp_path: Path) -> None:
    usual, small = (found(value, tmp_path) for value in "01")
    assert (usual["part"], small["part"], usual["shared"], small["shared"]) == (500, 100, False, True)
    assert usual["losses"] == small["losses"], "training itself takes no other path"
    assert usual["mistakes"] == small["mistakes"]
    np.testing.assert_allclose(small["test"], usual["test"], rtol=1e-6)  # type: ignore[arg-type]
    usual_gradients, small_gradients = usual["gradients"], small["gradients"]
    assert isinstance(usual_gradients, dict)
    assert isinstance(small_gradients, dict)
    for name, (centres, counts) in usual_gradients.items():
        np.testing.assert_allclose(small_gradients[name][0], centres, rtol=1e-3, atol=1e-7)
        assert np.abs(np.subtract(small_gradients[name][1], counts)).sum() <= 0.001 * sum(counts)
