"""The worker process: what Dask imports in each (as its preload) and calls there.

TensorFlow comes in only when `Training` is loaded: importing this module, as the web process does, stays cheap.
"""

from __future__ import annotations

import importlib
import logging
import os
import secrets
import socket
import threading
from contextlib import closing
from typing import Any

from lib.core.config import TrainConfig
from lib.core.events import Checkpoint
from lib.core.studies import SHIPPED, AaConfig, CompareConfig, RetraceConfig, SaliencyConfig, StudyConfig
from lib.runs.artifacts import ArtifactMissing
from lib.runs.attempt import Attempt, Events, Training, insist, troubles
from lib.runs.run import UnknownRun
from lib.runs.store import open_store

logger = logging.getLogger(__name__)


def tensorflow_training() -> Training:
    """Imports TensorFlow (several seconds)."""
    from lib.ml.greetings import greetings_kept_apart

    with greetings_kept_apart():
        from lib.ml import data, loop, machine
        from lib.ml.warm import Kept

        kept = Kept()
        return Training(
            train=lambda config, resume, tuned: loop.train(
                config, data.fetch(config.dataset), resume, kept, tuned, snapshots=True
            ),
            study=tensorflow_study,
            devices=(machine.device_name(),),
            versions=machine.versions(),
        )


def tensorflow_study(config: StudyConfig) -> Events:
    """The events of a study. What it takes is imported for the first one only: most workers never perform any."""
    match config:
        case CompareConfig():
            from lib.ml.protocol import compare

            return compare(config)
        case AaConfig():
            from lib.ml.against_itself import against_itself

            return against_itself(config)
        case RetraceConfig():
            from lib.ml.retraces import detect

            return detect(config)
        case SaliencyConfig():
            from lib.ml.saliency import explain

            return explain(config, *weights_of(config.model))
        case _:
            from lib.ml.xray import xray

            return xray(config)


def weights_of(model: str) -> tuple[TrainConfig | None, Checkpoint]:
    """The settings of the run `model`, None for the model that ships, and its newest weights.

    Raises ArtifactMissing or ArtifactDamaged.
    """
    if model == SHIPPED:
        from lib.core.lite import shipped  # here: the web process imports this module, and most pages need no LiteRT

        return None, Checkpoint(step=0, weights=shipped()[1])
    with closing(insist(open_store)) as store:
        try:
            run, checkpoint = insist(store.run, model), insist(store.weights, model)
        except UnknownRun:
            run, checkpoint = None, None
    if run is None or checkpoint is None:
        raise ArtifactMissing(f"no weights of run {model} are kept")
    return run.config, checkpoint


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
    """This worker process in plain values; devices and versions once it is loaded, `trouble` while there is some."""
    training = _loading.done
    return {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "threads": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "loaded": training is not None,
        "trouble": troubles.code(),
        "devices": list(training.devices) if training else [],
        "versions": dict(training.versions) if training else {},
    }


def perform(run_id: str, turn: int) -> None:
    """The task: takes the run from wherever it stands to its end or to a pause; waits where the store is away."""
    with closing(insist(open_store)) as store:
        Attempt(store, _name(), run_id, _loading.get).perform(turn)


def _name() -> str:
    """A name for one attempt at a run: server / host : process / never the same."""
    server = os.environ.get("TF2LAB_SERVER", "")
    return f"{server}/{socket.gethostname()}:{os.getpid()}/{secrets.token_hex(4)}"
