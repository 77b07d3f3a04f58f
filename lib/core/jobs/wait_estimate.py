"""How long a run will wait for its turn, from what is known about the runs before it and about earlier ones.

All of it is said as a range: from what was measured of runs like those ahead, as wide as they are unlike. A run that
may end early by itself, when its target is reached or its patience is over, takes between what such runs took before
and all its epochs.
"""

from __future__ import annotations

import heapq
import math
import statistics
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

from lib.core.data.dataset import TEST_IMAGES
from lib.core.diagnosis.assess import trained_images
from lib.core.jobs.throughput import StepBudget
from lib.core.settings import UNLIKE
from lib.core.studies.configs import CompareConfig, RetraceConfig, SaliencyConfig, StudyConfig
from lib.core.training.config import SETTINGS, TrainConfig

LOOKING = 0.25
"""What looking at an image costs against learning from it: one pass forwards instead of forwards, backwards and the
optimizer's own. Asked only where no end of an epoch was seen yet."""
START_SECONDS = 3.0
"""To load the images, build the network, trace and compile it on a worker that is warm: asked only where that was not
seen yet. A worker that kept all that from an earlier run needs next to nothing."""

COMPARISON_SECONDS = {"quick": 60.0, "thorough": 300.0}
"""A comparison at one size, by its depth, where none like it has been seen yet: the most that the page promises."""
RETRACE_SECONDS, XRAY_SECONDS, SALIENCY_SECONDS = 5.0, 20.0, 1.0
"""The other studies, where none has been seen yet: tracing a few times, compiling one function twice, one gradient."""

Paces = Mapping[TrainConfig, StepBudget]
Lengths = Mapping[StudyConfig, float]


class Work(Protocol):
    """A run or a study as far as it matters here; `total_steps` is 0 before it has started."""

    @property
    def config(self) -> TrainConfig | StudyConfig: ...
    @property
    def step(self) -> int: ...
    @property
    def total_steps(self) -> int: ...


class Wait(NamedTuple):
    """Seconds: it takes from `least` to `most`."""

    least: float
    most: float

    def plus(self, other: Wait) -> Wait:
        """Both, one after the other."""
        return Wait(self.least + other.least, self.most + other.most)


def speed_gap(config: TrainConfig, other: TrainConfig) -> float:
    """At most so many times as fast or as slow is one as the other, in images a second: see `Setting.speed`."""
    different = (name for name in SETTINGS if getattr(config, name) != getattr(other, name))
    return max((SETTINGS[name].speed for name in different), default=1.0)


def expected_wait(
    ahead: Iterable[Work], known_paces: Paces, workers: int = 1, known_lengths: Lengths | None = None
) -> Wait | None:
    """Seconds until the next run after `ahead` has its turn; None where that cannot be told.

    `ahead` are the open runs and studies before it, in the order of their turns; `known_paces` are those of earlier
    runs by their settings, `known_lengths` seconds of earlier studies. Each of `workers` (at least 1) takes the next
    one when it is free. That a comparison has its machine to itself is left out: with several workers on it the wait is
    longer.
    """
    each = [seconds_left(work, known_paces, known_lengths) or UNKNOWN for work in ahead]
    wait = Wait(_free_after([one.least for one in each], workers), _free_after([one.most for one in each], workers))
    return wait if math.isfinite(wait.most) else None


UNKNOWN = Wait(math.inf, math.inf)


def _free_after(seconds: Iterable[float], workers: int) -> float:
    """When the first of `workers` is free again that share out work of so many seconds, in its order."""
    free_after = [0.0] * max(1, workers)
    for one in seconds:
        heapq.heapreplace(free_after, free_after[0] + one)
    return free_after[0]


def seconds_left(work: Work, known_paces: Paces, known_lengths: Lengths | None = None) -> Wait | None:
    """Seconds that `work` will still take; None where no run like it has been seen yet."""
    config = work.config
    if isinstance(config, TrainConfig):
        return _seconds_of_run(config, work, known_paces)
    done = min(1.0, work.step / work.total_steps) if work.total_steps else 0.0
    left = (1 - done) * length_of(config, known_lengths or {})
    return Wait(left, left)


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


def _seconds_of_run(config: TrainConfig, run: Work, known_paces: Paces) -> Wait | None:
    found = pace_of(config, known_paces)
    if found is None:
        return None
    pace, factor = found
    epochs = _epochs(config, run, known_paces)
    work = Wait(*(_seconds(config, run, pace, count) for count in epochs))
    start = Wait(0.0, 0.0) if run.total_steps else _start(config, known_paces)
    return Wait(work.least / factor, work.most * factor).plus(start)


def _seconds(config: TrainConfig, run: Work, pace: StepBudget, epochs: int) -> float:
    """What is left of a run that comes to an end after `epochs`, at this pace."""
    per_epoch = math.ceil(trained_images(config) / config.batch_size)
    total = min(run.total_steps or per_epoch * epochs, per_epoch * epochs)
    steps = max(0, total - run.step)
    # The last epoch's look at the test images comes after its last step, so it is still to come in any case.
    looks = max(1, math.ceil(steps / per_epoch))
    looking = TEST_IMAGES * LOOKING / pace.images_per_second if pace.looking is None else pace.looking
    return steps / per_epoch * trained_images(config) / pace.images_per_second + looks * looking


def _epochs(config: TrainConfig, run: Work, known_paces: Paces) -> tuple[int, int]:
    """After how many epochs it comes to its end, at the least and at the most."""
    if not (config.patience or config.target_accuracy):
        return config.epochs, config.epochs
    per_epoch = math.ceil(trained_images(config) / config.batch_size)
    seen = [pace.epochs or config.epochs for known, pace in known_paces.items() if _lasting(known) == _lasting(config)]
    soonest = min(config.epochs, run.step // per_epoch + 1)
    least, most = (min(seen), max(seen)) if seen else (soonest, config.epochs)
    return max(soonest, least), max(soonest, most)


def _lasting(config: TrainConfig) -> dict[str, object]:
    """The settings that have a say in after how many epochs a run reaches its target."""
    return {name: getattr(config, name) for name, setting in SETTINGS.items() if not setting.incidental}


def _start(config: TrainConfig, known_paces: Paces) -> Wait:
    """To begin a run: nothing where the worker has kept what an earlier one built, else as long as was seen."""
    seen = [
        pace.starting
        for known, pace in known_paces.items()
        if pace.starting is not None and speed_gap(known, config) == 1
    ]
    return Wait(0.0, max(START_SECONDS, *seen) if seen else START_SECONDS)


def pace_of(config: TrainConfig, known_paces: Paces) -> tuple[StepBudget, float] | None:
    """The pace to be expected of `config`, and by which factor it may be off; None where nothing like it is known.

    The one with these very settings, else the median of the most alike ones, as far as any are alike.
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
    return StepBudget(speed, statistics.median(looking) if looking else None), factor
