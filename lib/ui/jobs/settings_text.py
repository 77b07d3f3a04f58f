"""A run's settings in one line: differences from the notes' settings, and the seed, in the visitor's language."""

from __future__ import annotations

from lib.core.training import setting_words as words
from lib.core.training.config import SETTINGS, TrainConfig
from lib.ui.shell.language import _


def settings_words(config: TrainConfig) -> str:
    """Every setting that differs from its default, and always the seed, as 'Epochs 3 · Random seed 0'."""
    return words.settings_words(config, _)


def setting_words(name: str, value: object) -> str:
    """A setting by its label, with its value, as 'Epochs 3'."""
    return f"{_(SETTINGS[name].label)} {value_words(name, value)}"


def value_words(name: str, value: object) -> str:
    """A setting's value as displayed in the form."""
    return words.value_words(name, value, _)
