"""A page's settings as widgets: made from `Setting` alone, kept in the link, and remembered on other pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import streamlit as st

from lib.core.errors import Refusal
from lib.core.incoming import FileError
from lib.core.link_params import counts_visitors
from lib.core.numbers import next_by_factor
from lib.core.settings import Setting
from lib.ui.shell import plain
from lib.ui.shell.history import came_by_history
from lib.ui.shell.language import _, language
from lib.ui.shell.projector import OF_THE_FRAME

REFUSED, IN_FILE, LABELS_IN = "link_refused", "refused_in_file", "labels_in"
"""Session-state keys: the refusals of the link or file, present once the link has been read; whether they are a file's;
and the language of the labels."""


class Config(Protocol):
    """A frozen value whose fields are settings."""

    def changes(self) -> dict[str, Any]:
        """The fields that a link must contain."""
        ...


C = TypeVar("C", bound=Config)
Ignore = Callable[[str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsForm(Generic[C]):
    """The settings of one page. A widget's key is `prefix` and the setting's name.

    other_params  parameters of a link that are not settings, except the language
    known         the settings by name, for the widgets' current values
    read          the config in a link or file, and its refused values
    make          the config with the widgets' values; raises Refusal
    """

    prefix: str
    other_params: frozenset[str]
    known: Callable[[Mapping[str, Any]], Mapping[str, Setting]]
    read: Callable[[Mapping[str, object], Ignore], tuple[C, Sequence[Refusal]]]
    make: Callable[[dict[str, Any]], C]

    def key(self, name: str) -> str:
        """The key of a setting's widget, or of another value that the page stores."""
        return f"{self.prefix}{name}"

    def settings(self) -> Mapping[str, Setting]:
        """Every setting by name, for the widgets' current values."""
        keys = {name: self.key(name) for name in self.known({})}
        return self.known({name: st.session_state[key] for name, key in keys.items() if key in st.session_state})

    def adopt(self, config: C) -> None:
        """Sets the widgets to `config` before they are drawn."""
        values = {name: getattr(config, name) for name in self.known({})}
        for name, setting in self.known(values).items():
            st.session_state[self.key(name)] = to_widget(setting, values[name])

    def adopt_given(self, given: Mapping[str, object], in_file: bool = False) -> C:
        """Sets the widgets to the settings of a link or a file, and stores its refusals for display."""
        config, refused = self.read(given, self.is_other)
        self.store_refusals(tuple(refused), in_file)
        self.adopt(config)
        return config

    def adopt_link(self, shown: C | None) -> None:
        """Adopts the settings of the visitor's link, once, and again where Back or Forward has brought another one.

        A link without settings, which may name a run or a study, brings that one's own, `shown`.
        """
        if self.key(REFUSED) in st.session_state and not came_by_history():
            return
        given = {name: value for name, value in st.query_params.to_dict().items() if not counts_visitors(name)}
        linked = self.adopt_given(given)
        if shown is not None and not linked.changes():
            self.adopt(shown)

    def is_afresh(self) -> bool:
        """Whether this session has not given the form any settings yet, and the link gives none."""
        given = (name for name in st.query_params if not counts_visitors(name) and not self.is_other(name))
        return self.key(REFUSED) not in st.session_state and not any(given)

    def is_other(self, name: str) -> bool:
        """Whether a parameter of a link is not a setting."""
        return name in OF_THE_FRAME or name in self.other_params

    def store_refusals(self, refused: tuple[Refusal, ...], in_file: bool) -> None:
        """Stores the refusals of a link or a file, for `show_refusals`."""
        st.session_state[self.key(REFUSED)] = refused
        st.session_state[self.key(IN_FILE)] = in_file

    def show_refusals(self, in_file: bool = False) -> None:
        """Shows what was refused in the last link, or in the last file: each is said where it was given."""
        refused: tuple[Refusal, ...] = st.session_state[self.key(REFUSED)]
        if not refused or st.session_state[self.key(IN_FILE)] != in_file:
            return
        sentences = [error.sentence(_) for error in refused]
        if not isinstance(refused[0], FileError):
            sentences.append(_("Everything else applies."))
        with st.container(key=self.key("refused")):
            plain.warning(*sentences)

    def write_link(self, config: C) -> None:
        """Writes `config` into the URL."""
        given = st.query_params.to_dict()
        wanted = {name: value for name, value in given.items() if self.is_other(name)} | self.link(config)
        if given != wanted:
            st.query_params.from_dict(wanted)

    def link(self, config: C) -> dict[str, str]:
        """The parameters of a link to these settings."""
        changes = config.changes()
        settings = self.known(changes)
        return {name: settings[name].to_text(value) for name, value in changes.items()}

    def chosen(self) -> C:
        """The settings in the widgets now. Raises Refusal for an invalid value."""
        settings = self.settings()
        return self.make(
            {name: from_widget(setting, st.session_state[self.key(name)]) for name, setting in settings.items()}
        )

    def chosen_if_allowed(self) -> C | None:
        """The same; None if a value is refused."""
        try:
            return self.chosen()
        except Refusal:
            return None

    def show_error(self, key: str) -> None:
        """The refused value of the widgets, if any, in a container with this key."""
        try:
            self.chosen()
        except Refusal as error:
            with st.container(key=key):
                plain.error(error.sentence(_))

    def follow_language(self) -> None:
        """Resets every widget's value after a change of language: a list would keep its old labels."""
        if st.session_state.get(self.key(LABELS_IN)) != language():
            keys = [self.key(name) for name in self.settings()]
            st.session_state.update({key: st.session_state[key] for key in keys if key in st.session_state})
            st.session_state[self.key(LABELS_IN)] = language()


