"""Runs the candidates at one size: builds them, checks their results, warms them up, and samples them in rounds."""

from __future__ import annotations

import functools
import math
import random
import statistics
from collections.abc import Generator, Iterator, Mapping, Sequence

import numpy as np

from lib.core.studies.configs import AaConfig, CompareConfig
from lib.core.studies.events import Agreed, Prepared, StudyEvent, Waiting, Warmed
from lib.ml.benchmark.candidates import Candidate, Clock, Outcome
from lib.ml.benchmark.laboratory import Laboratory, no_collecting
from lib.ml.benchmark.rounds import Rounds, Until

ROUNDS: Mapping[str, int] = {"quick": 40, "thorough": 100}
"""Most samples of each mode, by depth."""


BUILDS = 6
"""Most times that each mode is built anew to time the one-off costs: fewer than six give no interval."""


LEAST = 10_000_000
"""Least nanoseconds of a sample: by then the cost of the clock and of the call is negligible."""


WANTED = 3 * LEAST
"""Nanoseconds to aim for when choosing the number of steps in a sample: three times LEAST, since the machine may have
been slow just then and a sample must not become too short."""


MANY: Mapping[str, int] = {"quick": 10, "thorough": 25}
"""Steps in one call of a mode that is made for many, by depth. The app itself makes 25."""


PATIENCE: Mapping[str, int] = {"quick": 250_000_000, "thorough": 1_000_000_000}
"""Most nanoseconds for these steps; if they would take longer, there are fewer."""


ALIKE = 0.05
"""A mode is warm if two successive medians differ by no more than this share."""


BLOCK = 3
"""Warm-up samples per median."""


MOST_BLOCKS: Mapping[str, int] = {"quick": 6, "thorough": 20}
"""Most blocks of warm-up samples, by depth."""


AGREEING = 3
"""Steps for the check whether the modes agree."""


TOLERANCE = 2e-4
"""Largest allowed difference of losses, outputs and weights, since modes round differently.

Measured with the notes' network, batches of 1, 32 and 256, 68 starting points: after 3 steps the same rule differs by
up to 8e-5 in a weight (mostly 1e-6), Adam with TensorFlow 1's epsilon by at least 1.1e-3, a learning rate 1 % too high
by at least 2.9e-4. Over more steps the same rule drifts as far as a wrong one: once a rounding error turns one
ReLU off, Adam makes whole steps of the tiny difference.
"""


BEGINNINGS = 3
"""Starting batches for the check: such a ReLU may turn off at the first of them, but not again at another; a wrong rule
differs at each."""


