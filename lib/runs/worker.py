"""The worker's side of a run: claim it, train it, write down every event.

Dask imports this module in each worker (as its preload) and calls `perform` there. TensorFlow comes in only when
`Training` is loaded: importing this module, as the web process does, stays cheap.
"""

from __future__ import annotations

import importlib
import logging
import os
import secrets
import socket
import threading
import time
import traceback
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from sqlalchemy.exc import OperationalError

from lib.core.config import TrainConfig
from lib.core.digits import DataUnavailable
from lib.core.events import Event, Failed, Finished, Stopped
from lib.runs.run import Run, RunOver
from lib.runs.store import Store, open_store

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")
Events = Generator[Event, str | None, None]

RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Pauses before the store is asked again when it does not answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """How this worker trains, once everything heavy is imported, and on what."""

    train: Callable[[TrainConfig], Events]
    devices: tuple[str, ...]
    versions: Mapping[str, str]


def tensorflow_training() -> Training:
    """Imports TensorFlow (several seconds)."""
    from lib.ml.greetings import greetings_kept_apart

    with greetings_kept_apart():
        from lib.ml import data, loop, machine

        return Training(
            train=lambda config: loop.train(config, data.fetch(config.dataset)),
            devices=(machine.device_name(),),
            versions=machine.versions(),
        )


class _Loading:
    """Loads the Training named by $TF2LAB_TRAINING once, for whichever thread asks first.

    Two threads that import TensorFlow at the same time can find half-made modules: the lock keeps them apart.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.done: Training | None = None

    def get(self) -> Training:
        """The Training; waits where another thread is loading it."""
        with self._lock:
            if self.done is None:
                module, _, name = os.environ.get("TF2LAB_TRAINING", f"{__name__}:tensorflow_training").partition(":")
                self.done = getattr(importlib.import_module(module), name)()
            return self.done

    def warm(self) -> None:
        """Loads ahead of the first run (a thread of its own)."""
        try:
            self.get()
        except Exception:  # the first run says what is wrong to its visitors; here only the log hears it
            logger.exception("this worker cannot train")


_loading = _Loading()


def dask_setup(worker: Any) -> None:
    """Dask's preload hook: reports this process with every heartbeat and warms it up."""
    worker.metrics["tf2lab"] = lambda worker: report()
    threading.Thread(target=_loading.warm, name="warm-up", daemon=True).start()


def report() -> dict[str, Any]:
    """This worker process in plain values; devices and versions once it is loaded."""
    training = _loading.done
    return {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "threads": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "loaded": training is not None,
        "devices": list(training.devices) if training else [],
        "versions": dict(training.versions) if training else {},
    }


def perform(run_id: str) -> None:
    """The task: takes the run from wherever it stands to its end. Never raises while the store answers."""
    store = open_store()
    try:
        run = store.run(run_id)
        if run.worker is not None:
            _take_over(store, run)
            return
        # Loading may take seconds: until it is done the run is still waiting, and a death now costs it nothing.
        training = _loading.get()
        worker = _attempt()
        run = store.claim(run_id, worker)
        if run.worker == worker:
            _train(store, run, training)
    except Exception as error:  # the program's one catch-all: whatever happened ends this run, not the worker
        logger.exception("run %s failed", run_id)
        _fail(store, run_id, *_diagnosis(error))
    finally:
        store.close()


def _take_over(store: Store, run: Run) -> None:
    """What happens to a run whose worker is gone: it fails, and keeps all it recorded.

    This is the place to go on from its checkpoint instead.
    """
    if run.is_open:
        same_server = _server(run.worker or "") == _server(_attempt())
        _fail(store, run.id, "worker_died" if same_server else "server_stopped", f"its worker was {run.worker}")


def _attempt() -> str:
    """A name for this attempt at a run: server / host : process / never the same."""
    server = os.environ.get("TF2LAB_SERVER", "")
    return f"{server}/{socket.gethostname()}:{os.getpid()}/{secrets.token_hex(4)}"


def _server(attempt: str) -> str:
    return attempt.partition("/")[0]


def _train(store: Store, run: Run, training: Training) -> None:
    """Drives the training: writes each event down, then passes on what is wished by then."""
    wish: str | None = None
    with closing(training.train(run.config)) as events:
        while True:
            event = events.send(wish)
            _insist(store.append, run.id, event)
            if isinstance(event, Finished | Stopped | Failed):
                return
            wish = _insist(store.wish, run.id)


def _insist(ask: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The store's answer, asked again a few times where it is busy or out of reach."""
    for pause in RETRY_SECONDS:
        try:
            return ask(*args, **kwargs)
        except OperationalError as error:
            logger.warning("the store does not answer, again in %s s: %s", pause, error)
            time.sleep(pause)
    return ask(*args, **kwargs)


def _diagnosis(error: Exception) -> tuple[str, str]:
    """The reason for visitors and the detail for the log."""
    if isinstance(error, DataUnavailable):
        return "no_data", error.detail
    # TensorFlow's own MemoryError goes by its name: this module does not import it.
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        return "out_of_memory", str(error)
    return "error", traceback.format_exc()


def _fail(store: Store, run_id: str, reason: str, detail: str) -> None:
    """Ends the run as failed, unless somebody else has ended it already."""
    try:
        _insist(store.append, run_id, Failed(step=store.run(run_id).step, reason=reason, detail=detail))
    except RunOver:
        logger.info("run %s was over already", run_id)
