"""The rounds of a comparison at one size: two blocks with a pause between, and then what a careless benchmark measures.

There are as many as the time allows. How long a round takes is not known beforehand and is measured as it goes.
"""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lib.core.benchmark.intervals import FEWEST
from lib.core.studies.events import Sampled, Shortcut, Waiting
from lib.ml.benchmark.candidates import Candidate, Clock
from lib.ml.benchmark.other_load import Look

BLOCKS = 2
PAUSE_SECONDS = 2.0
"""Between the blocks: what slows a mode down for a moment is over then, and does not pass for the mode's own speed."""
AT_A_TIME = 0.25
"""Seconds of a pause after which somebody who wants to stop is heard."""
CLOSING_SECONDS = 2.0
"""What the end takes: looking at the machine once more, ending processes."""

Rest = Callable[[float], None]
"""Lets so many seconds pass."""
Sample = Callable[[Candidate, bool], int]
"""Takes a sample of a candidate, with or without waiting for its result: nanoseconds."""


@dataclass(frozen=True, slots=True)
class Until:
    """A moment by a clock, in nanoseconds, until which something should be done."""

    clock: Clock
    moment: int

    @classmethod
    def after(cls, clock: Clock, seconds: float) -> Until:
        """So many seconds from now."""
        return cls(clock, clock() + round(seconds * 1e9))

    def left(self) -> float:
        """Seconds; below 0 where it is over."""
        return (self.moment - self.clock()) / 1e9

    def share(self, parts: int) -> Until:
        """The end of the first of so many equal parts of what is left."""
        return Until.after(self.clock, max(0.0, self.left()) / parts)


class Rounds:
    """The rounds of `candidates` (of `steps` steps a sample, by mode), which are warm.

    At most `most` rounds are made; fewer where they, and the careless samples where these are wanted, would not be over
    by `until`; but in each block as many as an interval takes. `seed` decides the orders.
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
        """Of every round, with all that it takes besides its samples."""
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
        self._round()  # does not count: after whatever came before it caches are cold
        made = 0
        while made < FEWEST or self._done * BLOCKS < self._planned() * number:
            yield self._sampled(number)
            made += 1

    @property
    def _one(self) -> float:
        """Seconds of a round as they are by now: a machine may have grown slow."""
        return statistics.median(self._seconds[-FEWEST:])

    def _planned(self) -> int:
        """Rounds in all, as far as can be said by now."""
        one = self._one
        left = self._until.left() - CLOSING_SECONDS - (0 if self._first_block else PAUSE_SECONDS + one)
        further = left / one
        if self._careless:  # which take as long as the rounds where there are half as many of either kind
            further = (further - self._done) / 2
        affordable = self._done + max(0, math.floor(further))
        return max(self._first_block + FEWEST, BLOCKS * FEWEST, min(self._most, affordable))

    def _sampled(self, block: int) -> Sampled:
        self._look()  # what came before this round is no concern of it
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
        """Everybody once, in an order drawn anew. That order; times; starts; the modes that traced again meanwhile."""
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

    def shortcuts(self, steps: Callable[[Candidate], int]) -> Iterator[Shortcut | Waiting]:
        """What a careless benchmark would have measured of everybody: as many samples as rounds, or as time allows."""
        affordable = math.floor((self._until.left() - CLOSING_SECONDS) / (2 * self._one))
        count = max(FEWEST, min(self._done, affordable))
        for candidate in self._candidates:
            block = tuple(self._sample(candidate, True) for _ in range(count))
            yield Waiting(size=self._size, mode=candidate.mode)
            unsynchronised = tuple(self._sample(candidate, False) for _ in range(count))
            yield Shortcut(
                size=self._size,
                mode=candidate.mode,
                steps=steps(candidate),
                block=block,
                unsynchronised=unsynchronised,
            )
