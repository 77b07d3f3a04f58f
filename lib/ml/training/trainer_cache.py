"""Caches a worker's last trainers for runs that can reuse them, so that nothing is built, traced or compiled again."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager

from lib.core.data.dataset import Images
from lib.core.training.config import SETTINGS, TrainConfig
from lib.ml.training.trainer import Trainer

BYTES = 10**9
"""Most bytes of the cached trainers while a new one is built."""


class TrainerCache:
    """Idle trainers, at most `most` of them, the most recently used last. Not thread-safe."""

    def __init__(self, most: int = 3) -> None:
        self.most = most
        self._resting: list[tuple[TrainConfig, Images, Trainer]] = []

    @contextmanager
    def trainer(self, config: TrainConfig, images: Images) -> Iterator[Trainer]:
        """A trainer before its first step: a cached one if there is one, else a new one.

        It is cached afterwards unless an error occurred; also if its generator was closed early.
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
        """Removes the least recently used trainers until there is room for one more."""
        while len(self._resting) >= max(1, self.most) or sum(trainer.bytes for *_, trainer in self._resting) > BYTES:
            del self._resting[0]

    def clear(self) -> None:
        """Frees the memory of all cached trainers."""
        self._resting.clear()


def built_from(config: TrainConfig) -> TrainConfig:
    """The settings that a trainer is built from; settings that are only read later have their defaults."""
    default = TrainConfig()
    later = {name: getattr(default, name) for name, setting in SETTINGS.items() if not setting.rebuilds}
    return dataclasses.replace(config, **later)