def to_widget(setting: Setting, value: Any) -> Any:
    """The widget's value for this value of the setting."""
    if not setting.several:
        return value
    return list(value) if setting.options else ", ".join(map(str, value))


def from_widget(setting: Setting, held: Any) -> Any:
    """The setting's value for a widget's value; text that is not a number stays as typed."""
    if not setting.several:
        return held
    return tuple(held) if setting.options else tuple(read_or_keep(setting, part) for part in setting.parts(held))


def read_or_keep(setting: Setting, part: object) -> object:
    """The value that a text stands for; the text itself if it stands for none."""
    try:
        return setting.read(part)
    except ValueError:
        return part


def setting_widget(key: str, setting: Setting, help: str | None, letters: int, **about: Any) -> None:
    """One setting as a widget: a number, a row of names with up to `letters` letters, else a list.

    `about` are further arguments of the widget. Its value is also its default: a browser that gets the widget and its
    next version at once mounts the second, which brings no value, and answers with the default.
    """
    label, held = setting.title(_), st.session_state.get(key)
    about |= {"key": key, "help": help, "persist_state": "session"}
    if not setting.options:
        return field(label, setting, about)
    labels = {code: _(text) for code, text in setting.options.items()}
    about = {"format_func": labels.__getitem__, **about, "options": list(labels)}
    if setting.several:
        st.pills(label, selection_mode="multi", default=[code for code in held or () if code in labels], **about)
    elif sum(map(len, setting.options.values())) <= letters:
        st.segmented_control(label, required=True, default=held if held in labels else None, **about)
    else:
        st.selectbox(label, index=list(labels).index(held) if held in labels else 0, **about)


def field(label: str, setting: Setting, about: dict[str, Any]) -> None:
    """A field for a number, or for the text of several numbers."""
    if setting.several:
        st.text_input(label, value=st.session_state.get(about["key"], ""), **about)
    elif setting.by_factor:
        factor_field(label, setting, about)
    else:
        number_field(label, setting, about)


def number_field(label: str, setting: Setting, about: Mapping[str, Any]) -> None:
    """A field for a number. It gives back whole numbers if its step and its default are some."""
    kind = int if setting.kind is int else float
    held = st.session_state.get(about["key"])
    form: dict[str, Any] = {"value": "min" if held is None else kind(held), "step": kind(setting.step)}
    if kind is float:
        form["format"] = "%g"
    st.number_input(label, **form, **about)


def factor_field(
    label: str, setting: Setting, about: Mapping[str, Any], then: Callable[[], None] = lambda: None
) -> None:
    """A field for a number, and two presses that go down and up by about a factor of two; `then` follows a press."""
    key = about["key"]
    presses = (("smaller", _("Smaller"), "remove", False), ("larger", _("Larger"), "add", True))
    with st.container(horizontal=True, vertical_alignment="bottom", wrap=False, gap="xsmall", key=f"{key}_by_factor"):
        number_field(label, setting, about)
        for name, said, icon, larger in presses:
            args = key, setting, larger, then
            st.button(said, key=f"{key}_{name}", icon=f":material/{icon}:", on_click=go_by_factor, args=args)


def go_by_factor(key: str, setting: Setting, larger: bool, then: Callable[[], None]) -> None:
    """Puts the next number into the field, within the setting's bounds."""
    held = min(max(st.session_state[key] or 0, setting.low), setting.high)
    st.session_state[key] = min(max(next_by_factor(held, larger), setting.low), setting.high)
    then()
