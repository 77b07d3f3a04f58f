"""The rounds of a comparison at one size: two blocks with a pause between, then the samples of a careless benchmark.

There are as many rounds as the time allows. The duration of a round is not known beforehand and is measured on the way.
"""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lib.core.benchmark.intervals import FEWEST
from lib.core.benchmark.other_load import Look
from lib.core.studies.events import Sampled, UncontrolledSamples, Waiting
from lib.ml.benchmark.candidates import Candidate, Clock

BLOCKS = 2
PAUSE_SECONDS = 2.0
"""The pause between the blocks: a short disturbance of one mode ends in it and does not look like the mode's speed."""
AT_A_TIME = 0.25
"""The pause is divided into parts of this many seconds, after each of which a stop is possible."""
CLOSING_SECONDS = 2.0
"""Seconds that the end takes: measuring the load once more, ending processes."""

Rest = Callable[[float], None]
"""Waits for this many seconds."""
Sample = Callable[[Candidate, bool], int]
"""Takes a sample of a candidate, with or without waiting for its result: nanoseconds."""


@dataclass(frozen=True, slots=True)
class Until:
    """A deadline: a moment on a clock, in nanoseconds."""

    clock: Clock
    moment: int

    @classmethod
    def after(cls, clock: Clock, seconds: float) -> Until:
        """A deadline in this many seconds."""
        return cls(clock, clock() + round(seconds * 1e9))

    def left(self) -> float:
        """The seconds left; below 0 after the deadline."""
        return (self.moment - self.clock()) / 1e9

    def share(self, parts: int) -> Until:
        """The end of the first of `parts` equal parts of the time left."""
        return Until.after(self.clock, max(0.0, self.left()) / parts)


class Rounds:
    """The rounds of `candidates`, which are warm.

    There are at most `most` rounds, and fewer if they, and the careless samples if `careless`, would not end by
    `until`; but each block has at least as many as an interval needs. `seed` decides the orders.
    """

    def __init__(
        self,
        size: int,
        candidates: Sequence[Candidate],
        sample: Sample,
        *,
        most: int,
        seed: str,
        until: Until,
        look: Look,
        rest: Rest,
        careless: bool = True,
    ) -> None:
        self._size, self._candidates, self._sample = size, candidates, sample
        self._most, self._draw, self._careless = most, random.Random(seed), careless
        self._until, self._look, self._rest = until, look, rest
        self._beginning = until.clock()
        self._seconds: list[float] = []
        """Duration of every round, including what it takes besides its samples."""
        self._done = self._first_block = 0

    def run(self) -> Iterator[Sampled | Waiting]:
        """Both blocks."""
        yield from self._block(1)
        self._first_block = self._done
        for _ in range(round(PAUSE_SECONDS / AT_A_TIME)):
            self._rest(AT_A_TIME)
            yield Waiting(size=self._size, mode=self._candidates[0].mode)
        yield from self._block(2)

    def _block(self, number: int) -> Iterator[Sampled]:
        self._round()  # does not count: caches are cold after the previous work
        made = 0
        while made < FEWEST or self._done * BLOCKS < self._planned() * number:
            yield self._sampled(number)
            made += 1

    @property
    def _one(self) -> float:
        """The current duration of a round in seconds, from the newest rounds: a machine may have become slow."""
        return statistics.median(self._seconds[-FEWEST:])

    def _planned(self) -> int:
        """The total number of rounds, by the current estimate."""
        one = self._one
        left = self._until.left() - CLOSING_SECONDS - (0 if self._first_block else PAUSE_SECONDS + one)
        further = left / one
        if self._careless:  # two kinds, each half as many as the rounds, together take as long as these
            further = (further - self._done) / 2
        affordable = self._done + max(0, math.floor(further))
        return max(self._first_block + FEWEST, BLOCKS * FEWEST, min(self._most, affordable))

    def _sampled(self, block: int) -> Sampled:
        self._look()  # discards the load before this round
        drawn, times, starts, void = self._round()
        seen = self._look()
        self._done += 1
        return Sampled(
            size=self._size,
            round=self._done,
            modes=tuple(candidate.mode for candidate in drawn),
            times=tuple(times),
            starts=tuple(starts),
            void=tuple(void),
            block=block,
            planned=self._planned(),
            others=seen.others,
            stolen=seen.stolen,
            disturbed=seen.disturbed,
        )

    def _round(self) -> tuple[list[Candidate], list[int], list[int], list[str]]:
        """Samples every candidate once, in random order. The order, times, starts, and the modes that traced again."""
        began = self._until.clock()
        drawn = self._draw.sample(list(self._candidates), len(self._candidates))
        times, starts, void = [], [], []
        for candidate in drawn:
            before = candidate.traces
            starts.append(self._until.clock() - self._beginning)
            times.append(self._sample(candidate, True))
            if candidate.traces != before:
                void.append(candidate.mode)
        self._seconds.append((self._until.clock() - began) / 1e9)
        return drawn, times, starts, void

    def shortcuts(self, steps: Callable[[Candidate], int]) -> Iterator[UncontrolledSamples | Waiting]:
        """The samples of a careless benchmark for every candidate: as many as rounds, or as the time allows."""
        affordable = math.floor((self._until.left() - CLOSING_SECONDS) / (2 * self._one))
        count = max(FEWEST, min(self._done, affordable))
        for candidate in self._candidates:
            block = tuple(self._sample(candidate, True) for _ in range(count))
            yield Waiting(size=self._size, mode=candidate.mode)
            unsynchronised = tuple(self._sample(candidate, False) for _ in range(count))
            yield UncontrolledSamples(
                size=self._size,
                mode=candidate.mode,
                steps=steps(candidate),
                block=block,
                unsynchronised=unsynchronised,
            )
