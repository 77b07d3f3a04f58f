"""A lesson's question: choices, and why each is right or wrong."""

from __future__ import annotations

import streamlit as st

from lib.core.tour.lesson import Answer, Lesson
from lib.ui.shell.language import _
from lib.ui.tour.progress import answered, keep_answer


def show_question(lesson: Lesson) -> None:
    """The question; after an answer every choice is explained."""
    st.subheader(_("Check yourself"))
    st.markdown(_(lesson.question))
    given = answered().get(lesson.code)
    with st.container(key="tour_question"):
        for number, answer in enumerate(lesson.answers):
            show_choice(lesson, number, answer, given)
    if given is None:
        return
    with st.container(key="tour_verdict"):
        right = lesson.answers[given].right
        st.markdown(":material/check: " + _("Right.") if right else ":material/close: " + _("Not quite: look again."))


def show_choice(lesson: Lesson, number: int, answer: Answer, given: int | None) -> None:
    """One choice, with its reason once an answer was given."""
    icon = None if given is None else ":material/check:" if answer.right else ":material/close:"
    st.button(
        _(answer.text),
        key=f"tour_{lesson.code}_answer_{number}",
        icon=icon,
        type="primary" if number == given else "secondary",
        on_click=keep_answer,
        args=(lesson.code, number),
    )
    if given is not None:
        st.caption(_(answer.why))
