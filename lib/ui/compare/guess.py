"""Guess first: how many times as fast one mode is as another, before it is measured."""

from __future__ import annotations

from lib.core.benchmark.comparison import Comparison
from lib.core.benchmark.labels import as_fast, mode_short
from lib.core.i18n import mark
from lib.core.studies import modes
from lib.core.studies.configs import CompareConfig
from lib.core.studies.modes import of_way
from lib.ui.shell.language import _
from lib.ui.widgets.guess import GuessField

SPEED_UP = GuessField(
    key="compare_guess",
    low=0.01,
    high=1000.0,
    width=230,
    refusal=mark("Your guess must be from {low} to {high}, but {value} was given."),
)


def guessed_pair(config: CompareConfig) -> tuple[str, str]:
    """The mode to guess and the mode it is compared with: graph against eager if both are measured."""
    base = base_of(config)
    others = [mode for mode in config.modes if mode != base]
    return of_way(others, "graph") or others[0], base


def base_of(config: CompareConfig) -> str:
    """The mode that the others are compared with: eager if it is measured, else the first."""
    return modes.base_of(config.modes)


def ask_for_guess(config: CompareConfig | None) -> None:
    """The field for a guess; left empty, there is no guess."""
    mode, base = guessed_pair(config or CompareConfig())
    SPEED_UP.ask(
        _("Guess first: {mode} is how many times as fast as {other}?").format(
            mode=mode_short(mode, _), other=mode_short(base, _)
        ),
        _("2 means twice as fast, 0.5 half as fast. The result shows your guess beside what was measured."),
    )


def entered() -> float | None:
    """The guess, times as fast; None if there is none. Raises GuessError."""
    return SPEED_UP.entered()


def guessed_time(comparison: Comparison, size: int, guess: float | None) -> tuple[str, float] | None:
    """The guessed mode and the guess in milliseconds per step; None while that is unknown."""
    mode, base = guessed_pair(comparison.config)
    timing = comparison.timing(size, base)
    return None if guess is None or timing is None else (mode, timing.median / guess)


def guess_words(comparison: Comparison, size: int, guess: float | None) -> str:
    """The result of the guess; empty if there is none, or no measurement to compare it with."""
    mode, base = guessed_pair(comparison.config)
    ratio = comparison.ratio(size, mode, base)
    if guess is None or ratio is None or not ratio.low > 0:
        return ""
    measured, low, high = as_fast(ratio)
    said = _(
        "Your guess: {mode} is {guess} times as fast as {other}. "
        "Measured: {measured} times (95 % interval {low} to {high})."
    ).format(
        mode=mode_short(mode, _),
        other=mode_short(base, _),
        guess=f"{guess:g}",
        measured=measured,
        low=low,
        high=high,
    )
    hit = 1 / ratio.high <= guess <= 1 / ratio.low
    off = max(guess * ratio.ratio, 1 / (guess * ratio.ratio))
    return f"{said} " + (_("A hit!") if hit else _("Off by a factor of {factor}.").format(factor=f"{off:.2g}"))
