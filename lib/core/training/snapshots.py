"""Decides when a run's weights are kept as a snapshot, so that its learning can be shown later."""

from __future__ import annotations

from lib.core.training.architectures import describe
from lib.core.training.config import TrainConfig

MAX_SNAPSHOTS = 40
"""Most snapshots of one run; for the notes' network they take at most 220 MB."""
LARGEST = 10 * 10**6
"""Most bytes of one snapshot. Larger networks have none: reading forty of them would take too long."""


def are_kept(config: TrainConfig) -> bool:
    """Whether a run with these settings has snapshots: its weights, at 16 bits each, must not exceed LARGEST."""
    return 2 * sum(layer.parameters for layer in describe(config)) <= LARGEST


def is_due(before: int, step: int, steps_per_epoch: int, epochs: int) -> bool:
    """Whether a snapshot is due after `step`, at the end of a call that began after the step `before`.

    It is due at every power of two, since most is learned at first, and at the end of an epoch; a run of many epochs
    has one only every few epochs, and after the last. This depends on the steps alone, so a resumed run has its
    snapshots at the same places.
    """
    if step.bit_length() > before.bit_length():
        return True
    epoch, rest = divmod(step, steps_per_epoch)
    return rest == 0 and (epoch % stride(steps_per_epoch, epochs) == 0 or epoch == epochs)


def stride(steps_per_epoch: int, epochs: int) -> int:
    """The number of epochs between snapshots, so that a run has at most MAX_SNAPSHOTS."""
    # One before the first step, one per power of two, and one after the last epoch if it falls between.
    others = 2 + (steps_per_epoch * epochs).bit_length()
    return -(-epochs // max(1, MAX_SNAPSHOTS - others))
