"""A run's speed, from its recorded events: the basis for estimates of similar runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lib.core.diagnosis.assess import End, trained_images
from lib.core.training.config import TrainConfig
from lib.core.training.events import Compiled, Evaluated, Finished, Inside, Progress, Started


@dataclass(frozen=True, slots=True)
class StepBudget:
    """`images_per_second` is the mean over many steps; `looking` and `starting` are in seconds.

    looking    from an epoch's last step to the next one's first: evaluation, the inspection, writing
    starting   to load, build, trace and compile; near 0 on a worker that had all this cached
    epochs     how many epochs it ran, if its target or its patience ended it early

    The last three are None where unknown.
    """

    images_per_second: float
    looking: float | None = None
    starting: float | None = None
    epochs: int | None = None


def measured(
    config: TrainConfig,
    started: Started | None,
    compiled: Compiled | None,
    epochs: Sequence[Evaluated],
    insides: Sequence[Inside],
    end: End | None = None,
    chunks: Sequence[Progress] = (),
    seconds: float | None = None,
) -> StepBudget | None:
    """The pace of a run with these events; None before its first step.

    `chunks` are some of its steps. They count only before the first epoch is complete: the speed of a single call says
    little, because an epoch's last call has few steps and small batches. `seconds` is how long a worker had the run,
    from beginning to end; None if the run is not over or was paused.
    """
    speed = _over_epochs(config, epochs) or _over_chunks(config, chunks)
    if not 0 < speed < math.inf:
        return None
    starting = _starting(started, compiled)
    return StepBudget(
        images_per_second=speed,
        looking=_looking(epochs, insides, None if seconds is None or starting is None else seconds - starting),
        starting=starting,
        epochs=len(epochs) if isinstance(end, Finished) and end.reason != "epochs" else None,
    )


def _over_epochs(config: TrainConfig, epochs: Sequence[Evaluated]) -> float:
    """Images per second over all steps of all epochs; 0 if no epoch is complete."""
    seconds = sum(epoch.training_seconds for epoch in epochs)
    return len(epochs) * trained_images(config) / seconds if seconds > 0 else 0.0


def _over_chunks(config: TrainConfig, chunks: Sequence[Progress]) -> float:
    """Images per second over these chunks together; 0 if none has a speed."""
    timed = [(len(chunk.losses) * config.batch_size, chunk.images_per_second) for chunk in chunks]
    known = [(images, speed) for images, speed in timed if 0 < speed < math.inf]
    seconds = sum(images / speed for images, speed in known)
    return sum(images for images, _speed in known) / seconds if seconds > 0 else 0.0


def _starting(started: Started | None, compiled: Compiled | None) -> float | None:
    if started is None or compiled is None:
        return None
    return started.loading_seconds + compiled.tracing_seconds + compiled.compiling_seconds


def _looking(epochs: Sequence[Evaluated], insides: Sequence[Inside], after_start: float | None) -> float | None:
    """Seconds per epoch outside its steps: from the run's whole duration if known, else as recorded."""
    if not epochs:
        return None
    recorded = sum(epoch.evaluating_seconds for epoch in epochs) + sum(i.seconds for i in insides if i.epoch)
    if after_start is not None:
        # A stopped run made steps after its last epoch; their time is not `looking`.
        recorded = max(recorded, after_start - sum(epoch.training_seconds for epoch in epochs))
    return recorded / len(epochs)
