"""Runs as stored in every state: synthetic, but with real events in their real order."""

import math

import numpy as np

from lib.core.seeds import SCHEME
from lib.core.training.config import TrainConfig
from lib.core.training.events import Compiled, Evaluated, Event, Failed, Finished, Progress, Started, Stopped
from lib.runs.db.store import Store
from lib.ui.shell.visitor import known_by

CONFIG = TrainConfig(epochs=3, train_size=2000, batch_size=50, learning_rate=0.002, execution="graph")
STEPS = 40
"""Steps per epoch with CONFIG."""

STARTED = Started(
    device="Some Processor",
    threads=3,
    versions={"tensorflow": "2.21.0", "keras": "3.9.9"},
    parameters=2_770_634,
    steps_per_epoch=STEPS,
    total_steps=3 * STEPS,
    loading_seconds=0.41,
    scheme=SCHEME,
)
COMPILED = Compiled(tracing_seconds=0.62, compiling_seconds=1.53)


def progress(first: int, last: int) -> Progress:
    """Steps `first` to `last` with a falling loss and a rising accuracy."""
    steps = np.arange(first, last + 1, dtype=np.float32)
    return Progress(
        first_step=first, losses=2 / steps, accuracies=1 - 1 / (steps + 1), images_per_second=2_000.0 + last
    )


def evaluated(epoch: int, right: int, test_loss: float = 0.0) -> Evaluated:
    """The end of an epoch with `right` of 10,000 test images correct."""
    wrong = 10_000 - right
    first = (right - 900, wrong, *[0] * 8)
    others = [tuple(100 if i == j else 0 for j in range(10)) for i in range(1, 10)]
    return Evaluated(
        epoch=epoch,
        step=epoch * STEPS,
        train_loss=0.5 / epoch,
        train_accuracy=0.9 + epoch / 100,
        test_loss=test_loss or 0.4321 / epoch,
        test_accuracy=right / 10_000,
        confusion=(first, *others),
        training_seconds=1.25 * epoch,
        evaluating_seconds=0.3,
    )


def epoch(number: int, right: int, test_loss: float = 0.0) -> tuple[Event, ...]:
    """All events of an epoch."""
    first, middle, last = (number - 1) * STEPS + 1, number * STEPS - 15, number * STEPS
    return progress(first, middle), progress(middle + 1, last), evaluated(number, right, test_loss)


BEGUN: tuple[Event, ...] = (STARTED, COMPILED)
TWO_EPOCHS = (*BEGUN, *epoch(1, 9512), *epoch(2, 9741))
THREE_EPOCHS = (*TWO_EPOCHS, *epoch(3, 9833))
NAN = Failed(
    step=2 * STEPS + 25, reason="not_a_number", detail="loss of call 5", suspects=("learning_rate", "precision")
)

STORIES: dict[str, tuple[Event, ...]] = {
    "waiting": (),
    "starting": (STARTED,),
    "running, no step yet": BEGUN,
    "running, first epoch": (*BEGUN, progress(1, 25)),
    "running, third epoch": (*TWO_EPOCHS, progress(2 * STEPS + 1, 2 * STEPS + 25)),
    "finished": (*THREE_EPOCHS, Finished(step=3 * STEPS, reason="epochs")),
    "finished, target": (*TWO_EPOCHS, Finished(step=2 * STEPS, reason="target_accuracy")),
    "finished, patience": (*TWO_EPOCHS, Finished(step=2 * STEPS, reason="patience")),
    "stopped, at once": (Stopped(step=0),),
    "stopped, first epoch": (*BEGUN, progress(1, 25), Stopped(step=25)),
    "stopped, third epoch": (*TWO_EPOCHS, progress(81, 105), Stopped(step=105)),
    "failed, nan": (*TWO_EPOCHS, progress(81, 105), NAN),
    "failed, nan evaluated": (*BEGUN, *epoch(1, 9512, math.nan), *epoch(2, 980, math.inf), NAN),
    "failed, at once": (Failed(step=0, reason="no_data", detail="not here"),),
    "failed, worker died": (*TWO_EPOCHS, Failed(step=2 * STEPS, reason="worker_died")),
}
"""The events of each story, by the status (before the comma) that they lead to."""

SUMMED_UP = [
    name
    for name, story in STORIES.items()
    if name.startswith(("finished", "stopped", "failed")) and any(isinstance(event, Evaluated) for event in story)
]
"""The stories of ended runs with results."""


def tell(store: Store, name: str, config: TrainConfig = CONFIG, owner: str = "one") -> str:
    """Creates a run of the visitor `owner` with the events of the story `name`; returns its id."""
    run_id = store.create_run(config, owner=known_by(owner)).id
    if STORIES[name]:
        store.claim(run_id, "server/host:1/a")
    for event in STORIES[name]:
        store.append(run_id, event)
    return run_id


def epochs_of(name: str) -> list[Evaluated]:
    return [event for event in STORIES[name] if isinstance(event, Evaluated)]
