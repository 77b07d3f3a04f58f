"""A sweep: the same run with other values of one to three settings, every combination of them or random ones.

Random search often finds better settings than a grid with as many runs, because it tries more values of the settings
that matter: J. Bergstra and Y. Bengio, "Random search for hyper-parameter optimization", JMLR 13 (2012).
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lib.core.errors import Refusal
from lib.core.i18n import Translate, mark, untranslated
from lib.core.numbers import next_by_factor
from lib.core.training.config import SETTINGS, SettingError, TrainConfig

MOST_RUNS = 16
"""Most runs that one press starts."""
MOST_SETTINGS = 3
MOST_SEEDS = 5
VARIED = tuple(name for name in SETTINGS if name != "seed")
"""The settings that a sweep may vary; its seeds are counted separately."""
DIGITS = 3
"""Drawn numbers are rounded to so many digits, to be read and typed."""
TRIES = 1000
"""So many drawings, until random settings are considered exhausted."""

NO_SETTING = mark("Choose from one to {most} settings to vary.")
TWO_VALUES = mark("{label} needs at least two different values.")
UNUSED = mark("{label} makes no difference with this network: choose another setting, or vary the network too.")
TOO_MANY = mark("These are {count} runs, and one press starts at most {most}: take a value, a setting or a seed away.")
TOO_FEW = mark("A sweep needs at least two runs: draw more, or choose a grid.")


class SweepError(Refusal):
    """A refused plan; `template` is the reason, a text of the catalogue, and `name` the setting that it is about."""

    def __init__(self, template: str, name: str = "", **values: object) -> None:
        self.template, self.name = template, name
        super().__init__(**values)

    def sentence(self, _: Translate = untranslated) -> str:
        """The refusal as one sentence in the language of `_`."""
        label = SETTINGS[self.name].title(_) if self.name else ""
        return _(self.template).format(label=label, **self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """What is tried: `base` with other `values` of the settings, by name, each with `seeds` seeds from its own on.

    With `draws` 0 every combination of the values is tried. Otherwise so many random ones are drawn with `seed`: a
    number between the lowest and the highest of its values, a learning rate evenly among its logarithms, and anything
    else among its values.

    Raises SweepError for a plan that no press can start, SettingError for a refused value.
    """

    base: TrainConfig
    values: Mapping[str, tuple[Any, ...]]
    draws: int = 0
    seeds: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= len(self.values) <= MOST_SETTINGS:
            raise SweepError(NO_SETTING, most=MOST_SETTINGS)
        for name, values in self.values.items():
            check(name, values, self)
        combinations = math.prod(len(set(values)) for values in self.values.values())
        count = (self.draws or combinations) * self.seeds
        if count > MOST_RUNS:
            raise SweepError(TOO_MANY, count=count, most=MOST_RUNS)
        if self.draws == 1:
            raise SweepError(TOO_FEW)

    def to_dict(self) -> dict[str, Any]:
        """The plan as plain values for JSON."""
        return {
            "base": self.base.to_dict(),
            "values": {name: list(values) for name, values in self.values.items()},
            "draws": self.draws,
            "seeds": self.seeds,
            "seed": self.seed,
        }


def check(name: str, values: Sequence[Any], plan: Sweep) -> None:
    """Refuses values that are not allowed or are not several, and a setting that the network does not use."""
    for value in values:
        if name not in VARIED or not SETTINGS[name].allows(value):
            raise SettingError(name, value)
    if len(set(values)) < 2:
        raise SweepError(TWO_VALUES, name)
    if "network" not in plan.values and plan.base.network in SETTINGS[name].unused_by:
        raise SweepError(UNUSED, name)


def configs(plan: Sweep) -> list[TrainConfig]:
    """The settings of each run, in the order of their start: first all combinations with the first seed.

    The same plan always gives the same runs. Random ones are all different; where there are not so many, all that were
    found.
    """
    changes = list(drawn(plan) if plan.draws else combined(plan))
    seeds = [plan.base.seed, *next_seeds(plan.base.seed, plan.seeds - 1)]
    return [replace(plan.base, seed=seed, **change) for seed in seeds for change in changes]


def combined(plan: Sweep) -> Iterator[dict[str, Any]]:
    """Every combination of the values; the last setting changes fastest."""
    each = (dict.fromkeys(values) for values in plan.values.values())
    return (dict(zip(plan.values, some, strict=True)) for some in itertools.product(*each))


def drawn(plan: Sweep) -> list[dict[str, Any]]:
    """Random combinations, each of them once."""
    random = np.random.default_rng(plan.seed)
    found: list[dict[str, Any]] = []
    for _try in range(TRIES):
        change = {name: draw(name, values, random) for name, values in plan.values.items()}
        if change not in found:
            found.append(change)
        if len(found) == plan.draws:
            break
    return found


def draw(name: str, values: Sequence[Any], random: np.random.Generator) -> Any:
    """A random value of the setting: see `Sweep`."""
    setting = SETTINGS[name]
    if setting.options:
        return values[int(random.integers(len(values)))]
    low, high = min(values), max(values)
    if setting.kind is int:
        return int(random.integers(low, high, endpoint=True))
    forth, back = (math.log, math.exp) if setting.by_factor else (float, float)
    value = back(random.uniform(forth(low), forth(high)))
    return min(high, max(low, float(f"{value:.{DIGITS}g}")))


def next_seeds(seed: int, count: int) -> list[int]:
    """The next seeds after `seed` that the setting allows, beginning anew at 0 after the largest."""
    allowed = SETTINGS["seed"].allows
    return [seed + more if allowed(seed + more) else more - 1 for more in range(1, count + 1)]


def values_in(name: str, text: str) -> tuple[Any, ...]:
    """The numbers of a setting in a text such as '32, 64 128'. Raises SettingError for anything else among them."""
    setting, found = SETTINGS[name], []
    for part in re.split(r"[,;\s]+", text.strip()):
        try:
            value = setting.read(part)
        except ValueError:
            value = part
        if not setting.allows(value):
            raise SettingError(name, part)
        found.append(value)
    return tuple(dict.fromkeys(found))


def usual_values(name: str, config: TrainConfig) -> tuple[Any, ...]:
    """Values to begin with: the one of `config` and one below and above, as far as they are allowed."""
    setting, now = SETTINGS[name], getattr(config, name)
    if setting.options:
        return (now, *(code for code in setting.options if code != now))[:2]
    if setting.by_factor or setting.low >= 1:
        near = [setting.kind(next_by_factor(now, larger=False)), now, setting.kind(next_by_factor(now, larger=True))]
    else:
        near = [now, *(round(now + factor * 5 * setting.step, 6) for factor in (1, 2))]
    return tuple(dict.fromkeys(setting.kind(value) for value in near if setting.allows(setting.kind(value))))
