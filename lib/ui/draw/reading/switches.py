"""Which steps of the preparation are switched on."""

from __future__ import annotations

import streamlit as st

from lib.core.drawing.preprocess import STEPS
from lib.ui.shell.language import _


def key_of(step: str) -> str:
    """The key of the step's switch."""
    return f"draw_step_{step}"


def choose_steps() -> frozenset[str]:
    """The preparation steps that are switched on."""
    return frozenset(step for step in STEPS if st.session_state.get(key_of(step), True))


def are_all_on() -> bool:
    """Whether no step is switched off."""
    return choose_steps() == STEPS.keys()


def offer_raw() -> None:
    """A press that switches all steps off, or on again once some are off."""
    on = not are_all_on()
    label = _("All steps") if on else _("Raw canvas")
    st.button(label, key="draw_raw", type="tertiary", icon=":material/compare:", on_click=switch_all, args=(on,))


def switch_all(on: bool) -> None:
    """Switches every step on or off."""
    st.session_state.update({key_of(step): on for step in STEPS})
