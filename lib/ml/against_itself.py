"""A/A: one way of running against itself, again and again, through the protocol of every comparison.

What is called different here is so by mistake: both sides are built alike, each with weights and graphs of its own.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, closing
from typing import Any, cast

from lib.core.against_itself import ROUNDS, SIDES, AaConfig
from lib.core.study_events import Measured, StudyEvent, Waiting
from lib.ml.contestants import Contest, Contestant
from lib.ml.protocol import (
    THIS_MACHINE,
    WAIT_SECONDS,
    AnyContest,
    Events,
    Laboratory,
    Race,
    began,
    first_trace,
    until_stopped,
)
from lib.ml.rounds import CLOSING_SECONDS, Until


class Side:
    """A contestant under another name: two of the same mode must be told apart."""

    def __init__(self, contestant: Contestant, name: str) -> None:
        self._contestant, self.mode = contestant, name

    def __getattr__(self, name: str) -> Any:
        return getattr(self._contestant, name)


def against_itself(
    config: AaConfig,
    *,
    contest: Callable[[Any], AnyContest] = Contest,
    laboratory: Laboratory = THIS_MACHINE,
) -> Events:
    """Comparisons of a mode with itself, as many as there is time for; the last event is Finished, or Stopped.

    `contest` and `laboratory` as in `lib.ml.protocol.compare`. Each side has a contest of its own.
    """
    return until_stopped(story(config, contest, laboratory))


def story(
    config: AaConfig, contest: Callable[[Any], AnyContest], laboratory: Laboratory
) -> Generator[StudyEvent, None, None]:
    """All repetitions; the first is made whatever it takes, a further one where it fits into the time."""
    until = Until.after(laboratory.clock, config.seconds)
    yield began(ROUNDS, *laboratory.surroundings())
    with ExitStack() as stack:
        contests = [stack.enter_context(closing(contest(config))) for _ in SIDES]
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


def repetition(
    config: AaConfig, contests: list[AnyContest], laboratory: Laboratory, until: Until
) -> Iterator[StudyEvent]:
    """One comparison of both sides, newly built."""
    gc.collect()
    sides = []
    for entered, name in zip(contests, SIDES, strict=True):
        for contestant in entered.enter(config.size):
            sides.append(cast(Contestant, Side(contestant, name)))
            yield Waiting(size=config.size, mode=name)
    yield from Race(config, config.size, sides, laboratory, until, most=ROUNDS).run(careless=False, builds=0)
