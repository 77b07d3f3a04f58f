"""A training without TensorFlow, for tests of the process machinery: real events, as slow as the test wants.

The run's settings steer it: `steps_per_call` is the length of a chunk, `epochs` the number of chunks, `patience` the
milliseconds that each takes, and `seed` what goes wrong (see the constants).
"""

import time
from collections.abc import Generator

import numpy as np

from lib.core.config import TrainConfig
from lib.core.digits import DataUnavailable
from lib.core.events import Checkpoint, Compiled, Event, Finished, Progress, Started, Stopped
from lib.core.place import home
from lib.runs.worker import Training
from tests.waiting import until

NOTHING, ERROR, NO_DATA, NO_MEMORY, SILENT_END = range(5)


def load() -> Training:
    return Training(train=train, devices=("CPU",), versions={"light": "1"})


def held() -> Training:
    """Takes as long to load as the test wants: until the file `go` is in the app's folder."""
    until((home() / "go").exists)
    return load()


def broken() -> Training:
    raise ImportError("no tensorflow here")


def train(config: TrainConfig) -> Generator[Event, str | None, None]:
    if config.seed == NO_DATA:
        raise DataUnavailable(config.dataset, "it is not here")
    chunk, chunks = config.steps_per_call, config.epochs
    yield Started(
        device="CPU",
        threads=1,
        versions={"light": "1"},
        parameters=1,
        steps_per_epoch=chunk,
        total_steps=chunk * chunks,
        loading_seconds=0.0,
    )
    yield Compiled(tracing_seconds=0.0, compiling_seconds=0.0)
    for first in range(1, chunk * chunks, chunk):
        time.sleep(config.patience / 1000)  # this is the work
        last = first + chunk - 1
        losses = np.linspace(2, 1, chunk, dtype=np.float32)
        wish = yield Progress(first_step=first, losses=losses, accuracies=1 - losses / 2, images_per_second=1e3)
        if config.seed == ERROR:
            raise RuntimeError("deliberately broken")
        if config.seed == NO_MEMORY:
            raise MemoryError("deliberately full")
        if config.seed == SILENT_END:
            return
        yield Checkpoint(step=last, weights={"dense/kernel": np.full((2, 2), last, np.float32)})
        if wish == "stop":
            yield Stopped(step=last)
            return
    yield Finished(step=chunk * chunks, reason="epochs")
