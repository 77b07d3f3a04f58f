"""Candidates without TensorFlow, on a clock that only they advance, so their times are known exactly."""

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from lib.core.benchmark.other_load import Disturbance
from lib.core.studies.configs import CompareConfig
from lib.ml.benchmark.candidates import Candidate, Outcome
from lib.ml.benchmark.laboratory import Laboratory
from lib.ml.benchmark.protocol import compare

MS = 1_000_000
TWO = CompareConfig(modes=("eager", "graph"))


class FakeClock:
    """A clock that only advances when told to."""

    def __init__(self) -> None:
        self.now = 10**15

    def __call__(self) -> int:
        return self.now


class Result:
    def __init__(self, wait: Callable[[], None]) -> None:
        self.numpy = wait


@dataclass
class Fake(Candidate):
    """Takes `each(n)` nanoseconds for every step of its nth call (from 0), then `late` until the result is ready."""

    mode: str
    clock: FakeClock
    each: Callable[[int], int] = lambda call: 5 * MS
    building: int = 0
    shared: list[int] = field(default_factory=list)
    """Nanoseconds that only the very first build takes: all candidates share this list."""
    compiling: int = 0
    """Nanoseconds that the first call after each build takes in addition to its step."""
    late: int = 0
    many: bool = False
    traced_at: tuple[int, ...] = ()
    outcomes: Callable[[int], Outcome] = lambda place: Outcome([np.float32(1)])
    calls: list[tuple[int, int]] = field(default_factory=list)
    """For each call: its steps, and its nanoseconds including the wait."""
    collecting: list[bool] = field(default_factory=list)
    resets: list[int] = field(default_factory=list)
    """For each reset: the number of calls before it."""
    built_at: list[int] = field(default_factory=list)
    """The times at which builds began."""
    fresh: bool = False

    @property
    def builds(self) -> bool:
        return self.mode != "eager"

    def build(self) -> None:
        self.built_at.append(self.clock.now)
        self.clock.now += self.building + (self.shared.pop() if self.shared else 0)
        self.fresh = True

    def run(self, steps: int) -> Result:
        self.collecting.append(gc.isenabled())
        taken = steps * self.each(len(self.calls)) + (self.compiling if self.fresh else 0)
        self.fresh = False
        self.calls.append((steps, taken + self.late))
        self.clock.now += taken
        return Result(self.wait)

    def wait(self) -> None:
        self.clock.now += self.late

    @property
    def traces(self) -> int:
        return 1 + sum(len(self.calls) > number for number in self.traced_at)

    def reset(self, place: int = 0) -> None:
        self.resets.append(len(self.calls))

    def outcome(self, steps: int, place: int = 0) -> Outcome:
        return self.outcomes(place)


@dataclass
class FakeContest:
    """Enters the same candidates at every size."""

    candidates: list[Fake]
    refusals: int = 0
    """The number of times it answers "not ready"."""
    closed: bool = False

    def ready(self, seconds: float) -> bool:
        self.refusals -= 1
        return self.refusals < 0

    def enter(self, size: int) -> Iterator[Fake]:
        yield from self.candidates

    def close(self) -> None:
        self.closed = True


QUIET = Disturbance(others=0.0, stolen=0.0, disturbed=False)


def laboratory(clock: FakeClock, look: Callable[[], Disturbance] = lambda: QUIET) -> Laboratory:
    """A laboratory in which time passes only when a candidate takes it, or in a pause."""

    def rest(seconds: float) -> None:
        clock.now += round(seconds * 1e9)

    return Laboratory(clock=clock, surroundings=lambda: (0.25, 0.5), watch=lambda: look, rest=rest)


def race(pool: FakeContest, config: CompareConfig = TWO, look: Callable[[], Disturbance] = lambda: QUIET):
    """The protocol on a fake clock."""
    return compare(config, pool=lambda config: pool, laboratory=laboratory(pool.candidates[0].clock, look))
