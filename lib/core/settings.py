"""Describes a setting, of a training or of a comparison, and reads settings from links and files.

It describes the fields of `lib.core.training.config.TrainConfig` and of `lib.core.studies.configs.CompareConfig`.
Widgets, validation, links and files follow from the description. Other parts use it too: whether a change needs a new
trainer, how it affects the speed, which networks do not use it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from lib.core.errors import Refusal
from lib.core.i18n import Translate, untranslated

R = TypeVar("R", bound=Refusal)

UNLIKE = math.inf
"""The `speed` of a setting whose change says nothing about the new speed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting.

    `options` maps each allowed code to its label; if it is empty, the value is a number from `low` to `high`.
    `several`: the value is a tuple of these. `zero` says what 0 means if it is a switch ("off") and not an amount.
    `by_factor`: a press beside the number multiplies it, because only its size matters, as with a learning rate.
    `unit` is what a number counts, for a placeholder in the label or the help.

    Facts about a training's setting for other parts:

    rebuilds     another value needs another trainer, since the setting is part of the data on the device, the network,
                 the optimizer or the traced step. Otherwise runs that differ in it share a trainer.
    speed        the factor by which a run with another value is at most faster or slower, in images per second: 1 if it
                 makes no difference, UNLIKE if nothing is known.
    incidental   it changes the speed of a run, or its random numbers, but not what the run demonstrates.
    unused_by    the networks that do not use it.
    finetuned    its value in a fine-tuning; None keeps the base run's value.
    """

    label: str
    kind: type
    help: str = ""
    group: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    several: bool = False
    low: float = 0
    high: float = 0
    step: float = 1
    by_factor: bool = False
    unit: str = ""
    advanced: bool = False
    zero: str = ""
    rebuilds: bool = True
    speed: float = 1.0
    incidental: bool = False
    unused_by: tuple[str, ...] = ()
    finetuned: int | float | str | None = None

    @property
    def allowed(self) -> tuple[object, ...]:
        """Every code, or the lowest and the highest number."""
        return tuple(self.options) or (self.kind(self.low), self.kind(self.high))

    def allows(self, value: object) -> bool:
        """Whether `value`, a single one if there may be several, has the right type and lies within the bounds."""
        if self.options:
            return isinstance(value, str) and value in self.options
        right_type = isinstance(value, self.kind) and not isinstance(value, bool)
        return right_type and self.low <= value <= self.high  # type: ignore[operator]

    def read(self, text: object) -> object:
        """The value of `text` (from a link, a file, the terminal); ValueError if it is no number."""
        if self.options:
            return str(text).strip()
        if self.kind is float:
            return float(str(text))
        return whole_number(str(text))

    def parts(self, text: object) -> Iterable[object]:
        """The texts of the single values, separated by commas if there may be several."""
        if not self.several:
            return (text,)
        return (part.strip() for part in str(text).split(",") if part.strip())

    def to_text(self, value: Any) -> str:
        """The value as text for a link or a text field; `read` reads it."""
        return ",".join(map(str, value)) if self.several else str(value)

    def title(self, _: Translate = untranslated) -> str:
        """Its label in the language of `_`."""
        return _(self.label).format(unit=_(self.unit)) if self.unit else _(self.label)

    def bounds(self, _: Translate = untranslated) -> str:
        """The allowed values in words: 'one of eager, graph, xla' or 'a whole number from 1 to 100'."""
        if self.options:
            return _("one of {codes}").format(codes=", ".join(self.options))
        words = _("a whole number from {low} to {high}") if self.kind is int else _("a number from {low} to {high}")
        return words.format(low=f"{self.low:g}" if self.kind is float else int(self.low), high=f"{self.high:,.10g}")


def whole_number(text: str) -> int:
    """The whole number in `text`, in any notation: '64', '64.0' or '6.4e1'. ValueError if it is none."""
    try:
        return int(text)
    except ValueError:
        number = float(text)
    if not number.is_integer():
        raise ValueError(f"{text} is no whole number")
    return int(number)


def read_values(
    given: Mapping[str, object],
    known: Callable[[Mapping[str, Any]], Mapping[str, Setting]],
    refuse: Callable[[str, object, Setting | None], R],
) -> tuple[dict[str, Any], list[R]]:
    """The good values in `given` (texts or values by name), and a refusal for each other one.

    `known(good)` are the settings by name, which may depend on the good values so far; `refuse(name, text, setting)`
    makes a refusal, with `setting` None for an unknown name.
    """
    good: dict[str, Any] = {}
    refused = []
    for name, text in given.items():
        setting = known(good).get(name)
        if setting is None:
            refused.append(refuse(name, text, None))
            continue
        values = []
        for part in setting.parts(text):
            try:
                value = setting.read(part)
            except ValueError:
                value = None
            if setting.allows(value):
                values.append(value)
            else:
                refused.append(refuse(name, part, setting))
        if values:
            good[name] = tuple(values) if setting.several else values[0]
    return good, refused
