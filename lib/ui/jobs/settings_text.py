"""A run's settings in one line: differences from the notes' settings, and the seed."""

from __future__ import annotations

from lib.core.training.config import SETTINGS, TrainConfig
from lib.ui.shell.language import _


def settings_words(config: TrainConfig) -> str:
    """Every setting that differs from its default, and always the seed, as 'Epochs 3 · Random seed 0'."""
    shown = {name: value for name, value in config.changes().items() if name != "seed"} | {"seed": config.seed}
    return " · ".join(setting_words(name, value) for name, value in shown.items())


def setting_words(name: str, value: object) -> str:
    """A setting by its label, with its value, as 'Epochs 3'."""
    return f"{_(SETTINGS[name].label)} {value_words(name, value)}"


def value_words(name: str, value: object) -> str:
    """A setting's value as displayed in the form."""
    options = SETTINGS[name].options
    if isinstance(value, str):
        return _(options[value]) if value in options else value
    return f"{value:,.10g}" if isinstance(value, (int, float)) and name != "seed" else f"{value}"
