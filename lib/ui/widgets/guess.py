"""Guess first: a field for the number that a visitor expects, before anything is run or measured."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from lib.core.errors import Refusal
from lib.ui.shell.language import _


class GuessError(Refusal):
    """A guess that cannot be; `template` says, in words of the catalogue, which ones can."""

    def __init__(self, template: str, low: float, high: float, value: float) -> None:
        self.template = template
        super().__init__(low=f"{low:g}", high=f"{high:,.10g}", value=f"{value:g}")


@dataclass(frozen=True, slots=True, kw_only=True)
class GuessField:
    """A field for a guess from `low` to `high`, kept under `key`; `refusal` is a template with those and the value."""

    key: str
    low: float
    high: float
    width: int
    refusal: str

    def ask(self, label: str, help: str) -> None:
        """The place to enter a guess; whoever leaves it empty has not guessed."""
        st.number_input(
            label,
            key=self.key,
            value=None,
            step=0.5,
            format="%g",
            width=self.width,
            placeholder=_("your guess"),
            help=help,
            persist_state="session",
        )

    def entered(self) -> float | None:
        """The guess; None where there is none. Raises GuessError."""
        value = st.session_state.get(self.key)
        if value is None:
            return None
        if not self.low <= value <= self.high:
            raise GuessError(self.refusal, self.low, self.high, value)
        return float(value)

    def forget(self) -> None:
        """Empties the place: a guess belongs to what it was made for. Only before the page is drawn."""
        st.session_state[self.key] = None
