"""A training and studies without TensorFlow, for tests of processes: real events, at any speed.

The run's settings control it: `steps_per_call` is the length of a chunk, `epochs` the number of chunks, `patience` the
milliseconds per chunk, `train_size` the number of values in its weights, and `seed` selects a fault (see the
constants). A run with a `target_accuracy` continues, whatever its `epochs`, until `let_end` is called: so a test that
acts on an open run is never too late, however busy the machine. The loss of every step follows from the steps before
it, so a curve shows whether a run continued where it had stopped; in a tuned run it also follows from its base's
weights and the number of its digits.

In a comparison `depth` sets the number of rounds (see ROUNDS), each size the milliseconds per round, and `seed` selects
a fault; with WAITS its last round waits for `let_end`. The file `mark_of` exists while a study runs.
"""

import os
import signal
import time
from collections.abc import Generator, Iterator
from pathlib import Path

import numpy as np

from lib.core.data.dataset import DataUnavailable
from lib.core.mydigits.finetune_plan import InitialWeights
from lib.core.paths import home
from lib.core.seeds import SCHEME
from lib.core.studies.configs import CompareConfig, RetraceConfig, StudyConfig
from lib.core.studies.events import Began, Called, Measured, Sampled, StudyEvent, Xrayed
from lib.core.training.config import TrainConfig
from lib.core.training.control import ControlRequests
from lib.core.training.events import (
    Checkpoint,
    Compiled,
    Event,
    Finished,
    Paused,
    Progress,
    RateChanged,
    Started,
    Stopped,
)
from lib.runs.worker.attempt import Events, Training
from tests.waiting import until

NOTHING, ERROR, NO_DATA, NO_MEMORY, SILENT_END, DEADLY, NO_CHECKPOINT, WAITS = range(8)
DEADLY_STEP = 50
"""DEADLY kills its own process in the call after this step; in a comparison, after the first round."""

ROUNDS = {"quick": 5, "thorough": 10**9}
"""A thorough one only ends when stopped."""

ENDLESS = TrainConfig(epochs=100, steps_per_call=10, patience=20, target_accuracy=1.0)
"""Ends when stopped, or after `let_end`."""

ENDLESS_CALLS = 19
"""A retrace case of so many calls makes the last one after `let_end`."""

FOR_EVER = 10**9
"""The number of steps of a run that does not end by itself."""


def let_end() -> None:
    """Lets every endless run and study of this home end."""
    (home() / "enough").touch()


def may_end() -> bool:
    return (home() / "enough").exists()


def load() -> Training:
    return Training(train=train, study=study, devices=("CPU",), versions={"light": "1"})


def held() -> Training:
    """Finishes loading only when the test allows it: once the file `go` is in the app's folder."""
    until((home() / "go").exists)
    return load()


def broken() -> Training:
    raise ImportError("no tensorflow here")


def losses_up_to(step: int, tuned: InitialWeights | None = None) -> list[float]:
    """The losses of an unbroken run."""
    work = Work(TrainConfig(), None, tuned)
    return [float(loss) for loss in work.steps(step)]


def first_number(tuned: InitialWeights | None) -> float:
    if tuned is None:
        return 1.0
    assert tuned.weights is not None
    return float(np.sum(tuned.weights["dense/kernel"])) + len(tuned.digits)


class Work:
    """The state of a run: its step, and a number that every step changes."""

    def __init__(self, config: TrainConfig, resume: Checkpoint | None, tuned: InitialWeights | None) -> None:
        self.config = config
        self.step = resume.step if resume else 0
        self.number = float(resume.state["number"]) if resume else first_number(tuned)
        self.rate = float(resume.state["rate"]) if resume else config.learning_rate

    def steps(self, count: int) -> np.ndarray:
        losses = []
        for _ in range(count):
            self.step += 1
            self.number = (self.number * 997 + self.step) % 1009
            losses.append(self.number)
        return np.array(losses, np.float32)

    def checkpoint(self, last: bool = False) -> Checkpoint:
        weights = {"dense/kernel": np.full(self.config.train_size % 60_000 or 2, self.step, np.float32)}
        state = {"number": np.array(self.number), "rate": np.array(self.rate)}
        return Checkpoint(step=self.step, weights=weights, state={} if last else state)


