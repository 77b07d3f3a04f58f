"""The widgets of a run's settings, in groups, the advanced ones folded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from lib.core.i18n import mark
from lib.core.settings import Setting
from lib.core.training.config import ENDING, GROUPS, SETTINGS, TrainConfig, read_config
from lib.core.untrusted import beginning
from lib.ui.jobs.settings_text import setting_words
from lib.ui.shell import plain
from lib.ui.shell.language import _
from lib.ui.shell.plain import as_text
from lib.ui.shell.room import hidden_names, locked_names
from lib.ui.widgets.form import SettingsForm, setting_widget

FORM = SettingsForm(
    prefix="",
    other_params=frozenset({"run"}),
    known=lambda values: SETTINGS,
    read=read_config,
    make=lambda values: TrainConfig(**values),
)

NOTES = {
    ENDING: mark(
        "Whoever stops where the test set looks best has chosen by the test set, and its accuracy then promises too "
        "much for images that nobody has seen. A validation part, held out of the training images, can decide instead. "
        "The notes have none, so it is off."
    )
}
"""Notes on a group of settings."""

SHORT = 16
"""Letters, in English, that fit side by side in the settings' column; longer choices become a list."""


def show_settings() -> TrainConfig | None:
    """The widgets of every setting, grouped, the advanced ones folded; None, and a message, if a value is refused."""
    FORM.follow_language()
    locked, hidden = locked_names(), hidden_names()
    say_locked(locked | hidden)
    for group, title in GROUPS.items():
        members = {name: setting for name, setting in SETTINGS.items() if setting.group == group}
        advanced = {name: setting for name, setting in members.items() if setting.advanced}
        if len(advanced) < len(members):
            st.markdown(f"##### {_(title)}")
        draw_widgets({name: setting for name, setting in members.items() if not setting.advanced}, locked, hidden)
        if advanced:
            label = _("More: {group}").format(group=_(title))
            with st.expander(label, key=f"more_{group}"):
                draw_widgets(advanced, locked, hidden)
                if group in NOTES:
                    st.caption(_(NOTES[group]))
            say_changes(advanced)
    FORM.show_error("setting_error")
    return FORM.chosen_if_allowed()


def say_locked(named: frozenset[str]) -> None:
    """Which settings the class or the link has locked or hidden; and which of the `named` are none."""
    locked = [setting.title(_) for name, setting in SETTINGS.items() if name in named]
    free = [setting.title(_) for name, setting in SETTINGS.items() if name not in named]
    if locked and len(free) < len(locked):
        st.caption(
            ":material/lock: " + as_text(_("Yours to change: {settings}.").format(settings=", ".join(free) or "–"))
        )
    elif locked:
        st.caption(":material/lock: " + as_text(_("Set for you: {settings}.").format(settings=", ".join(locked))))
    if unknown := sorted(named - SETTINGS.keys()):
        said = _("A setting to lock or hide has another name: {names}. There are {all}.")
        plain.warning(said.format(names=", ".join(map(beginning, unknown[:3])), all=", ".join(SETTINGS)))


def say_changes(settings: Mapping[str, Setting]) -> None:
    """Those of a folded box's settings that differ from the notes', seen whether it is open or not."""
    config = FORM.chosen_if_allowed()
    if config and (changed := {name: value for name, value in config.changes().items() if name in settings}):
        words = " · ".join(f"{setting_words(name, value)}" for name, value in changed.items())
        st.caption(":material/tune: " + _("Changed: {settings}").format(settings=words))


def draw_widgets(settings: Mapping[str, Setting], locked: frozenset[str], hidden: frozenset[str]) -> None:
    """Each setting as a widget whose key is the field's name, unless it is `hidden`."""
    for name, setting in settings.items():
        if name in hidden:
            continue
        about: dict[str, Any] = {} if not setting.options else {"width": "stretch"}
        if setting.unused_by:
            about["disabled"] = st.session_state["network"] in setting.unused_by
        if name in locked:
            about["disabled"] = True
        setting_widget(name, setting, explanation(name, setting), SHORT, **about)


def explanation(name: str, setting: Setting) -> str:
    """The setting's help: its effect, its allowed values, its name in links and files."""
    parts = [_(setting.help), _("Allowed: {bounds}.").format(bounds=setting.bounds(_))]
    if setting.zero:
        parts.append(_(setting.zero) + ".")
    parts.append(f"`{name}`")
    return " ".join(parts)
