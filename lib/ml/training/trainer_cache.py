"""The last trainers of a worker, kept for the next run that can use them: nothing to build, trace or compile again."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager

from lib.core.data.dataset import Images
from lib.core.training.config import SETTINGS, TrainConfig
from lib.ml.training.trainer import Trainer

BYTES = 10**9
"""A new trainer is built beside kept ones that hold no more than this."""


class TrainerCache:
    """Trainers that are not in use, the last used one last: `most` of them at most. For one thread."""

    def __init__(self, most: int = 3) -> None:
        self.most = most
        self._resting: list[tuple[TrainConfig, Images, Trainer]] = []

    @contextmanager
    def trainer(self, config: TrainConfig, images: Images) -> Iterator[Trainer]:
        """A trainer before its first step: a kept one where there is one, else a new one.

        It is kept afterwards unless something went wrong; so is one whose generator was closed half way.
        """
        trainer = self._take(config, images)
        try:
            yield trainer
        except GeneratorExit:
            self._keep(config, images, trainer)
            raise
        self._keep(config, images, trainer)

    def _take(self, config: TrainConfig, images: Images) -> Trainer:
        for place, (made_for, seen, trainer) in enumerate(self._resting):
            if made_for == built_from(config) and seen is images:
                del self._resting[place]
                trainer.begin(config)
                return trainer
        self._make_room()
        return Trainer(config, images)

    def _keep(self, config: TrainConfig, images: Images, trainer: Trainer) -> None:
        self._make_room()
        if self.most:
            self._resting.append((built_from(config), images, trainer))

    def _make_room(self) -> None:
        """Lets the longest unused ones go until one more may come."""
        while len(self._resting) >= max(1, self.most) or sum(trainer.bytes for *_, trainer in self._resting) > BYTES:
            del self._resting[0]

    def clear(self) -> None:
        """Frees their memory."""
        self._resting.clear()


def built_from(config: TrainConfig) -> TrainConfig:
    """The settings that a trainer is built from; those that are only read later have their defaults."""
    default = TrainConfig()
    later = {name: getattr(default, name) for name, setting in SETTINGS.items() if not setting.rebuilds}
    return dataclasses.replace(config, **later)
