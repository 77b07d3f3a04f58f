"""What may be varied in a lesson: its widgets, and its values in the link."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from lib.core.errors import Refusal
from lib.core.settings import Setting, read_values
from lib.core.studies.configs import TOUR, LessonConfig, StudyError, UnknownSetting
from lib.core.tour.code import parameters
from lib.core.tour.lesson import BLOCK, Lesson, Value
from lib.core.tour.lessons import LESSONS
from lib.ui.jobs.actions import NOT_DONE
from lib.ui.jobs.studies import start_study
from lib.ui.shell.language import _
from lib.ui.widgets.form import SettingsForm, setting_widget

ROW = 60
"""Letters, in English, of choices that fit side by side."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A lesson's values as the fields of a form."""

    config: LessonConfig

    def __getattr__(self, name: str) -> Value:
        return dict(self.config.values)[name]

    def changes(self) -> dict[str, Any]:
        """The values that differ from the lesson's own, for a link."""
        usual = LESSONS[self.config.lesson].values({})
        return {name: value for name, value in self.config.values if value != usual[name]}


@functools.cache
def form_of(code: str) -> SettingsForm[Chosen]:
    """The form of the lesson with this code; each has its own, so that none meets another's values."""
    lesson = LESSONS[code]
    settings = {name: varied.setting for name, varied in lesson.varied.items()}

    def make(values: Mapping[str, Any]) -> Chosen:
        return Chosen(LessonConfig(lesson=code, values=tuple(values.items())))

    def read(given: Mapping[str, object], ignore: Callable[[str], bool]) -> tuple[Chosen, list[StudyError]]:
        meant = {name: value for name, value in given.items() if not ignore(name)}
        good, refused = read_values(meant, lambda values: settings, refuse)
        return make(good), refused

    return SettingsForm(
        prefix=f"tour_{code}_",
        other_params=frozenset({TOUR, "lesson"}),
        known=lambda values: settings,
        read=read,
        make=make,
    )


def refuse(name: str, value: object, setting: Setting | None) -> StudyError:
    """The refusal of a link's value."""
    return StudyError(name, value, setting.allowed) if setting else UnknownSetting(name)


def choose_values(lesson: Lesson, shown: LessonConfig | None) -> LessonConfig | None:
    """The lesson with the values in its widgets, which are drawn; None, and a message, if one is refused.

    The link has them. One without them brings those of the result that is `shown`.
    """
    form = form_of(lesson.code)
    linked = not lesson.varied.keys().isdisjoint(st.query_params)  # though it be with a value that is usual
    form.adopt_link(Chosen(shown) if shown and not linked else None)
    form.show_refusals()
    form.follow_language()
    for name, setting in settings_in_use(lesson).items():
        allowed = _("Allowed: {bounds}.").format(bounds=setting.bounds(_))
        about: dict[str, Any] = {} if setting.options else {"width": 165}
        setting_widget(form.key(name), setting, allowed, ROW, **about)
    chosen = form.chosen_if_allowed()
    if chosen is None:
        return None
    form.write_link(chosen)
    return chosen.config


def settings_in_use(lesson: Lesson) -> Mapping[str, Setting]:
    """What may be varied; of a lesson with blocks, what the functions of the chosen one take. Others keep their value.

    The form has adopted its link.
    """
    form = form_of(lesson.code)
    settings, chosen = form.settings(), form.chosen_if_allowed()
    if not lesson.blocks or chosen is None:
        return settings
    functions = lesson.chosen(dict(chosen.config.values))
    taken = {BLOCK}.union(*(parameters(lesson)[function] for function in functions))
    return {name: setting for name, setting in settings.items() if name in taken}


def chosen_now(lesson: Lesson) -> LessonConfig:
    """The lesson with the values at the moment of a click. Raises StudyError."""
    return form_of(lesson.code).chosen().config


def start(lesson: Lesson) -> None:
    """Runs the lesson with the values at the click; a number may have been typed just before."""
    try:
        config = chosen_now(lesson)
    except Refusal as error:
        st.session_state[NOT_DONE] = error.sentence(_)
        return
    start_study(config)


def start_with(lesson: Lesson, **changed: Value) -> None:
    """Runs the lesson with these values instead of those in its widgets. Meant for a click on a picture."""
    form = form_of(lesson.code)
    for name, value in changed.items():
        st.session_state[form.key(name)] = value
    start(lesson)


def show_error(lesson: Lesson) -> None:
    """The refused value of a widget, if any."""
    form_of(lesson.code).show_error("tour_error")
