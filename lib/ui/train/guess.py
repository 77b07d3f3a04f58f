"""Guess first: the test accuracy that a visitor expects of a run, before it starts."""

from __future__ import annotations

import streamlit as st

from lib.ui.shell.language import _

KEY = "guess"


class GuessError(ValueError):
    """A guess that cannot be an accuracy."""

    def __init__(self, value: float) -> None:
        self.value = value
        super().__init__(f"a guess from 0 to 100 was expected, not {value!r}")

    def sentence(self) -> str:
        """The refusal in the visitor's language."""
        return _("Your guess must be from 0 to 100 %, but {value} was given.").format(value=f"{self.value:g}")


def ask_for_guess() -> None:
    """The place to enter a guess; whoever leaves it empty has not guessed."""
    st.number_input(
        _("Guess first: test accuracy, in %"),
        key=KEY,
        value=None,
        step=0.5,
        format="%g",
        width=250,
        placeholder=_("your guess"),
        help=_(
            "How many of 100 test images will it read right? The chart shows your guess, the summary what came of it."
        ),
        persist_state="session",
    )


def forget_guess() -> None:
    """Empties the place: a guess belongs to the run that it was made for. Only before the page is drawn."""
    st.session_state[KEY] = None


def entered() -> float | None:
    """The guess as a share from 0 to 1; None where there is none. Raises GuessError."""
    percent = st.session_state.get(KEY)
    if percent is None:
        return None
    if not 0 <= percent <= 100:
        raise GuessError(percent)
    return float(percent) / 100
