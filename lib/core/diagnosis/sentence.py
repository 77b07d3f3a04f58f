"""Sentences about numbers: a template for the catalogue, and its values in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lib.core.i18n import Translate, untranslated
from lib.core.training.config import SETTINGS

HAPPENED, FIT, NEXT = "happened", "fit", "next"


@dataclass(frozen=True, slots=True)
class Try:
    """A setting and a value to try: 'Dropout (dropout): 0.3' in the reader's language."""

    name: str
    value: float | str

    def text(self, _: Translate) -> str:
        """The setting by its label and field name, with the value as the page shows it."""
        setting = SETTINGS[self.name]
        value = _(setting.options[self.value]) if isinstance(self.value, str) else f"{self.value:,.10g}"
        return f"{_(setting.label)} ({self.name}): {value}"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of one `kind`: 'happened', 'fit' or 'next'."""

    kind: str
    template: str
    values: Mapping[str, str | Try] = field(default_factory=dict)

    def text(self, _: Translate = untranslated) -> str:
        """The sentence in the language of `_`."""
        filled = {name: value.text(_) if isinstance(value, Try) else value for name, value in self.values.items()}
        return _(self.template).format(**filled)
