"""The TensorFlow 1 process: it answers, and it ends with its owner."""

import os
import signal
import subprocess
import sys
from contextlib import closing

import numpy as np
import psutil
import pytest

from lib.ml.benchmark.tf1_session import SessionDied, SessionProcess
from lib.ml.benchmark.workloads import small_inputs
from tests.waiting import until

TINY = ("tiny_ops", 3, (small_inputs("tiny_ops", 3, 0),), (), (2, 0))
OWNER = """
import numpy
from lib.ml.benchmark.tf1_session import SessionProcess
process = SessionProcess()
print(process.pid, flush=True)
if {working}:
    process.ask("open", "tiny_ops", 3, ((numpy.ones(8, "float32"),),), (), (2, 0))
print("ready", flush=True)
process.ask("time", 10**9)
"""
"""A program whose TensorFlow 1 process would work for hours."""


def gone(pid):
    """Whether the process has ended; a zombie counts as ended."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.fixture(scope="module")
def process():
    with closing(SessionProcess()) as process:
        yield process


def test_it_computes_what_python_says(process):
    """Oracle: the chain written out in NumPy."""
    process.ask("open", *TINY)
    (output,), weights = process.ask("outcome", 1, 0)
    (x,) = TINY[2][0]
    np.testing.assert_allclose(output, ((x + np.float32(0.1)) * np.float32(0.9)) + np.float32(0.1), rtol=1e-6)
    assert weights == []


def test_it_says_what_went_wrong_and_goes_on(process):
    with pytest.raises(SessionDied, match="open: "):
        process.ask("open", "nonsense", *TINY[1:])
    assert process.ask("open", *TINY) > 0
    assert process.ask("time", 2) > 0


def test_closing_ends_it_at_once():
    process = SessionProcess()
    process.close()  # in the middle of its imports
    assert gone(process.pid)
    with pytest.raises(SessionDied, match="ended with -9"):
        process.ask("time", 1)


def test_who_asks_a_dead_one_is_told():
    with closing(SessionProcess()) as process:
        until(lambda: process.ready(1))
        os.kill(process.pid, signal.SIGKILL)
        with pytest.raises(SessionDied):
            process.ask("open", *TINY)


@pytest.mark.parametrize("moment", ["starting", "working"])
def test_it_dies_with_its_owner(moment):
    """Killed with SIGKILL, so that the owner can do nothing for it; once while TensorFlow is imported, once at work."""
    script = OWNER.format(working=moment == "working")
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as owner:
        child = int(owner.stdout.readline())
        owner.stdout.readline()
        assert not gone(child)
        owner.kill()
    until(lambda: gone(child))
