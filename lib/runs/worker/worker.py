"""The worker process: the module that Dask imports in each worker (as its preload) and calls there.

Only loading the `Training` imports TensorFlow: importing this module, as the web process does, stays cheap.
"""

from __future__ import annotations

import functools
import importlib
import logging
import os
import secrets
import socket
import threading
from typing import Any

from lib.core.logs import set_up_logs
from lib.core.small import give_back_memory, is_small
from lib.core.studies.configs import (
    SHIPPED,
    AaConfig,
    CompareConfig,
    ExportConfig,
    LessonConfig,
    RetraceConfig,
    SaliencyConfig,
    StudyConfig,
)
from lib.core.training.config import TrainConfig
from lib.core.training.events import Checkpoint
from lib.runs.artifacts import ArtifactMissing
from lib.runs.db.store import Store, open_store
from lib.runs.model.run import UnknownRun
from lib.runs.worker.attempt import Attempt, Events, Training, retry_until_available, troubles
from lib.runs.worker.loading_lock import marked_as_loading

logger = logging.getLogger(__name__)


def tensorflow_training() -> Training:
    """Imports TensorFlow (several seconds)."""
    from lib.ml.stderr_redirect import stderr_redirected

    with stderr_redirected():
        from lib.ml import environment
        from lib.ml.training import datasets, loop
        from lib.ml.training.trainer_cache import TrainerCache

        kept = TrainerCache(most=1) if is_small() else TrainerCache()
        return Training(
            train=lambda config, resume, tuned: loop.train(
                config, datasets.fetch(config.dataset), resume, kept, tuned, snapshots=True
            ),
            study=tensorflow_study,
            devices=(environment.device_name(),),
            versions=environment.versions(),
        )


def tensorflow_study(config: StudyConfig) -> Events:
    """The events of a study. Imports what it needs when called: most workers never run a study."""
    match config:
        case CompareConfig():
            from lib.ml.benchmark.protocol import compare

            return compare(config)
        case AaConfig():
            from lib.ml.benchmark.aa_protocol import against_itself

            return against_itself(config)
        case RetraceConfig():
            from lib.ml.tracing.retrace_counts import detect

            return detect(config)
        case SaliencyConfig():
            from lib.ml.saliency import explain

            return explain(config, *weights_of(config.model))
        case LessonConfig():
            from lib.ml.tour.teach import teach

            return teach(config)
        case ExportConfig():
            from lib.runs.worker.exporting import exporting

            return exporting(
                config, retry_until_available(store().run, config.model), weights_of(config.model)[1], store()
            )
        case _:
            from lib.ml.tracing.xray import xray

            return xray(config)


def weights_of(model: str) -> tuple[TrainConfig | None, Checkpoint]:
    """The settings of the run `model`, None for the shipped model, and its newest weights.

    Raises ArtifactMissing or ArtifactDamaged.
    """
    if model == SHIPPED:
        from lib.core.inference.litert import (
            shipped,  # here: the web process imports this module, and most pages need no LiteRT
        )

        return None, Checkpoint(step=0, weights=shipped()[1])
    try:
        run, checkpoint = retry_until_available(store().run, model), retry_until_available(store().weights, model)
    except UnknownRun:
        run, checkpoint = None, None
    if run is None or checkpoint is None:
        raise ArtifactMissing(f"no weights of run {model} are kept")
    return run.config, checkpoint


class _Loading:
    """Loads the Training named by $TF2LAB_TRAINING once, in the first thread that asks.

    Two threads that import TensorFlow at the same time can see half-initialised modules: the lock prevents that.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.done: Training | None = None

    def get(self) -> Training:
        """The Training; waits while another thread loads it."""
        with self._lock:
            if self.done is None:
                with marked_as_loading():
                    self.done = _training_of(os.environ.get("TF2LAB_TRAINING", f"{__name__}:tensorflow_training"))
            return self.done

    def warm(self) -> None:
        """Loads ahead of the first run, in a thread of its own."""
        try:
            self.get()
        except Exception:  # the first run shows the error to its visitors; here it is only logged
            logger.exception("this worker cannot train")


def _training_of(name: str) -> Training:
    """What the function `module:name` returns."""
    module, _, function = name.partition(":")
    found: Training = getattr(importlib.import_module(module), function)()
    return found


_loading = _Loading()


def dask_setup(worker: Any) -> None:
    """Dask's preload hook: reports this process with every heartbeat and warms it up."""
    set_up_logs("worker")
    worker.metrics["tf2lab"] = lambda worker: report()
    threading.Thread(target=_loading.warm, name="warm-up", daemon=True).start()


def report() -> dict[str, Any]:
    """This worker process in plain values: devices and versions once it is loaded, `trouble` while there is some."""
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
    """The task: continues the run from its current state to its end or a pause; waits for an unavailable store."""
    Attempt(store(), _name(), run_id, _loading.get).perform(turn)
    give_back_memory()


def store() -> Store:
    """This process's store, shared by all its tasks: the first one opens it, and waits while it is unavailable."""
    with _opening:
        return _opened()


@functools.cache
def _opened() -> Store:
    return retry_until_available(open_store)


_opening = threading.Lock()


def _name() -> str:
    """A unique name for one attempt at a run: server/host:process/number."""
    server = os.environ.get("TF2LAB_SERVER", "")
    return f"{server}/{socket.gethostname()}:{os.getpid()}/{secrets.token_hex(4)}"
