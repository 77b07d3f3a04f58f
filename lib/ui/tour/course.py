"""Which lesson is shown: the one of the link, the map of all, the way back and on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lib.core.studies.configs import TOUR, LessonConfig
from lib.core.tour.lesson import Lesson
from lib.core.tour.lessons import LESSONS
from lib.core.untrusted import beginning
from lib.ui.jobs.studies import current_study, forget_study, show_study
from lib.ui.shell import plain
from lib.ui.shell.language import _
from lib.ui.shell.projector import OF_THE_FRAME
from lib.ui.shell.services import store
from lib.ui.shell.visitor import visitor
from lib.ui.tour.progress import answered, forget_left_at, keep_place, left_at, place, recall

if TYPE_CHECKING:
    from lib.runs.model.run import Study

LINK = "lesson"


def choose_lesson() -> tuple[Lesson, Study | None]:
    """The lesson that the link names, else the one of the linked result, else the visitor's last; and what it brought.

    That is the linked result, else the newest that this visitor got from the lesson. A link with an unknown lesson is
    told so.
    """
    linked, study = st.query_params.get(LINK), current_study(TOUR)
    if linked is not None and linked not in LESSONS:
        said = _("There is no lesson “{code}” here; there are {codes}.")
        plain.warning(said.format(code=beginning(linked), codes=", ".join(LESSONS)))
    codes = (linked, lesson_of(study), place(), next(iter(LESSONS)))
    code = next(code for code in codes if code and code in LESSONS)
    st.query_params[LINK] = code
    keep_place(code)
    return LESSONS[code], study if lesson_of(study) == code else newest_of(code)


def lesson_of(study: Study | None) -> str | None:
    """The code of the lesson that the study ran."""
    return study.config.lesson if study and isinstance(study.config, LessonConfig) else None


def newest_of(code: str) -> Study | None:
    """The visitor's newest study of this lesson, which becomes the current one."""
    forget_study(TOUR)
    mine = store().studies(TOUR, owner=visitor(), limit=200)
    study = next((one for one in mine if lesson_of(one) == code), None)
    if study:
        show_study(TOUR, study.id)
    return study


def go_to(code: str) -> None:
    """Opens a lesson. Meant as a button's `on_click`: the link then names nothing of the lesson before."""
    forget_study(TOUR)
    forget_left_at()
    frame = {name: value for name, value in st.query_params.to_dict().items() if name in OF_THE_FRAME}
    st.query_params.from_dict(frame | {LINK: code})


def show_map(shown: Lesson) -> None:
    """All lessons, folded, with a tick at each whose question was answered."""
    recall()
    offer_to_go_on(shown)
    done = answered()
    right = sum(LESSONS[code].answers[number].right for code, number in done.items())
    said = _("All lessons: {done} of {count} answered, {right} of them right")
    label = said.format(done=len(done), count=len(LESSONS), right=right)
    with st.expander(label, icon=":material/map:", key="tour_map"):
        for number, lesson in enumerate(LESSONS.values(), start=1):
            ticked = lesson.code in done
            note = _(" (answered)") if ticked else ""
            st.button(
                f"{number} · {_(lesson.title)}{note}",
                key=f"tour_to_{lesson.code}",
                icon=":material/check_circle:" if ticked else ":material/circle:",
                type="tertiary",
                disabled=lesson is shown,
                on_click=go_to,
                args=(lesson.code,),
            )


def offer_to_go_on(shown: Lesson) -> None:
    """The way to the lesson at which an earlier visit ended, if it is another."""
    code = left_at()
    if code is not None and code != shown.code:
        step("tour_go_on", _("Go on where you were: {title}"), code, ":material/resume:")


def show_neighbours(shown: Lesson) -> None:
    """The lessons before and after this one."""
    codes = list(LESSONS)
    here = codes.index(shown.code)
    with st.container(horizontal=True, key="tour_neighbours"):
        if here > 0:
            step("tour_back", _("Back: {title}"), codes[here - 1], ":material/arrow_back:")
        if here + 1 < len(codes):
            step("tour_next", _("Next: {title}"), codes[here + 1], ":material/arrow_forward:")


def step(key: str, label: str, code: str, icon: str) -> None:
    """The button to a neighbouring lesson."""
    text = label.format(title=_(LESSONS[code].title))
    st.button(text, key=key, icon=icon, on_click=go_to, args=(code,))
