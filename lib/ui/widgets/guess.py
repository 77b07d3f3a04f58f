"""Guess first: a field for the number that a visitor expects, before anything is run or measured."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from lib.core.errors import Refusal
from lib.ui.shell.language import _


class GuessError(Refusal):
    """An invalid guess; `template`, a text of the catalogue, says which guesses are valid."""

    def __init__(self, template: str, low: float, high: float, value: float) -> None:
        self.template = template
        super().__init__(low=f"{low:g}", high=f"{high:,.10g}", value=f"{value:g}")


@dataclass(frozen=True, slots=True, kw_only=True)
class GuessField:
    """A field for a guess from `low` to `high`, stored under `key`; `refusal` is a template with these and `value`."""

    key: str
    low: float
    high: float
    width: int
    refusal: str

    def ask(self, label: str, help: str) -> None:
        """The field for a guess; left empty, there is no guess."""
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
        """The guess; None if there is none. Raises GuessError."""
        value = st.session_state.get(self.key)
        if value is None:
            return None
        if not self.low <= value <= self.high:
            raise GuessError(self.refusal, self.low, self.high, value)
        return float(value)

    def forget(self) -> None:
        """Empties the field: a guess belongs to one job. Call it only before the page is drawn."""
        st.session_state[self.key] = None
