from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from lib.core.data.dataset import Images, load_images
from lib.core.training.config import SETTINGS, TrainConfig
from lib.core.training.control import ControlRequests
from lib.core.training.events import Checkpoint, Event, Progress
from lib.ml.training.loop import train
from lib.ml.training.trainer_cache import TrainerCache

MODES = tuple(SETTINGS["execution"].options)
QUICK: dict[str, Any] = {"network": "mlp", "dense_units": 16, "execution": "graph", "epochs": 2}
"""Seven steps per epoch on `few`."""


@pytest.fixture(scope="session")
def mnist() -> Images:
    return load_images("mnist")


@pytest.fixture(scope="session")
def few(mnist: Images) -> Images:
    """The first 200 training and 100 test images: enough to learn something, quick to process."""
    return cut(mnist, 200, 100)


def cut(images: Images, train: int, test: int) -> Images:
    return Images(
        x_train=images.x_train[:train],
        y_train=images.y_train[:train],
        x_test=images.x_test[:test],
        y_test=images.y_test[:test],
    )


def only(images: Images, label: int) -> Images:
    """Only the images of one class."""
    train, test = np.flatnonzero(images.y_train == label), np.flatnonzero(images.y_test == label)
    return Images(
        x_train=images.x_train[train],
        y_train=images.y_train[train],
        x_test=images.x_test[test],
        y_test=images.y_test[test],
    )


def follow(
    config: TrainConfig,
    images: Images,
    wish: Callable[[Event], ControlRequests | None] | ControlRequests | None = None,
    resume: Checkpoint | None = None,
    kept: TrainerCache | None = None,
) -> list[Event]:
    """All events of a run (or of its continuation), each answered by `wish`, which may look at it."""
    answer = wish if callable(wish) else lambda event: wish
    events = train(config, images, resume, kept)
    seen = [next(events)]
    try:
        while True:
            seen.append(events.send(answer(seen[-1])))
    except StopIteration:
        return seen


def of_kind(events: Sequence[Event], kind: type) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def kinds(events: Sequence[Event], without: type | tuple[type, ...] = ()) -> list[type]:
    return [type(event) for event in events if not isinstance(event, without)]


def losses(events: Sequence[Event]) -> np.ndarray:
    return np.concatenate([np.empty(0, np.float32), *(event.losses for event in of_kind(events, Progress))])


def accuracies(events: Sequence[Event]) -> np.ndarray:
    return np.concatenate([np.empty(0, np.float32), *(event.accuracies for event in of_kind(events, Progress))])


def same(first: Any, second: Any) -> bool:
    """Whether two mappings hold the very same arrays, bit for bit."""
    return first.keys() == second.keys() and all(
        first[name].dtype == second[name].dtype and np.array_equal(first[name], second[name]) for name in first
    )
