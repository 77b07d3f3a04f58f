"""Guess first: the test accuracy that a visitor expects of a run, before it starts."""

from __future__ import annotations

from lib.core.i18n import mark
from lib.ui.shell.language import _
from lib.ui.widgets.guess import GuessField

ACCURACY = GuessField(
    key="guess",
    low=0,
    high=100,
    width=250,
    refusal=mark("Your guess must be from 0 to 100 %, but {value} was given."),
)


def ask_for_guess() -> None:
    """The field for a guess; left empty, there is no guess."""
    ACCURACY.ask(
        _("Guess first: test accuracy, in %"),
        _("How many of 100 test images will it read right? The chart shows your guess, the summary what came of it."),
    )


def entered() -> float | None:
    """The guess as a share from 0 to 1; None if there is none. Raises GuessError."""
    percent = ACCURACY.entered()
    return None if percent is None else percent / 100
