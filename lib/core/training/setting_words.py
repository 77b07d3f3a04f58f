"""Settings and their values as a reader sees them."""

from __future__ import annotations

from lib.core.i18n import Translate
from lib.core.training.config import SETTINGS, TrainConfig


def value_words(name: str, value: object, _: Translate) -> str:
    """A setting's value as displayed in the form."""
    options = SETTINGS[name].options
    if isinstance(value, str):
        return _(options[value]) if value in options else value
    return f"{value:,.10g}" if isinstance(value, (int, float)) and name != "seed" else f"{value}"


def settings_words(config: TrainConfig, _: Translate) -> str:
    """Every setting that differs from its default, and always the seed, as 'Epochs 3 · Random seed 0'."""
    shown = {name: value for name, value in config.changes().items() if name != "seed"} | {"seed": config.seed}
    return " · ".join(f"{_(SETTINGS[name].label)} {value_words(name, value, _)}" for name, value in shown.items())
