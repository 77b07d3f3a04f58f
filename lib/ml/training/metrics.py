"""Values that the loop keeps between its calls: sums over the epoch, its own speed, the best epoch so far."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lib.core.training.config import TrainConfig
from lib.core.training.events import Evaluated, Floats

CALL_SECONDS = 0.12
"""Longest duration of a call of several steps: Stop and the live chart wait for its end."""


@dataclass(slots=True)
class EpochMetrics:
    """Sums over one epoch, weighted by images: the last batch of an epoch is smaller than the others."""

    images: int = 0
    loss: float = 0.0
    accuracy: float = 0.0
    seconds: float = 0.0

    def add(self, losses: Floats, accuracies: Floats, batch: int, seconds: float) -> None:
        """Adds the steps of one call, each with `batch` images."""
        self.images += batch * len(losses)
        # One by one, so that the sums do not depend on how the steps were divided into calls.
        for loss, accuracy in zip(losses.tolist(), accuracies.tolist(), strict=True):
            self.loss += batch * loss
            self.accuracy += batch * accuracy
        self.seconds += seconds


@dataclass(slots=True)
class StepBudget:
    """The number of steps that fit into one call of CALL_SECONDS, at most `most`, by the speed of earlier calls."""

    most: int
    seconds_per_step: float | None = None

    def steps(self) -> int:
        """The number for the next call; 1 until a speed is known."""
        if self.seconds_per_step is None:
            return 1
        return max(1, min(self.most, int(CALL_SECONDS / self.seconds_per_step)))

    def learn(self, steps: int, seconds: float) -> None:
        """Averages the old and the new speed: adapts fast, yet one slow call does not shorten the next ones much."""
        known = self.seconds_per_step
        measured = seconds / steps
        self.seconds_per_step = measured if known is None else (known + measured) / 2


@dataclass(slots=True)
class EarlyStopping:
    """Decides whether the run ends early, by its lowest loss and the number of epochs since.

    It uses the validation part if there is one, otherwise the test set.
    """

    loss: float = math.inf
    waited: int = 0

    def reason(self, config: TrainConfig, evaluated: Evaluated) -> str:
        """Why the run is over after this epoch: 'target_accuracy', 'patience', 'epochs', or '' if it is not."""
        loss, accuracy = watched(evaluated)
        self.waited = 0 if loss < self.loss else self.waited + 1
        self.loss = min(self.loss, loss)
        if 0 < config.target_accuracy <= accuracy:
            return "target_accuracy"
        if 0 < config.patience <= self.waited:
            return "patience"
        return "epochs" if evaluated.epoch == config.epochs else ""


def watched(evaluated: Evaluated) -> tuple[float, float]:
    """The loss and the accuracy that decide on an early end."""
    if evaluated.validation_loss is None or evaluated.validation_accuracy is None:
        return evaluated.test_loss, evaluated.test_accuracy
    return evaluated.validation_loss, evaluated.validation_accuracy
