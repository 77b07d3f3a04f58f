"""Estimates how long a run will wait for its turn, from the runs ahead of it and from earlier ones.

Every estimate is a range. It comes from measurements of runs like those ahead, and is wider the less alike they are. A
run that may end early, by its target or its patience, is expected to take between the fewest epochs that similar runs
took and all of its epochs.
"""

from __future__ import annotations

import heapq
import math
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from lib.core.data.dataset import TEST_IMAGES
from lib.core.diagnosis.assess import trained_images
from lib.core.jobs.throughput import Throughput
from lib.core.settings import UNLIKE
from lib.core.studies.configs import (
    CompareConfig,
    ExportConfig,
    LessonConfig,
    RetraceConfig,
    SaliencyConfig,
    StudyConfig,
)
from lib.core.studies.works import SECONDS
from lib.core.training.config import SETTINGS, TrainConfig

LOOKING = 0.25
"""Cost of evaluating an image relative to training on it: one forward pass instead of forward, backward and optimizer.
Used only while no end of an epoch has been recorded."""
START_SECONDS = 3.0
"""To load the images, build the network, trace and compile it on a warm worker; used only while this has not been
recorded. A worker that has all this cached needs next to nothing."""

RETRACE_SECONDS, XRAY_SECONDS, SHORT_SECONDS, EXPORT_SECONDS = 5.0, 20.0, 1.0, 15.0
"""The other studies, while none has been recorded: a few tracings, one function compiled twice, one gradient, two
processes that import TensorFlow."""

Paces = Mapping[TrainConfig, Throughput]
Lengths = Mapping[StudyConfig, float]


