"""How fast a run was, from what it recorded: what the next one like it may expect."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lib.core.diagnosis.assess import End, trained_images
from lib.core.training.config import TrainConfig
from lib.core.training.events import Compiled, Evaluated, Finished, Inside, Progress, Started


@dataclass(frozen=True, slots=True)
class StepBudget:
    """`images_per_second` while it made steps, over many of them; `looking` and `starting` are in seconds.

    looking    from an epoch's last step to the next one's first: the test images, the look inside, what is written
    starting   to load, build, trace and compile; near 0 on a worker that had kept all that
    epochs     how many it came to where it ended early by itself, by its target or out of patience

    Each of the last three is None where it is not known.
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
    """The pace of a run with these events; None before it made a step.

    `chunks` are some of its steps, asked only before an epoch is complete: the speed of a single call says little, for
    the last one of an epoch has few and small batches. `seconds` is how long a worker had it, from beginning to end;
    None where it is not over, or rested in between.
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
    """Images a second over all steps of all epochs; 0 where none is complete."""
    seconds = sum(epoch.training_seconds for epoch in epochs)
    return len(epochs) * trained_images(config) / seconds if seconds > 0 else 0.0


def _over_chunks(config: TrainConfig, chunks: Sequence[Progress]) -> float:
    """Images a second over these chunks together; 0 where none has a speed."""
    timed = [(len(chunk.losses) * config.batch_size, chunk.images_per_second) for chunk in chunks]
    known = [(images, speed) for images, speed in timed if 0 < speed < math.inf]
    seconds = sum(images / speed for images, speed in known)
    return sum(images for images, _speed in known) / seconds if seconds > 0 else 0.0


def _starting(started: Started | None, compiled: Compiled | None) -> float | None:
    if started is None or compiled is None:
        return None
    return started.loading_seconds + compiled.tracing_seconds + compiled.compiling_seconds


def _looking(epochs: Sequence[Evaluated], insides: Sequence[Inside], after_start: float | None) -> float | None:
    """Seconds an epoch that were not spent on its steps: of all that passed where that is known, else as recorded."""
    if not epochs:
        return None
    recorded = sum(epoch.evaluating_seconds for epoch in epochs) + sum(i.seconds for i in insides if i.epoch)
    if after_start is not None:
        # A run that was stopped made steps after its last epoch: they are no looking.
        recorded = max(recorded, after_start - sum(epoch.training_seconds for epoch in epochs))
    return recorded / len(epochs)
