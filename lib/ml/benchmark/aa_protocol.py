"""A/A test: a mode compared with itself, repeatedly, by the protocol of every comparison.

Any difference found here is a false positive: both sides are built alike, each with its own weights and graphs.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, closing
from typing import Any, cast

from lib.core.benchmark.aa_trials import ROUNDS, SIDES, AaConfig
from lib.core.studies.events import Measured, StudyEvent, Waiting
from lib.ml.benchmark.candidates import Candidate
from lib.ml.benchmark.laboratory import THIS_MACHINE, Laboratory
from lib.ml.benchmark.pool import CandidatePool
from lib.ml.benchmark.protocol import WAIT_SECONDS, AnyPool, Events, began, first_trace, until_stopped
from lib.ml.benchmark.rounds import CLOSING_SECONDS, Until
from lib.ml.benchmark.runner import BenchmarkRunner


class Side:
    """A candidate under another name, so that two of the same mode can be told apart."""

    def __init__(self, candidate: Candidate, name: str) -> None:
        self._contestant, self.mode = candidate, name

    def __getattr__(self, name: str) -> Any:
        return getattr(self._contestant, name)


def against_itself(
    config: AaConfig,
    *,
    pool: Callable[[Any], AnyPool] = CandidatePool,
    laboratory: Laboratory = THIS_MACHINE,
) -> Events:
    """Comparisons of a mode with itself, as many as the time allows; the last event is Finished or Stopped.

    `pool` and `laboratory` as in `lib.ml.benchmark.protocol.compare`. Each side has a pool of its own.
    """
    return until_stopped(story(config, pool, laboratory))


def story(
    config: AaConfig, pool: Callable[[Any], AnyPool], laboratory: Laboratory
) -> Generator[StudyEvent, None, None]:
    """All repetitions; the first is always made, a further one only if it fits into the time."""
    until = Until.after(laboratory.clock, config.seconds)
    yield began(ROUNDS, *laboratory.surroundings())
    with ExitStack() as stack:
        contests = [stack.enter_context(closing(pool(config))) for _ in SIDES]
        for one in contests:
            while not one.ready(WAIT_SECONDS):
                yield Waiting(size=config.size, mode=SIDES[0])
        first_trace()
        longest = 0.0
        while until.left() > longest + CLOSING_SECONDS:
            before = until.left()
            yield from repetition(config, contests, laboratory, until)
            longest = max(longest, 1.05 * (before - until.left()))
    load, busy = laboratory.surroundings()
    yield Measured(load=load, busy=busy)


def repetition(config: AaConfig, contests: list[AnyPool], laboratory: Laboratory, until: Until) -> Iterator[StudyEvent]:
    """One comparison of both sides, newly built."""
    gc.collect()
    sides = []
    for entered, name in zip(contests, SIDES, strict=True):
        for candidate in entered.enter(config.size):
            sides.append(cast(Candidate, Side(candidate, name)))
            yield Waiting(size=config.size, mode=name)
    yield from BenchmarkRunner(config, config.size, sides, laboratory, until, most=ROUNDS).run(careless=False, builds=0)
