"""Comparisons as files: JSON with everything it takes to repeat them, CSV of the samples, recorded reference results."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lib.core.comparison import Comparison
from lib.core.words import Translate, untranslated

REFERENCES = Path(__file__).parent / "references"


class ComparisonFileError(ValueError):
    """A file that is no comparison of this app: `sentence(_)` says why in the language of `_`."""

    def __init__(self, template: str, **values: object) -> None:
        self.template, self.values = template, values
        super().__init__(self.sentence())

    def sentence(self, _: Translate = untranslated) -> str:
        """Why the file is refused."""
        return _(self.template).format(**self.values)


@dataclass(frozen=True, slots=True)
class Reference:
    """A result recorded on a named machine (`comparison.began.machine`); `name` is that of its file."""

    name: str
    comparison: Comparison


def to_json(comparison: Comparison, guess: float | None = None) -> str:
    """Strict JSON: config, machine, versions, every raw sample, and the statistics that follow from them."""
    raise NotImplementedError


def from_json(text: str) -> Comparison:
    """The comparison of `to_json`, its statistics reckoned anew from the samples. Raises ComparisonFileError."""
    raise NotImplementedError


def to_csv(comparison: Comparison) -> str:
    """One row per sample, those of void rounds included and marked."""
    raise NotImplementedError


def references() -> tuple[Reference, ...]:
    """Recorded results that come with the app, by name."""
    raise NotImplementedError
