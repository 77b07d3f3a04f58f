"""A lesson on its page: claim, values, Run, each function beside its output, what is true here, question, reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import streamlit as st

from lib.core.studies.configs import TOUR, LessonConfig
from lib.core.studies.events import Began
from lib.core.studies.recordings import recording
from lib.core.tour.code import script, script_name
from lib.core.tour.lesson import Lesson
from lib.core.tour.lessons import LESSONS
from lib.core.tour.outputs import NoOutput, Outputs
from lib.ui.jobs.studies import StudyEvents, show_not_started, study_button, watch_study
from lib.ui.shell.language import _
from lib.ui.shell.page_paths import PAGES
from lib.ui.shell.plain import as_text
from lib.ui.tour.output import Shown, show_function
from lib.ui.tour.question import show_question
from lib.ui.tour.values import choose_values, show_error, start
from lib.ui.tour.views import BELOW, OWN_PICTURES
from lib.ui.widgets.text import bold

if TYPE_CHECKING:
    from lib.runs.model.run import Study

POLL_SECONDS = 0.1
"""Seconds between polls while a lesson runs: it takes less than one."""


def show_lesson(lesson: Lesson, study: Study | None) -> None:
    """Everything about the lesson; `study` is the result to show, the recorded one without it."""
    number = list(LESSONS).index(lesson.code) + 1
    st.subheader(f"{number} · {_(lesson.title)}")
    notes = bold(_("The notes say"))
    with st.container(key="tour_about"):
        st.markdown(f"> {notes}: {_(lesson.claim)}")
        st.markdown(_(lesson.about))
    ran = study.config if study and isinstance(study.config, LessonConfig) else None
    with st.container(horizontal=True, vertical_alignment="bottom", key="tour_values"):
        chosen = choose_values(lesson, ran)
        study_button(TOUR, _("Run"), lambda: start(lesson), study, disabled=chosen is None)
    show_error(lesson)
    show_not_started(TOUR)
    config = chosen or LessonConfig(lesson=lesson.code)
    if own := OWN_PICTURES.get(lesson.code):
        own(dict(config.values))
    if study and ran:
        watch_study(study, lambda now, events: show_result(config, ran, events), poll=POLL_SECONDS)
    else:
        show_recorded(config)
    show_question(lesson)
    if below := BELOW.get(lesson.code):
        below()
    show_reading(lesson, config)


def show_result(chosen: LessonConfig, ran: LessonConfig, events: StudyEvents) -> None:
    """What came out so far; what was recorded until then."""
    outputs = Outputs(events)
    if not outputs.only(chosen_functions(chosen)).all:
        show_recorded(chosen)
        return
    began = next(event for event in events if isinstance(event, Began))
    say_where(_("What came out on {machine}, with TensorFlow {version}."), began)
    show_outputs(Shown(chosen, ran, outputs))


def show_recorded(chosen: LessonConfig) -> None:
    """What came out on a named machine."""
    recorded = recording(chosen.lesson)
    with st.container(key="tour_recorded"):
        said = _("Recorded earlier on {machine}, with TensorFlow {version}. Run shows what comes out here and now.")
        say_where(said, recorded.began)
    show_outputs(Shown(chosen, recorded.config, Outputs(recorded.outputs)))


def say_where(said: str, began: Began) -> None:
    """A line with the machine and its version of TensorFlow."""
    st.caption(as_text(said.format(machine=began.machine, version=began.versions.get("tensorflow", "?"))))


def chosen_functions(config: LessonConfig) -> Mapping[str, str]:
    """The functions that are shown with these values, each with its title."""
    return LESSONS[config.lesson].chosen(dict(config.values))


def show_outputs(shown: Shown) -> None:
    """Every function beside its output, and what that says of the notes."""
    lesson, functions = LESSONS[shown.chosen.lesson], chosen_functions(shown.chosen)
    for name, title in functions.items():
        show_function(shown, lesson, name, _(title))
    try:
        words = lesson.truth(shown.outputs.only(functions), _)
    except NoOutput:  # it was stopped, or is still at work
        return
    with st.container(border=True, key="tour_truth"):
        st.markdown(f":material/fact_check: {words}")


def show_reading(lesson: Lesson, config: LessonConfig) -> None:
    """Where to try and read on, and the lesson to take away."""
    st.subheader(_("Try and read on"))
    for title, link in lesson.try_it.items():
        page, _question, params = link.partition("?")
        st.page_link(
            PAGES / f"{page}.py", label=_(title), icon=":material/play_circle:", query_params=dict(parse_qsl(params))
        )
    st.markdown("\n".join(f"- [{_(title)}]({address})" for title, address in lesson.reading.items()))
    st.download_button(
        _("This lesson as a Python file"),
        script(lesson, dict(config.values)),
        file_name=script_name(lesson),
        mime="text/x-python",
        key="tour_script",
        icon=":material/download:",
        help=_("It runs alone, with the values chosen here: it needs TensorFlow and NumPy, and nothing of this app."),
        on_click="ignore",
    )
