"""A function of a lesson beside what came out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import streamlit as st

from lib.core.studies.configs import LessonConfig
from lib.core.tour.code import call
from lib.core.tour.lesson import Lesson
from lib.core.tour.outputs import Numbers, Outputs, Printed, Timed
from lib.ui.shell.language import _
from lib.ui.tour.charts import show_numbers, show_times
from lib.ui.tour.views import OWN_VIEWS, WIDE, View
from lib.ui.widgets.source import source

MOST_LINES = 22
"""Longer texts scroll."""
LINE = 21
"""Pixels of a line of code."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The lesson as it is `chosen` now, and what came out when it `ran`, perhaps with other values."""

    chosen: LessonConfig
    ran: LessonConfig
    outputs: Outputs


def show_function(shown: Shown, lesson: Lesson, name: str, title: str) -> None:
    """The function's code with its call as chosen, and its output beside it, above it on a phone."""
    st.markdown(f"##### {title}")
    wanted = call(lesson, name, dict(shown.chosen.values))
    happened = call(lesson, name, dict(shown.ran.values))
    with st.container(key=f"tour_part_{name}"):  # on a phone `assets/frame.css` puts the output first
        code, output = st.columns([0.54, 0.46], gap="medium")
    with code:
        parts = [source(lesson.file, part) for part in (*lesson.uses.get(name, ()), name)]
        show_text("\n\n\n".join(parts) + f"\n\n{wanted}", "python")
    with output, st.container(key=f"tour_output_{name}"):
        if happened != wanted:
            st.caption(_("Still of `{call}`: press Run.").format(call=happened))
        show_output(shown.outputs, lesson, name)
    with output:
        show_lines(lesson, name)
    own = own_view(shown.outputs, lesson, name)
    if own and own in WIDE:
        own(shown.outputs)


def show_lines(lesson: Lesson, name: str) -> None:
    """Lines of the function's code, each with what it does."""
    if explained := lesson.lines.get(name):
        st.markdown("\n".join(f"- `{line}` – {_(words)}" for line, words in explained.items()))


def show_output(outputs: Outputs, lesson: Lesson, name: str) -> None:
    """Everything that the function left, by the lesson's own view if it has one."""
    if not outputs.has_ended(name):
        st.caption(_("Nothing has come out yet."))
        return
    left = outputs.of(name)
    for output in left:
        if isinstance(output, Printed):
            show_printed(output)
    if own := own_view(outputs, lesson, name):
        if own not in WIDE:
            own(outputs)
        return
    show_numbers(name, [output for output in left if isinstance(output, Numbers)])
    show_times(name, [output for output in left if isinstance(output, Timed)])


def own_view(outputs: Outputs, lesson: Lesson, name: str) -> View | None:
    """The lesson's own view of what the function returned; none before it has returned, or if an error ended it."""
    return OWN_VIEWS.get(lesson.code, {}).get(name) if outputs.has_returned(name) else None


def show_printed(output: Printed) -> None:
    """The printed text, and the error."""
    if output.text:
        show_text(output.text.rstrip("\n"), None)
    if output.error:
        st.markdown(":material/error: " + _("It ended with an error:"))
        show_text(output.error, None)


def show_text(text: str, language: str | None) -> None:
    """Text in a block of its own, which scrolls if it is long."""
    lines = text.count("\n") + 1
    # The container scrolls, not the block: only the container can be scrolled with keys.
    height: int | Literal["content"] = MOST_LINES * LINE if lines > MOST_LINES else "content"
    with st.container(height=height, border=False):
        st.code(text, language=language, wrap_lines=True)
