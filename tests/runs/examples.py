"""Example events for a store."""

import numpy as np

from lib.core.seeds import SCHEME
from lib.core.training.events import Compiled, Evaluated, Progress, Started

STARTED = Started(
    device="CPU",
    threads=2,
    versions={"tensorflow": "2.21.0"},
    parameters=2_770_186,
    steps_per_epoch=1875,
    total_steps=3750,
    loading_seconds=0.5,
    scheme=SCHEME,
)
COMPILED = Compiled(tracing_seconds=0.25, compiling_seconds=1.5)
EVALUATED = Evaluated(
    epoch=1,
    step=1875,
    train_loss=float("nan"),
    train_accuracy=0.9,
    test_loss=float("inf"),
    test_accuracy=0.95,
    confusion=((1, 0), (0, 1)),
    training_seconds=9.5,
    evaluating_seconds=0.5,
)


def chunk(first: int, last: int) -> Progress:
    losses = np.arange(first, last + 1, dtype=np.float32)
    return Progress(first_step=first, losses=losses, accuracies=1 / losses, images_per_second=1000.0)
