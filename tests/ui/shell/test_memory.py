"""Unused memory returns to the system."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
COME_AND_GO = """
import numpy as np, psutil
from lib.ui.shell.web_server import share_memory
share_memory()
process = psutil.Process()
rest, before = [], process.memory_info().rss
for _ in range(10):
    weights = [np.ones(5_000_000 // 8) for _ in range(8)]
    rest.append(bytes(100_000))  # what stays lies between
print(process.memory_info().rss - before, end=" ")
del weights
print(process.memory_info().rss - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="is about GNU's C library")
def test_weights_that_came_and_went_take_no_room() -> None:
    said = subprocess.run([sys.executable, "-c", COME_AND_GO], cwd=ROOT, check=True, capture_output=True, text=True)
    held, left = map(int, said.stdout.split())
    assert held > 40e6
    assert left < 4e6
