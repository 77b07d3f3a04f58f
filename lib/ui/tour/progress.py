"""How far this visitor is: the answers they gave, and their last lesson."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

ANSWERS, PLACE = "tour_answers", "tour_place"
"""Session-state keys."""


def answered() -> Mapping[str, int]:
    """The number of the answer that was given last, by the lesson's code."""
    found: dict[str, int] = st.session_state.setdefault(ANSWERS, {})
    return found


def keep_answer(code: str, number: int) -> None:
    """Remembers the answer to a lesson's question."""
    st.session_state[ANSWERS] = {**answered(), code: number}


def place() -> str | None:
    """The code of the lesson seen last; None at the first visit."""
    return st.session_state.get(PLACE)


def keep_place(code: str) -> None:
    """Remembers the lesson that is shown."""
    st.session_state[PLACE] = code
