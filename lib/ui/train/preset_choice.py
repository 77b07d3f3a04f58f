"""Ready-made settings, each with a line on what to watch for."""

from __future__ import annotations

import streamlit as st

from lib.core.training.presets import PRESETS, preset_of
from lib.ui.shell.language import _
from lib.ui.train.settings_form import FORM

KEY = "preset"


def choose_preset() -> None:
    """The presets; the one whose settings the widgets hold is marked."""
    config = FORM.chosen_if_allowed()
    current = preset_of(config) if config else None
    st.session_state[KEY] = current
    titles = {code: _(preset.title) for code, preset in PRESETS.items()}
    st.pills(
        _("Begin with"),
        list(titles),
        key=KEY,
        default=current,
        format_func=titles.__getitem__,
        on_change=adopt_preset,
        label_visibility="collapsed",
        width="content",
    )


def what_to_watch() -> None:
    """What the preset that the widgets hold demonstrates."""
    if current := st.session_state[KEY]:
        st.caption(_(PRESETS[current].watch))
    else:
        st.caption(_("Settings of your own. Choose one above to begin from there."))


def adopt_preset() -> None:
    """Puts the settings of the chosen preset into the widgets."""
    if code := st.session_state[KEY]:
        FORM.adopt(PRESETS[code].config())