class BenchmarkRunner:
    """The candidates at one size. The results should be complete by `until`, after at most `most` rounds."""

    def __init__(
        self,
        config: CompareConfig | AaConfig,
        size: int,
        candidates: list[Candidate],
        laboratory: Laboratory,
        until: Until,
        most: int | None = None,
    ) -> None:
        self._config, self._size, self._candidates = config, size, candidates
        self._laboratory, self._clock, self._until = laboratory, laboratory.clock, until
        self._most = most or ROUNDS[config.depth]
        self._steps: dict[str, int] = {}

    def run(self, careless: bool = True, builds: int = BUILDS) -> Iterator[StudyEvent]:
        """All phases in order, without `careless` up to the rounds. `builds`: how often each mode is built anew."""
        yield from self._prepare(builds, self._until.share(2))
        yield from self._agree()
        patience = self._until.share(2)
        for candidate in self._candidates:
            yield from self._warm_up(candidate, patience)
        rounds = self._rounds(careless)
        yield from rounds.run()
        if careless:
            yield from rounds.shortcuts(lambda candidate: self._steps[candidate.mode])

    def _waiting(self, candidate: Candidate) -> Waiting:
        return Waiting(size=self._size, mode=candidate.mode)

    def _time(self, candidate: Candidate, wait: bool = True) -> int:
        """Takes one sample."""
        with no_collecting():
            return candidate.time(self._clock, self._steps[candidate.mode], wait)

    def _prepare(self, builds: int, patience: Until) -> Iterator[StudyEvent]:
        """Builds and calls every mode, both timed separately, and finds the number of steps for a sample.

        The first time includes shared costs, such as loading kernels and allocating memory. So a mode's own one-off
        costs are those of building it anew after that, in random order each time, until `patience` is over.
        """
        first: dict[str, tuple[int, int]] = {}
        for candidate in self._candidates:
            first[candidate.mode] = yield from self._build(candidate)
        anew: dict[str, list[tuple[int, int]]] = {candidate.mode: [] for candidate in self._candidates}
        draw = random.Random(f"{self._config.seed} {self._size} builds")
        building = [candidate for candidate in self._candidates if candidate.builds]
        for number in range(builds):
            if number and patience.left() < 0:
                break
            for candidate in draw.sample(building, len(building)):
                candidate.forget()
                anew[candidate.mode].append((yield from self._build(candidate)))
        for candidate in self._candidates:
            yield self._prepared(candidate, first[candidate.mode], anew[candidate.mode])

    def _build(self, candidate: Candidate) -> Generator[StudyEvent, None, tuple[int, int]]:
        """Nanoseconds of building and of the first call."""
        with no_collecting():
            tracing = candidate.time_building(self._clock)
        yield self._waiting(candidate)
        with no_collecting():
            first = candidate.time_first(self._clock)
        yield self._waiting(candidate)
        return tracing, first

    def _prepared(self, candidate: Candidate, first: tuple[int, int], anew: list[tuple[int, int]]) -> Prepared:
        with no_collecting():
            steps = self._steps[candidate.mode] = steps_of_a_sample(candidate, self._clock, self._config.depth)
        return Prepared(
            size=self._size,
            mode=candidate.mode,
            tracing=first[0],
            first=first[1],
            traces=candidate.traces,
            steps=steps,
            tracings=tuple(tracing for tracing, _ in anew),
            firsts=tuple(call for _, call in anew),
        )

    def _agree(self) -> Iterator[Agreed]:
        """Compares the results of every other mode with the first. Afterwards all have their first weights."""
        first = functools.cache(lambda place: self._candidates[0].outcome(AGREEING, place))
        for candidate in self._candidates[1:]:
            for beginning in range(BEGINNINGS):
                place = beginning * AGREEING
                agreed = self._agreed(candidate.mode, first(place), candidate.outcome(AGREEING, place))
                if agreed.agrees:
                    break
            yield agreed
        for candidate in self._candidates:
            candidate.reset()

    def _agreed(self, mode: str, first: Outcome, outcome: Outcome) -> Agreed:
        output = largest_difference(first.outputs, outcome.outputs)
        weights = largest_difference(first.weights, outcome.weights)
        return Agreed(
            size=self._size,
            mode=mode,
            steps=AGREEING,
            output=output,
            weights=weights,
            tolerance=TOLERANCE,
            agrees=output <= TOLERANCE and weights <= TOLERANCE,
        )

    def _warm_up(self, candidate: Candidate, patience: Until) -> Iterator[StudyEvent]:
        """Takes samples that do not count, until two successive medians are alike or `patience` is over."""
        times: list[int] = []
        settled = False
        blocks = MOST_BLOCKS[self._config.depth]
        while not settled and len(times) < BLOCK * (blocks if patience.left() > 0 else 2):
            times += [self._time(candidate) for _ in range(BLOCK)]
            settled = len(times) > BLOCK and alike(times[-2 * BLOCK : -BLOCK], times[-BLOCK:])
            yield self._waiting(candidate)
        yield Warmed(
            size=self._size,
            mode=candidate.mode,
            steps=self._steps[candidate.mode],
            times=tuple(times),
            settled=settled,
        )

    def _rounds(self, careless: bool) -> Rounds:
        return Rounds(
            self._size,
            self._candidates,
            self._time,
            most=self._most,
            seed=f"{self._config.seed} {self._size}",
            until=self._until,
            look=self._laboratory.watch(),
            rest=self._laboratory.rest,
            careless=careless,
        )


def steps_of_a_sample(candidate: Candidate, clock: Clock, depth: str) -> int:
    """The number of steps that take as long as a sample should; more for a mode that is made for many at once."""
    steps = 1
    while (shortest := shortest_time(candidate, clock, steps)) < WANTED:
        # A fifth more, so that the next try is likely the last; at most tenfold, since a short time says little.
        steps = max(steps + 1, math.ceil(steps * min(10.0, 1.2 * WANTED / max(shortest, 1))))
    if candidate.many:
        return max(steps, min(MANY[depth], steps * PATIENCE[depth] // shortest))
    return steps


def shortest_time(candidate: Candidate, clock: Clock, steps: int) -> int:
    """The shortest of three samples: other load on the machine only makes them longer."""
    return min(candidate.time(clock, steps) for _ in range(3))


def alike(times: Sequence[int], others: Sequence[int]) -> bool:
    """Whether the medians differ by no more than ALIKE of the larger one."""
    lower, higher = sorted((statistics.median(times), statistics.median(others)))
    return higher - lower <= ALIKE * higher


def largest_difference(some: Sequence[np.ndarray], others: Sequence[np.ndarray]) -> float:
    """The largest difference between values at the same place; NaN if one of them is NaN, 0 for empty sequences."""
    differences = [np.abs(a - b).max() for a, b in zip(some, others, strict=True)]
    return float(np.max(differences)) if differences else 0.0
