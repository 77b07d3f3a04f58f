"""The protocol of a comparison, made to be trustworthy. A generator of events, like `lib.ml.training.loop.train`.

At each size every mode is built and called once, which pays all shared costs. Then this is repeated several times, in
random order, with building and first call timed separately. Each mode is checked to compute the same as the others,
warmed up, and then sampled in rounds (`lib.ml.benchmark.rounds`). Each round samples every mode once, in random order,
so that other load on the machine affects all of them. To keep the promised time it builds less often and makes fewer
rounds.
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
"""Longest wait between two checks for a stop request."""


class AnyPool(Protocol):
    """The interface of `lib.ml.benchmark.pool.CandidatePool`."""

    def ready(self, seconds: float) -> bool: ...
    def enter(self, size: int) -> Iterator[Candidate]: ...
    def close(self) -> None: ...


def compare(
    config: CompareConfig,
    *,
    pool: Callable[[CompareConfig], AnyPool] = CandidatePool,
    laboratory: Laboratory = THIS_MACHINE,
) -> Events:
    """Times the modes of `config` and yields the events; the last one is Finished, or Stopped on request.

    The caller answers each event by `send` with its current requests, or None. `pool` makes the candidates,
    `laboratory` has the instruments; tests pass their own.
    """
    return until_stopped(run_events(config, pool, laboratory))


def until_stopped(run_events: Generator[StudyEvent, None, None]) -> Events:
    """The events of `run_events`, then Finished; or Stopped, if that is requested before Measured."""
    rounds, stopped = 0, False
    with closing(run_events) as events:
        for event in events:
            rounds += isinstance(event, Sampled)
            requests = yield event
            stopped = requests is not None and requests.stop and not isinstance(event, Measured)
            if stopped:
                break
    # Only now, so that nothing is running any more when the caller gets the last event.
    yield Stopped(step=rounds) if stopped else Finished(step=rounds, reason="rounds")


def run_events(
    config: CompareConfig, pool: Callable[[CompareConfig], AnyPool], laboratory: Laboratory
) -> Generator[StudyEvent, None, None]:
    """A whole comparison without a stop."""
    until = Until.after(laboratory.clock, promised_seconds(config))
    yield began(ROUNDS[config.depth], *laboratory.surroundings())
    with closing(pool(config)) as entered:
        while not entered.ready(WAIT_SECONDS):
            yield Waiting(size=config.sizes[0], mode="session")
        first_trace()
        for place, size in enumerate(config.sizes):
            gc.collect()  # frees the last size's networks and graphs, which hold each other in cycles
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
    """Makes the first trace and compilation of the process, which load shared code, so that no mode pays for it."""
    for compiled in (False, True):
        tf.function(lambda x: x + 1.0, jit_compile=compiled)(tf.ones([1])).numpy()


def at_size(
    config: CompareConfig, size: int, entered: AnyPool, laboratory: Laboratory, until: Until
) -> Iterator[StudyEvent]:
    """The events of one size."""
    candidates = []
    for candidate in entered.enter(size):
        candidates.append(candidate)
        yield Waiting(size=size, mode=candidate.mode)
    yield from BenchmarkRunner(config, size, candidates, laboratory, until).run()
