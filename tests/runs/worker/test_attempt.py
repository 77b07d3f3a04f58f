"""Why an attempt failed, and how it waits for a store that does not answer."""

import errno
import subprocess
import sys

import pytest

from lib.core.data.dataset import DataUnavailable
from lib.core.errors import REASONS
from lib.runs.artifacts import ArtifactMissing
from lib.runs.model.unavailable import StoreUnavailable
from lib.runs.worker import attempt
from lib.runs.worker.attempt import OF_A_STUDY, diagnosis, retry_until_available, server_of


class ResourceExhaustedError(Exception):
    """Named as TensorFlow's own."""


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (DataUnavailable("fashion_mnist", "no network"), "no_data"),
        (ArtifactMissing("gone"), "checkpoint_lost"),
        (ResourceExhaustedError("OOM"), "out_of_memory"),
        (MemoryError(), "out_of_memory"),
        (OSError(errno.ENOSPC, "full"), "disk_full"),
        (OSError(errno.EACCES, "no"), "error"),
        (ZeroDivisionError("unforeseen"), "error"),
    ],
)
def test_the_reason_follows_from_the_error(error, reason):
    try:
        raise error
    except Exception as raised:  # noqa: BLE001 - as the attempt catches it
        found, detail = diagnosis(raised)
    assert found == reason
    assert reason in REASONS, "visitors read a sentence"
    assert str(getattr(error, "detail", error)) in detail


def test_reasons_of_a_study_have_sentences_too():
    assert set(OF_A_STUDY) | set(OF_A_STUDY.values()) <= set(REASONS)


def test_a_store_that_comes_back_is_asked_until_it_answers(monkeypatch):
    answers = iter([StoreUnavailable("database_locked", "held"), StoreUnavailable("database", "gone"), "the run"])
    seen = []

    def ask(run_id):
        seen.append((run_id, attempt.troubles.code()))
        answer = next(answers)
        if isinstance(answer, StoreUnavailable):
            raise answer
        return answer

    monkeypatch.setattr(attempt, "growing_pauses", lambda: iter([0.0] * 5))
    assert retry_until_available(ask, "a run") == "the run"
    assert [run_id for run_id, _ in seen] == ["a run"] * 3
    assert [code for _, code in seen[1:]] == ["database_locked", "database"], "visitors are told meanwhile"
    assert attempt.troubles.code() is None


def test_an_attempts_name_says_its_server():
    assert server_of("0a1b/host:12/ff") == "0a1b"
    assert server_of("") == ""


ENDING = """
import threading
from concurrent.futures import ThreadPoolExecutor
from lib.runs.worker.attempt import is_ending

pools = ThreadPoolExecutor(1), ThreadPoolExecutor(1)

def work():
    print(is_ending())
    try:
        while True:
            pools[1].submit(int).result()
    except RuntimeError:
        print(threading.main_thread().is_alive(), is_ending())

pools[0].submit(work)
"""


def test_a_process_is_ending_as_soon_as_its_pools_take_no_more_tasks():
    """As S3's client meets it in a worker that has lost its scheduler; its main thread still waits for the others."""
    said = subprocess.run([sys.executable, "-c", ENDING], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["False", "True", "True"]
