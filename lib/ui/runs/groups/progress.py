"""Runs that one press started, as a whole: how far they are, the best so far, the time left, and Stop all."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lib.core.diagnosis.assess import planned_steps
from lib.core.i18n import mark
from lib.core.jobs.wait_estimate import Wait
from lib.runs.model.group import Group, Kind
from lib.runs.model.run import Run, Status, UnknownRun
from lib.ui.jobs.actions import press
from lib.ui.jobs.wait_times import length_of, wait_words
from lib.ui.runs.choice import choose_only
from lib.ui.runs.groups.parallel import accuracy, show_parallel
from lib.ui.runs.groups.race_result import show_race
from lib.ui.shell.language import _
from lib.ui.shell.plain import as_text
from lib.ui.shell.services import store
from lib.ui.shell.visitor import visitor
from lib.ui.widgets.text import bold, percent

TITLES = {
    Kind.SEEDS: mark("The same run with other seeds"),
    Kind.SWEEP: mark("Several settings"),
    Kind.RACE: mark("A race"),
}


def show_group(chosen: Sequence[Run]) -> None:
    """The group of the chosen runs, else the visitor's newest one that is under way; nothing without one."""
    group = group_shown(chosen)
    runs = store().group_runs(group.id) if group else []
    if group is None or not runs:
        return
    with st.container(key="runs_group", border=True):
        st.markdown(bold(_(TITLES[Kind(group.kind)]) if group.kind in TITLES else _("Several runs")))
        show_progress(group, runs)
        show_presses(group, runs, [run.id for run in chosen])
        if group.kind == Kind.SWEEP:
            show_parallel(runs)
        elif group.kind == Kind.RACE:
            show_race(group, runs)


def group_shown(chosen: Sequence[Run]) -> Group | None:
    """The one group of the chosen runs; the newest one with open runs if none of them belongs to a group."""
    its = {run.group for run in chosen if run.group}
    try:
        if its:
            return store().group(its.pop()) if len(its) == 1 else None
    except UnknownRun:
        return None
    newest = store().newest_groups(visitor())
    return newest[0] if newest and any(run.is_open for run in store().group_runs(newest[0].id)) else None


def show_progress(group: Group, runs: Sequence[Run]) -> None:
    """One bar for all of them, with what is known so far in words."""
    said = [_("{done} of {count} have ended").format(done=sum(run.is_over for run in runs), count=len(runs))]
    if broken := sum(run.status in (Status.STOPPED, Status.FAILED) for run in runs):
        said.append(_("stopped or failed: {count}").format(count=broken))
    if group.kind != Kind.RACE and (best := best_of(runs)) is not None:
        said.append(_("best so far: {name} with {accuracy}").format(name=best.called, accuracy=percent(accuracy(best))))
    if wait := time_left(runs):
        said.append(_("{time} left").format(time=wait_words(wait)))
    st.progress(sum(map(share_done, runs)) / len(runs), text=as_text(" · ".join(said)))


def best_of(runs: Sequence[Run]) -> Run | None:
    """The run with the highest accuracy so far; None before the first epoch."""
    return max((run for run in runs if run.accuracy is not None), key=accuracy, default=None)


def share_done(run: Run) -> float:
    """How much of its steps a run has made, from 0 to 1; one that is over makes no more."""
    return 1.0 if run.is_over else min(1.0, run.step / (run.total_steps or planned_steps(run.config)))


def time_left(runs: Sequence[Run]) -> Wait | None:
    """Seconds that the open ones still take, if nobody else's come in between; None if unknown, or none is open."""
    left = [run for run in runs if run.is_open]
    return length_of(left) if left else None


def show_presses(group: Group, runs: Sequence[Run], chosen: Sequence[str]) -> None:
    """Stop all for the group's owner, and a press that chooses all of its runs."""
    ids = [run.id for run in runs]
    with st.container(horizontal=True, key="runs_group_presses"):
        if group.owner == visitor() and not all(run.is_over for run in runs):
            st.button(
                _("Stop all"), key="runs_stop_all", icon=":material/stop:", on_click=press, args=(stop_all, group.id)
            )
        if not set(ids) <= set(chosen):
            st.button(
                _("Choose all of them"),
                key="runs_group_choose",
                icon=":material/done_all:",
                on_click=choose_only,
                args=(ids,),
            )


def stop_all(group_id: str) -> None:
    """Stops every run of the group."""
    store().stop_group(group_id)