def train(
    config: TrainConfig, resume: Checkpoint | None = None, tuned: InitialWeights | None = None
) -> Generator[Event, ControlRequests | None, None]:
    if config.seed == NO_DATA:
        raise DataUnavailable(config.dataset, "it is not here")
    work = Work(config, resume, tuned)
    total = FOR_EVER if config.target_accuracy else config.steps_per_call * config.epochs
    requests = yield Started(
        device="CPU",
        threads=1,
        versions={"light": "1"},
        parameters=1,
        steps_per_epoch=config.steps_per_call,
        total_steps=total,
        loading_seconds=0.0,
        step=work.step,
        scheme=None if resume else SCHEME,
    )
    requests = yield Compiled(tracing_seconds=0.0, compiling_seconds=0.0)
    while True:
        requests = requests or ControlRequests()
        if requests.stop:
            yield work.checkpoint(last=True)
            yield Stopped(step=work.step)
            return
        if work.step == total or (config.target_accuracy and work.step and may_end()):
            yield work.checkpoint(last=True)
            yield Finished(step=work.step, reason="target_accuracy" if config.target_accuracy else "epochs")
            return
        if requests.pause_after is not None and requests.pause_after <= work.step:
            yield work.checkpoint()
            yield Paused(step=work.step)
            return
        if requests.learning_rate not in (None, work.rate):
            work.rate = requests.learning_rate
            requests = yield RateChanged(step=work.step, learning_rate=work.rate)
            continue
        requests = yield from call(work, requests.pause_after)
        if config.seed == SILENT_END:
            return


def call(work: Work, pause_after: int | None) -> Generator[Event, ControlRequests | None, ControlRequests | None]:
    """One chunk and, after every second chunk, a checkpoint; returns the current requests."""
    config = work.config
    time.sleep(config.patience / 1000)  # this is the work
    if config.seed == DEADLY and work.step >= DEADLY_STEP:
        os.kill(os.getpid(), signal.SIGKILL)
    first = work.step + 1
    count = config.steps_per_call - work.step % config.steps_per_call
    losses = work.steps(min(count, pause_after - work.step) if pause_after is not None else count)
    requests = yield Progress(
        first_step=first, losses=losses, accuracies=(1 / (1 + losses)).astype(np.float32), images_per_second=1e3
    )
    if config.seed == ERROR:
        raise RuntimeError("deliberately broken")
    if config.seed == NO_MEMORY:
        raise MemoryError("deliberately full")
    if work.step % (2 * config.steps_per_call) == 0 and config.seed != NO_CHECKPOINT:
        requests = yield work.checkpoint()
    return requests


def began(rounds: int) -> Began:
    return Began(
        machine="light",
        processors=1,
        memory=1,
        threads=1,
        device="CPU",
        versions={"light": "1"},
        load=0.0,
        busy=0.0,
        rounds=rounds,
    )


def mark_of(config: StudyConfig) -> Path:
    """A file that exists while this study runs in a process of this home."""
    return home() / f"under-way-{getattr(config, 'seed', 0)}"


def study(config: StudyConfig) -> Events:
    mark_of(config).touch()
    try:
        yield from studied(config)
    finally:
        mark_of(config).unlink()


def studied(config: StudyConfig) -> Events:
    """Begins, performs one action after another until all are done or it is stopped, and ends."""
    done = 0
    requests = yield began(ROUNDS[config.depth] if isinstance(config, CompareConfig) else 0)
    for done, happening in enumerate(happenings(config), 1):
        if requests and requests.stop:
            yield Stopped(step=done - 1)
            return
        requests = yield happening
    if isinstance(config, CompareConfig):
        yield Measured(load=0.0, busy=0.0)
    yield Finished(step=done, reason="done")


def happenings(config: StudyConfig) -> Iterator[StudyEvent]:
    match config:
        case CompareConfig():
            for size in config.sizes:
                for number in range(1, ROUNDS[config.depth] + 1):
                    yield round_of(config, size, number)
        case RetraceConfig():
            for number in range(1, config.calls + 1):
                if config.calls == ENDLESS_CALLS and number == config.calls:
                    until(may_end)
                yield Called(number=number, call=f"f({number})", signature="", traced=True, functions=number, time=1)
        case _:
            yield Xrayed(
                source="def f(): ...",
                converted="",
                nodes=(("a", "Add", ""), ("b", "Mul", "dense")),
                edges=((0, 1),),
                optimised_nodes=(),
                optimised_edges=(),
                hlo="",
                optimised_hlo="",
            )


def round_of(config: CompareConfig, size: int, number: int) -> Sampled:
    time.sleep(size / 1000)  # this is the work
    if number > 1 and config.seed == DEADLY:
        os.kill(os.getpid(), signal.SIGKILL)
    if number > 1 and config.seed == ERROR:
        raise RuntimeError("deliberately broken")
    if number > 1 and config.seed == NO_MEMORY:
        raise MemoryError("deliberately full")
    if number == ROUNDS[config.depth] and config.seed == WAITS:
        until(may_end)
    times = tuple(range(1, len(config.modes) + 1))
    return Sampled(size=size, round=number, modes=config.modes, times=times, starts=times)