class Work(Protocol):
    """What matters here about a run or a study; `total_steps` is 0 before it has started."""

    @property
    def config(self) -> TrainConfig | StudyConfig: ...
    @property
    def step(self) -> int: ...
    @property
    def total_steps(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Planned:
    """A run or a study that does not exist yet."""

    config: TrainConfig | StudyConfig
    step: int = 0
    total_steps: int = 0


class Wait(NamedTuple):
    """A range of seconds, from `least` to `most`."""

    least: float
    most: float

    def plus(self, other: Wait) -> Wait:
        """The wait for both, one after the other."""
        return Wait(self.least + other.least, self.most + other.most)


def speed_gap(config: TrainConfig, other: TrainConfig) -> float:
    """The factor by which the speeds of two runs, in images per second, differ at most: see `Setting.speed`."""
    different = (name for name in SETTINGS if getattr(config, name) != getattr(other, name))
    return max((SETTINGS[name].speed for name in different), default=1.0)


def expected_wait(
    ahead: Iterable[Work], known_paces: Paces, workers: int = 1, known_lengths: Lengths | None = None
) -> Wait | None:
    """Seconds until the next run after `ahead` has its turn; None if unknown.

    `ahead` are the open runs and studies before it, in queue order; `known_paces` maps earlier runs' settings to their
    paces, `known_lengths` earlier studies to their seconds. Each of `workers` (at least 1) takes the next one when it
    is free. The estimate ignores that a comparison has its machine to itself: with several workers on that machine the
    wait is longer.
    """
    each = [seconds_left(work, known_paces, known_lengths) or UNKNOWN for work in ahead]
    return _known(Wait(*(min(_free_after(seconds, workers)) for seconds in zip(*each, strict=True))) if each else NONE)


def expected_length(works: Iterable[Work], known_paces: Paces, workers: int = 1) -> Wait | None:
    """Seconds until the last of `works` has ended, if `workers` share them and do nothing else; None if unknown."""
    each = [seconds_left(work, known_paces) or UNKNOWN for work in works]
    return _known(Wait(*(max(_free_after(seconds, workers)) for seconds in zip(*each, strict=True))) if each else NONE)


UNKNOWN, NONE = Wait(math.inf, math.inf), Wait(0.0, 0.0)


def _known(wait: Wait) -> Wait | None:
    return wait if math.isfinite(wait.most) else None


def _free_after(seconds: Iterable[float], workers: int) -> list[float]:
    """Seconds until each of `workers` is free after they have shared work of these `seconds`, in order."""
    free_after = [0.0] * max(1, workers)
    for one in seconds:
        heapq.heapreplace(free_after, free_after[0] + one)
    return free_after


def seconds_left(work: Work, known_paces: Paces, known_lengths: Lengths | None = None) -> Wait | None:
    """Seconds that `work` will still take; None if no run like it has been recorded."""
    config = work.config
    if isinstance(config, TrainConfig):
        return _seconds_of_run(config, work, known_paces)
    done = min(1.0, work.step / work.total_steps) if work.total_steps else 0.0
    left = (1 - done) * length_of(config, known_lengths or {})
    return Wait(left, left)


def length_of(config: StudyConfig, known: Lengths) -> float:
    """Expected seconds of a study: the median of similar ones, else the limit of its kind.

    Comparisons of one depth are alike except for their number of modes and sizes: a sample takes about the same time,
    whatever it measures.
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
            return SECONDS[depth] * len(sizes)
        case RetraceConfig():
            return RETRACE_SECONDS
        case SaliencyConfig() | LessonConfig():
            return SHORT_SECONDS
        case ExportConfig():
            return EXPORT_SECONDS
        case _:
            return XRAY_SECONDS


def _seconds_of_run(config: TrainConfig, run: Work, known_paces: Paces) -> Wait | None:
    found = pace_of(config, known_paces)
    if found is None:
        return None
    pace, factor = found
    epochs = _epochs(config, run, known_paces)
    work = Wait(*(_seconds(config, run, pace, count) for count in epochs))
    start = Wait(0.0, 0.0) if run.total_steps else _start(config, known_paces)
    return Wait(work.least / factor, work.most * factor).plus(start)


def _seconds(config: TrainConfig, run: Work, pace: Throughput, epochs: int) -> float:
    """Seconds left of a run that ends after `epochs`, at this pace."""
    per_epoch = math.ceil(trained_images(config) / config.batch_size)
    total = min(run.total_steps or per_epoch * epochs, per_epoch * epochs)
    steps = max(0, total - run.step)
    # An epoch is evaluated after its last step, so at least one evaluation is still to come.
    looks = max(1, math.ceil(steps / per_epoch))
    looking = TEST_IMAGES * LOOKING / pace.images_per_second if pace.looking is None else pace.looking
    return steps / per_epoch * trained_images(config) / pace.images_per_second + looks * looking


def _epochs(config: TrainConfig, run: Work, known_paces: Paces) -> tuple[int, int]:
    """The fewest and the most epochs that the run may take."""
    if not (config.patience or config.target_accuracy):
        return config.epochs, config.epochs
    per_epoch = math.ceil(trained_images(config) / config.batch_size)
    seen = [pace.epochs or config.epochs for known, pace in known_paces.items() if _lasting(known) == _lasting(config)]
    soonest = min(config.epochs, run.step // per_epoch + 1)
    least, most = (min(seen), max(seen)) if seen else (soonest, config.epochs)
    return max(soonest, least), max(soonest, most)


def _lasting(config: TrainConfig) -> dict[str, object]:
    """The settings that affect the number of epochs that a run needs to reach its target."""
    return {name: getattr(config, name) for name, setting in SETTINGS.items() if not setting.incidental}


def _start(config: TrainConfig, known_paces: Paces) -> Wait:
    """Seconds to start a run: 0 if the worker has everything cached, else up to the longest recorded."""
    seen = [
        pace.starting
        for known, pace in known_paces.items()
        if pace.starting is not None and speed_gap(known, config) == 1
    ]
    return Wait(0.0, max(START_SECONDS, *seen) if seen else START_SECONDS)


def pace_of(config: TrainConfig, known_paces: Paces) -> tuple[Throughput, float] | None:
    """The pace to expect of `config`, and the factor by which it may be off; None if nothing like it is known.

    It is the pace of a run with the same settings, else the median of the most similar known runs.
    """
    usable = {known: pace for known, pace in known_paces.items() if 0 < pace.images_per_second < math.inf}
    if config in usable:
        return usable[config], 1.0
    gaps = {known: speed_gap(known, config) for known in usable}
    factor = min(gaps.values(), default=UNLIKE)
    if factor == UNLIKE:
        return None
    alike = [usable[known] for known, gap in gaps.items() if gap == factor]
    looking = [pace.looking for pace in alike if pace.looking is not None]
    speed = statistics.median(pace.images_per_second for pace in alike)
    return Throughput(speed, statistics.median(looking) if looking else None), factor
