"""How long a run will wait for its turn, from what is known about the runs before it and about earlier ones."""

from __future__ import annotations

import heapq
import math
import statistics
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

from lib.core.config import TrainConfig
from lib.core.digits import TEST_IMAGES
from lib.core.fit import trained_images
from lib.core.studies import CompareConfig, RetraceConfig, SaliencyConfig, StudyConfig

LOOKING = 0.25
"""What looking at an image costs against learning from it: one pass forwards instead of forwards, backwards and the
optimizer's own."""
START_SECONDS = 3.0
"""To load the images, build the network, trace and compile it on a worker that is warm."""


COMPARISON_SECONDS = {"quick": 60.0, "thorough": 300.0}
"""A comparison at one size, by its depth, where none like it has been seen yet: the most that the page promises."""
RETRACE_SECONDS, XRAY_SECONDS, SALIENCY_SECONDS = 5.0, 20.0, 1.0
"""The other studies, where none has been seen yet: tracing a few times, compiling one function twice, one gradient."""

Speeds = Mapping[TrainConfig, float]
Lengths = Mapping[StudyConfig, float]


class Work(Protocol):
    """A run or a study as far as it matters here; `total_steps` is 0 before it has started."""

    @property
    def config(self) -> TrainConfig | StudyConfig: ...
    @property
    def step(self) -> int: ...
    @property
    def total_steps(self) -> int: ...


class Kind(NamedTuple):
    """What decides how many images a second a run trains with."""

    network: str
    execution: str
    precision: str
    filters: int
    dense_units: int
    optimizer: str
    batch_size: int
    steps_per_call: int


ALIKE = (8, 5, 3, 2, 1)
"""How many fields of two kinds must be the same, from the first on, for one to say something about the other: the most
alike are asked first. At the least the networks must be the same."""


def kind_of(config: TrainConfig) -> Kind:
    """The kind of run that `config` asks for."""
    return Kind(*(getattr(config, name) for name in Kind._fields))


def expected_wait(
    ahead: Iterable[Work], known_speeds: Speeds, workers: int = 1, known_lengths: Lengths | None = None
) -> float | None:
    """Seconds until the next run after `ahead` has its turn; None where that cannot be told.

    `ahead` are the open runs and studies before it, in the order of their turns; `known_speeds` are images per second
    of earlier runs by their settings, `known_lengths` seconds of earlier studies. Each of `workers` (at least 1) takes
    the next one when it is free. That a comparison has its machine to itself is left out: with several workers on it
    the wait is longer.
    """
    free_after = [0.0] * max(1, workers)
    for run in ahead:
        seconds = seconds_left(run, known_speeds, known_lengths)
        heapq.heapreplace(free_after, free_after[0] + (math.inf if seconds is None else seconds))
    return free_after[0] if math.isfinite(free_after[0]) else None


def seconds_left(work: Work, known_speeds: Speeds, known_lengths: Lengths | None = None) -> float | None:
    """Seconds that `work` will still take; None where no run like it has been seen yet."""
    config = work.config
    if isinstance(config, TrainConfig):
        return _seconds_of_run(config, work, known_speeds)
    done = min(1.0, work.step / work.total_steps) if work.total_steps else 0.0
    return (1 - done) * length_of(config, known_lengths or {})


def length_of(config: StudyConfig, known: Lengths) -> float:
    """Seconds to be expected of a study: the median of those like it, else as many as are allowed for its kind.

    Comparisons of one depth are alike but for how many modes they time at how many sizes: a sample takes about the
    same time everywhere, whatever is timed.
    """
    alike = [seconds / _parts(other) for other, seconds in known.items() if _likeness(other) == _likeness(config)]
    return _parts(config) * statistics.median(alike) if alike else _allowed(config)


def _parts(config: StudyConfig) -> int:
    return len(config.sizes) * len(config.modes) if isinstance(config, CompareConfig) else 1


def _likeness(config: StudyConfig) -> tuple[type, str]:
    return type(config), config.depth if isinstance(config, CompareConfig) else ""


def _allowed(config: StudyConfig) -> float:
    match config:
        case CompareConfig(depth=depth, sizes=sizes):
            return COMPARISON_SECONDS[depth] * len(sizes)
        case RetraceConfig():
            return RETRACE_SECONDS
        case SaliencyConfig():
            return SALIENCY_SECONDS
        case _:
            return XRAY_SECONDS


def _seconds_of_run(config: TrainConfig, run: Work, known_speeds: Speeds) -> float | None:
    speed = speed_of(config, known_speeds)
    if speed is None:
        return None
    per_epoch = math.ceil(trained_images(config) / config.batch_size)
    total = run.total_steps or per_epoch * config.epochs
    steps = max(0, total - run.step)
    # The last epoch's look at the test images comes after its last step, so it is still to come in any case.
    looks = max(1, math.ceil(steps / per_epoch)) * TEST_IMAGES * LOOKING
    images = steps / per_epoch * trained_images(config) + looks
    return images / speed + (0.0 if run.total_steps else START_SECONDS)


def speed_of(config: TrainConfig, known_speeds: Speeds) -> float | None:
    """Images per second to be expected of `config`: the median of the most alike kinds that are known."""
    wanted = kind_of(config)
    usable = [(kind_of(known), speed) for known, speed in known_speeds.items() if 0 < speed < math.inf]
    for fields in ALIKE:
        alike = [speed for kind, speed in usable if kind[:fields] == wanted[:fields]]
        if alike:
            return statistics.median(alike)
    return None
