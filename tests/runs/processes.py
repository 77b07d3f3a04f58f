"""Processes started by a test, and their descendants."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

from lib.runs.db.store import Store
from lib.runs.engine.engine import Engine
from lib.runs.engine.tidying import Kept
from tests.processes import home_of
from tests.waiting import until

LIGHT = "tests.runs.light:load"


@contextmanager
def engine_on(store: Store, training: str = LIGHT, kept: Kept | None = None, lanes: int = 2) -> Iterator[Engine]:
    """An engine, closed at the end."""
    engine = Engine.start(store, training, kept=kept, lanes=lanes)
    try:
        yield engine
    finally:
        engine.close()


@contextmanager
def server() -> Iterator[subprocess.Popen[str]]:
    """A server in its own process, on this test's home, with its engine ready."""
    command = [sys.executable, "-m", "tests.runs.server"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                process.kill()


def ready(engine: Engine) -> int:
    """Waits until the engine has a loaded worker; returns its process id."""
    state = until(lambda: engine.state() if engine.state().phase == "ready" else None)
    return state.workers[0].pid


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def descendants(pid: int | None = None) -> list[psutil.Process]:
    """Every descendant of this process or of `pid` that works in this test's folder; other tests may have their own."""
    home = os.environ.get("TF2LAB_HOME")
    return [process for process in psutil.Process(pid).children(recursive=True) if home_of(process) == home]


def all_gone(processes: list[psutil.Process]) -> bool:
    """Whether none of them runs any more; a zombie does not run."""
    return not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes)


def engine_process(pid: int | None = None) -> psutil.Process:
    """The engine process among the descendants of this process or of `pid`."""
    (found,) = (process for process in descendants(pid) if "lib.runs.engine.cluster" in process.cmdline())
    return found
