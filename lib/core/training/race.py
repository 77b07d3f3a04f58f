"""A race: two settings to an accuracy, each with the same seeds, alternately so that the machine favours neither."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from lib.core.errors import Refusal
from lib.core.i18n import mark
from lib.core.training.config import SETTINGS, SettingError, TrainConfig, read_config
from lib.core.training.sweep import MOST_SEEDS, next_seeds

EQUAL = mark("Both sides of the race have the same settings: change one of them.")
OTHER_DATA = mark("The two learn from different data sets, so their accuracies say nothing about each other.")
SEEDS = mark("A race is run with 1 to {most} seeds.")


class RaceError(Refusal):
    """A refused race; `template` is the reason, a text of the catalogue."""

    def __init__(self, template: str, **values: object) -> None:
        self.template = template
        super().__init__(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Race:
    """Two `sides` to a `target` accuracy on the test images, within so many `epochs`, each with so many `seeds`.

    Both have the first one's seed and the ones after it. Neither holds out a validation part nor stops without its
    target. Raises RaceError for sides that cannot race, SettingError for a refused value.
    """

    sides: tuple[TrainConfig, TrainConfig]
    target: float
    epochs: int
    seeds: int = 3

    def __post_init__(self) -> None:
        if not 0 < self.target <= 1:
            raise SettingError("target_accuracy", self.target)
        if not 1 <= self.seeds <= MOST_SEEDS:
            raise RaceError(SEEDS, most=MOST_SEEDS)
        first, second = self.entrants()
        if first == second:
            raise RaceError(EQUAL)
        if first.dataset != second.dataset:
            raise RaceError(OTHER_DATA)

    def entrants(self) -> tuple[TrainConfig, TrainConfig]:
        """The settings of both sides in the race, with its first seed."""
        same: dict[str, Any] = {"target_accuracy": self.target, "epochs": self.epochs, "seed": self.sides[0].seed}
        first, second = (replace(side, validation_split=0.0, patience=0, **same) for side in self.sides)
        return first, second

    def side_of(self, config: TrainConfig) -> int:
        """0 or 1: which side a run of the race with these settings belongs to."""
        return self.entrants().index(replace(config, seed=self.sides[0].seed))

    def differing(self) -> list[str]:
        """The settings in which the sides differ."""
        first, second = self.entrants()
        return [name for name in SETTINGS if getattr(first, name) != getattr(second, name)]

    def to_dict(self) -> dict[str, Any]:
        """The race as plain values for JSON."""
        sides = [side.to_dict() for side in self.sides]
        return {"sides": sides, "target": self.target, "epochs": self.epochs, "seeds": self.seeds}


def race_in(plan: Mapping[str, Any]) -> Race | None:
    """The race in the values of `Race.to_dict`; None if this version cannot read it."""
    try:
        (first, refused), (second, also) = (read_config(side) for side in plan["sides"])
        race = Race(sides=(first, second), target=plan["target"], epochs=plan["epochs"], seeds=plan["seeds"])
    except (LookupError, TypeError, ValueError, AttributeError):
        return None
    return None if refused or also else race


def configs(race: Race) -> list[TrainConfig]:
    """The settings of each run in the order of their start: A B, B A, A B …

    So a machine that grows slower or faster meanwhile, or is still cold, favours neither side for long.
    """
    sides = race.entrants()
    seeds = [race.sides[0].seed, *next_seeds(race.sides[0].seed, race.seeds - 1)]
    return [
        replace(side, seed=seed)
        for number, seed in enumerate(seeds)
        for side in (sides if number % 2 == 0 else sides[::-1])
    ]
