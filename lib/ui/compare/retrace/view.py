"""The retrace detective: which calls trace a `tf.function` again, why, at what cost, and the fix."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from lib.core.studies.configs import RetraceConfig
from lib.core.studies.events import Called
from lib.core.studies.works import CASES
from lib.core.tracing.retraces import (
    CAUSES,
    EXPLANATIONS,
    NANOSECONDS,
    call_totals,
    differences_text,
    milliseconds,
    saving,
    summary,
)
from lib.ui.compare.retrace.charts import call_times
from lib.ui.jobs.actions import press
from lib.ui.jobs.studies import StudyEvents, start_study, study_buttons, study_feed, watch_study
from lib.ui.shell.language import _
from lib.ui.shell.services import store
from lib.ui.shell.visitor import visitor
from lib.ui.widgets.choice import choose
from lib.ui.widgets.source import source
from lib.ui.widgets.table import as_table, chart
from lib.ui.widgets.text import bold

if TYPE_CHECKING:
    from lib.runs.model.run import Study

KIND = "retrace"
CASE = "retrace_case"
FILE = "lib/ml/tracing/retrace_cases.py"

Calls = Sequence[Called]


def show_retraces() -> None:
    """The section of the detective: a case, its code and its fix, and the calls of both."""
    st.markdown(
        _(
            "A `tf.function` runs your Python once to make a graph of it: that is tracing, and it takes many times as "
            "long as a call of the graph. What the graph was made for is its signature. A call that fits none of the "
            "signatures known traces again, and its result is right all the same. Only when five of about ten calls of "
            "a function have traced does TensorFlow warn of it in its log, twice at most. Pick a suspect and see."
        )
    )
    case = choose_case()
    made = {fixed: newest(case, fixed) for fixed in (False, True)}
    known = [study for study in made.values() if study]
    latest = max(known, key=lambda study: study.created_at, default=None)
    with st.container(horizontal=True):
        study_buttons(KIND, _("Call it as written"), starting(case, fixed=False), latest)
        fix_button(case, latest)
    st.markdown(_(EXPLANATIONS[case]))
    if latest is None:
        show_sides(case, {False: (), True: ()})
        st.caption(_("Nothing was called yet. Six calls take less than a second."))
        return
    other = made[not is_fixed(latest)]

    def draw(study: Study, events: StudyEvents) -> None:
        before = study_feed(other.id).look()[1] if other else ()
        draw_both(case, {is_fixed(study): calls_in(events), not is_fixed(study): calls_in(before)})

    watch_study(latest, draw)


def choose_case() -> str:
    """The case that the visitor chose."""
    return choose(_("What makes it trace again?"), {case: _(name) for case, name in CASES.items()}, CASE)


def newest(case: str, fixed: bool) -> Study | None:
    """This visitor's newest study of the case, as written or fixed."""
    mine = store().studies(KIND, owner=visitor())
    return next((study for study in mine if study.config == RetraceConfig(case=case, fixed=fixed)), None)


def is_fixed(study: Study) -> bool:
    return isinstance(study.config, RetraceConfig) and study.config.fixed


def starting(case: str, fixed: bool) -> Callable[[], None]:
    return lambda: start_study(RetraceConfig(case=case, fixed=fixed))


def fix_button(case: str, latest: Study | None) -> None:
    """The button that makes the same calls with the fixed function."""
    st.button(
        _("Call it fixed"),
        key="retrace_fix",
        icon=":material/build:",
        disabled=latest is not None and latest.is_open,
        on_click=press,
        args=(starting(case, fixed=True),),
    )


def calls_in(events: StudyEvents) -> Calls:
    return tuple(event for event in events if isinstance(event, Called))


def draw_both(case: str, calls: Mapping[bool, Calls]) -> None:
    """As written and fixed, side by side, and the time saved by the fix."""
    if all(calls.values()) and (words := saving(call_totals(calls[False]), call_totals(calls[True]), _)):
        with st.container(key="retrace_saving"):
            st.markdown(bold(words))
    with st.container(key="retrace_result"):
        show_sides(case, calls)
    st.caption(
        _(
            "Every time is that of one call until its result is there. That AutoGraph rewrites the Python text happens "
            "once in a process and is not among them."
        )
    )


def show_sides(case: str, calls: Mapping[bool, Calls]) -> None:
    """Both versions side by side: `calls` by whether it is the fixed one."""
    highest = max((call.time / NANOSECONDS for some in calls.values() for call in some), default=1.0)
    for column, (fixed, some) in zip(st.columns(2, gap="medium"), sorted(calls.items()), strict=True):
        with column:
            st.markdown("##### " + (_("Fixed") if fixed else _("As written")))
            show_calls(some, "fixed" if fixed else "written", highest)
            st.code(source(FILE, f"{case}_fixed" if fixed else case), language="python")
    st.caption(_("This is the code that runs. `yield f, (x, n)` stands for the call `f(x, n)`, made and timed for it."))


def show_calls(calls: Calls, side: str, highest: float) -> None:
    """The calls of one version: chart, text, causes, table. Nothing if there were no calls."""
    if not calls:
        return
    said = summary(call_totals(calls), _)
    chart(call_times(calls, highest), f"retrace_chart_{side}", f"{said} {times_words(calls)}")
    st.markdown(said)
    if causes := causes_words(calls):
        st.markdown(causes)
    as_table(f"retrace_table_{side}", table_of(calls))


def times_words(calls: Calls) -> str:
    """The chart's bars as text."""
    return ", ".join(f"{call.number}: {milliseconds(call.time / NANOSECONDS)}" for call in calls) + "."


def causes_words(calls: Calls) -> str:
    """A Markdown list of causes, each with the calls it made trace and what differed."""
    lines = []
    for cause in dict.fromkeys(call.cause for call in calls if call.traced):
        alike = [call for call in calls if call.traced and call.cause == cause]
        numbers = ", ".join(str(call.number) for call in alike)
        words = _("Call {numbers} traced: {cause}.").format(numbers=numbers, cause=_(CAUSES[cause]))
        example = next((differences_text(call) for call in alike if call.differences), "")
        lines.append(f"- {words}" + (f" `{example}`" if example else ""))
    return "\n".join(lines)


def table_of(calls: Calls) -> dict[str, list[object]]:
    """Every call with everything known about it."""
    return {
        _("call"): [call.number for call in calls],
        _("in Python"): [call.call for call in calls],
        _("with tracing"): [call.traced for call in calls],
        _("milliseconds"): [round(call.time / NANOSECONDS, 3) for call in calls],
        _("signature"): [call.signature for call in calls],
        _("concrete functions"): [call.functions for call in calls],
        _("cause"): [_(CAUSES[call.cause]) if call.cause else "" for call in calls],
        _("what differs"): [differences_text(call) for call in calls],
    }
