"""How a comparison is timed, so that the answer can be believed. One generator of events, as
`lib.ml.training.loop.train`.

At each size every mode is built and called once, so that nobody pays any more what all share; then so again several
times, in an order drawn anew (both timed apart). It is shown to compute the same as the others, warmed up, and then
sampled in rounds (`lib.ml.benchmark.rounds`): every mode once a round, in an order that is drawn anew each time, so
that whatever else the machine does meanwhile hits all of them. The time promised is kept by building less often and by
making fewer rounds.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from typing import Protocol

import psutil
import tensorflow as tf

from lib.core.studies.configs import CompareConfig, promised_seconds
from lib.core.studies.events import Began, Measured, Sampled, StudyEvent, Waiting
from lib.core.training.control import ControlRequests
from lib.core.training.events import Finished, Stopped
from lib.ml.benchmark.candidates import Candidate
from lib.ml.benchmark.laboratory import THIS_MACHINE, Laboratory
from lib.ml.benchmark.pool import CandidatePool
from lib.ml.benchmark.rounds import Until
from lib.ml.benchmark.runner import ROUNDS, BenchmarkRunner
from lib.ml.environment import circumstances, device_name, processor_name, threads, versions

Events = Generator[StudyEvent | Finished | Stopped, ControlRequests | None, None]


WAIT_SECONDS = 0.25
"""How long is waited at a time where somebody may ask for a stop."""


class AnyPool(Protocol):
    """What is asked of `lib.ml.benchmark.pool.CandidatePool`."""

    def ready(self, seconds: float) -> bool: ...
    def enter(self, size: int) -> Iterator[Candidate]: ...
    def close(self) -> None: ...


def compare(
    config: CompareConfig,
    *,
    pool: Callable[[CompareConfig], AnyPool] = CandidatePool,
    laboratory: Laboratory = THIS_MACHINE,
) -> Events:
    """Times the modes of `config` and tells what happens; the last event is Finished, or Stopped on request.

    Every event is answered by `send` with what is requested by then; None is no requests. `pool` and `laboratory`: what
    is timed, and with what; a test has its own.
    """
    return until_stopped(run_events(config, pool, laboratory))


def until_stopped(run_events: Generator[StudyEvent, None, None]) -> Events:
    """What `run_events` tells, and then Finished; cut short with Stopped where that is requested before Measured."""
    rounds, stopped = 0, False
    with closing(run_events) as events:
        for event in events:
            rounds += isinstance(event, Sampled)
            requests = yield event
            stopped = requests is not None and requests.stop and not isinstance(event, Measured)
            if stopped:
                break
    # Only now: whoever hears of the end finds nothing running any more.
    yield Stopped(step=rounds) if stopped else Finished(step=rounds, reason="rounds")


def run_events(
    config: CompareConfig, pool: Callable[[CompareConfig], AnyPool], laboratory: Laboratory
) -> Generator[StudyEvent, None, None]:
    """A whole comparison as it goes when nobody stops it."""
    until = Until.after(laboratory.clock, promised_seconds(config))
    yield began(ROUNDS[config.depth], *laboratory.surroundings())
    with closing(pool(config)) as entered:
        while not entered.ready(WAIT_SECONDS):
            yield Waiting(size=config.sizes[0], mode="session")
        first_trace()
        for place, size in enumerate(config.sizes):
            gc.collect()  # networks and graphs hold each other: those of the last size go now
            yield from at_size(config, size, entered, laboratory, until.share(len(config.sizes) - place))
    load, busy = laboratory.surroundings()
    yield Measured(load=load, busy=busy)


def began(rounds: int, load: float, busy: float) -> Began:
    return Began(
        machine=processor_name(),
        processors=psutil.cpu_count() or 1,
        memory=psutil.virtual_memory().total,
        threads=threads(),
        device=device_name(),
        versions=versions(),
        load=load,
        busy=busy,
        rounds=rounds,
        **circumstances(),
    )


def first_trace() -> None:
    """The first trace and the first compilation of a process load what all later ones need: no mode is to pay that."""
    for compiled in (False, True):
        tf.function(lambda x: x + 1.0, jit_compile=compiled)(tf.ones([1])).numpy()


def at_size(
    config: CompareConfig, size: int, entered: AnyPool, laboratory: Laboratory, until: Until
) -> Iterator[StudyEvent]:
    """What is told of one size."""
    candidates = []
    for candidate in entered.enter(size):
        candidates.append(candidate)
        yield Waiting(size=size, mode=candidate.mode)
    yield from BenchmarkRunner(config, size, candidates, laboratory, until).run()
