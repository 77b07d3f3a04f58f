"""Settings as widgets: drawn from `TrainConfig` alone, carried by the link, kept while the visitor walks about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from lib.core.i18n import mark
from lib.core.link_params import counts_visitors
from lib.core.training.config import ENDING, GROUPS, SETTINGS, Setting, SettingError, TrainConfig, read_config
from lib.ui.shell import plain
from lib.ui.shell.language import KEY as LANGUAGE
from lib.ui.shell.language import _, language

NOT_SETTINGS = {LANGUAGE, "run"}
"""What a link carries besides settings."""

REFUSED = "refused"
"""Where the session keeps what was refused; there once the link has been read."""

UNUSED_BY = {"filters": ("mlp",)}
"""Networks that have no use for a setting."""

NOTES = {
    ENDING: mark(
        "Whoever stops where the test set looks best has chosen by the test set, and its accuracy then promises too "
        "much for images that nobody has seen. A validation part, held out of the training images, can decide instead. "
        "The notes have none, so it is off."
    )
}
"""What a group of settings needs to have said about it."""

SHORT = 16
"""Letters, in English, that fit side by side in the settings' column; longer choices fold into a list."""


def adopt(config: TrainConfig) -> None:
    """Puts `config` into the widgets that are drawn next."""
    st.session_state.update(config.to_dict())


def adopt_given(given: Mapping[str, object]) -> TrainConfig:
    """Puts what a link or a file gives into the widgets; its refusals are kept to be shown."""
    config, refused = read_config(given, ignore=NOT_SETTINGS.__contains__)
    st.session_state[REFUSED] = refused
    adopt(config)
    return config


def adopt_link(run: TrainConfig | None) -> None:
    """Takes the settings of the link this visitor came by, once.

    A link that names a run and no settings brings the run's own, `run`.
    """
    if REFUSED in st.session_state:
        return
    given = st.query_params.to_dict()
    linked = adopt_given({name: value for name, value in given.items() if not counts_visitors(name)})
    if run and not linked.changes():
        adopt(run)


def refuse(sentence: str) -> None:
    """Has `sentence` shown above the settings."""
    st.session_state[REFUSED] = (sentence,)


def show_refusals() -> None:
    """Says what was refused of the link or file that was given last."""
    refused: tuple[SettingError | str, ...] = st.session_state[REFUSED]
    if not refused:
        return
    sentences = [error.sentence(_) if isinstance(error, SettingError) else error for error in refused]
    if isinstance(refused[0], SettingError):
        sentences.append(_("Everything else applies."))
    with st.container(key="refused"):
        plain.warning(*sentences)


def write_link(config: TrainConfig) -> None:
    """Makes the address bar hold `config`: the settings that differ from their defaults."""
    wanted = {name: str(value) for name, value in config.changes().items()}
    given = st.query_params.to_dict()
    kept = {name: value for name, value in given.items() if name in NOT_SETTINGS}
    if given != kept | wanted:
        st.query_params.from_dict(kept | wanted)


def settings_form() -> TrainConfig | None:
    """The widgets of every setting, grouped, the advanced ones folded; None where a value is refused (and says so)."""
    follow_language()
    for group, title in GROUPS.items():
        members = {name: setting for name, setting in SETTINGS.items() if setting.group == group}
        advanced = {name: setting for name, setting in members.items() if setting.advanced}
        if len(advanced) < len(members):
            st.markdown(f"##### {_(title)}")
        draw_widgets({name: setting for name, setting in members.items() if not setting.advanced})
        if advanced:
            label = _("More: {group}").format(group=_(title))
            with st.expander(label, key=f"more_{group}"):
                draw_widgets(advanced)
                if group in NOTES:
                    st.caption(_(NOTES[group]))
    try:
        return chosen()
    except SettingError as error:
        with st.container(key="setting_error"):
            plain.error(error.sentence(_))
        return None


def chosen() -> TrainConfig:
    """The settings as the widgets hold them at this moment. Raises SettingError for a value that is refused."""
    return TrainConfig(**{name: st.session_state[name] for name in SETTINGS})


def draw_widgets(settings: Mapping[str, Setting]) -> None:
    for name, setting in settings.items():
        widget(name, setting)


def follow_language() -> None:
    """Hands every value to its widget anew where the language has changed: a list would keep showing the old label."""
    if st.session_state.get("labels_in") != language():
        st.session_state.update({name: st.session_state[name] for name in SETTINGS if name in st.session_state})
        st.session_state["labels_in"] = language()


def widget(name: str, setting: Setting) -> None:
    """One setting as a widget whose key is the field's name."""
    label = _(setting.label)
    about: dict[str, Any] = {"key": name, "help": explanation(name, setting), "persist_state": "session"}
    if setting.options:
        labels = {code: _(text) for code, text in setting.options.items()}
        about |= {"options": list(labels), "format_func": labels.__getitem__}
        if sum(map(len, setting.options.values())) <= SHORT:
            st.segmented_control(label, required=True, width="stretch", **about)
        else:
            st.selectbox(label, **about)
    else:
        unused = name in UNUSED_BY and st.session_state["network"] in UNUSED_BY[name]
        form = {"step": int(setting.step)} if setting.kind is int else {"step": setting.step, "format": "%g"}
        st.number_input(label, disabled=unused, **form, **about)


def explanation(name: str, setting: Setting) -> str:
    """The setting's help: what it does, what may be given, what its name is in links and files."""
    parts = [_(setting.help), _("Allowed: {bounds}.").format(bounds=setting.bounds(_))]
    if setting.zero:
        parts.append(_(setting.zero) + ".")
    parts.append(f"`{name}`")
    return " ".join(parts)
