"""What is known about a setting besides its value, of a training as of a comparison; and how links and files are read.

The fields of `lib.core.training.config.TrainConfig` and of `lib.core.studies.configs.CompareConfig` are described by
it. Widgets, validation, links and files follow from the description, and so does what other parts have to know: whether
a change needs a new trainer, what it does to the speed, which networks have no use for it.
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
"""The `speed` of a setting without which nothing can be said about a run's speed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting.

    `options` maps each allowed code to its label; where it is empty, the value is a number from `low` to `high`.
    `several`: the value is a tuple of such. `zero` says what 0 means where 0 is no amount but a switch ("off"). `unit`
    is what a number counts, where the label or the help leaves a place for that.

    What other parts know of a setting of a training:

    rebuilds     another value needs another trainer: it is part of the data on the device, the network, the optimizer
                 or the traced step. Otherwise runs that differ in it share one.
    speed        at most so many times as fast or as slow is a run with another value, in images a second: 1 where it
                 makes no difference, UNLIKE where all may be different.
    incidental   it changes how fast a run is, or which dice it throws, and not what the run shows.
    unused_by    the networks that have no use for it.
    finetuned    what a fine-tuning sets it to; None where it keeps what the run before had.
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
        """Whether `value`, one of them where there may be several, has the right type and lies within the bounds."""
        if self.options:
            return isinstance(value, str) and value in self.options
        right_type = isinstance(value, self.kind) and not isinstance(value, bool)
        return right_type and self.low <= value <= self.high  # type: ignore[operator]

    def read(self, text: object) -> object:
        """The value that `text` (from a link, a file, the terminal) stands for; ValueError where it is no number."""
        if self.options:
            return str(text).strip()
        if self.kind is float:
            return float(str(text))
        return whole_number(str(text))

    def parts(self, text: object) -> Iterable[object]:
        """The texts of the single values: what stands between commas where there may be several."""
        if not self.several:
            return (text,)
        return (part.strip() for part in str(text).split(",") if part.strip())

    def to_text(self, value: Any) -> str:
        """The value as a link and a field of text have it, for `read`."""
        return ",".join(map(str, value)) if self.several else str(value)

    def title(self, _: Translate = untranslated) -> str:
        """Its label in the language of `_`."""
        return _(self.label).format(unit=_(self.unit)) if self.unit else _(self.label)

    def bounds(self, _: Translate = untranslated) -> str:
        """What would be right, in words: 'one of eager, graph, xla' or 'a whole number from 1 to 100'."""
        if self.options:
            return _("one of {codes}").format(codes=", ".join(self.options))
        words = _("a whole number from {low} to {high}") if self.kind is int else _("a number from {low} to {high}")
        return words.format(low=f"{self.low:g}" if self.kind is float else int(self.low), high=f"{self.high:,.10g}")


def whole_number(text: str) -> int:
    """The whole number that `text` says, in whatever way: '64', '64.0' or '6.4e1'. ValueError where it says none."""
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
    """The good values that `given` (texts or values by name) holds, and a refusal for each that is not.

    `known(good)` are the settings by name, where they depend on the good values so far; `refuse(name, text, setting)`
    makes a refusal, its setting None where there is none of this name.
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
