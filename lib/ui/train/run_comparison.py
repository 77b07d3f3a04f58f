"""A run against another: both read the same test images, so they are compared image by image."""

from __future__ import annotations

import streamlit as st

from lib.core.diagnosis.paired import Change, change_between, evidence, p_words
from lib.core.diagnosis.sentence import FIT
from lib.core.i18n import mark
from lib.runs.model.run import Run
from lib.runs.model.view import RunView
from lib.ui.jobs.run_feed import run_feed
from lib.ui.jobs.settings_text import settings_words
from lib.ui.shell.language import _
from lib.ui.shell.services import store
from lib.ui.shell.visitor import visitor
from lib.ui.widgets.text import bold, percent

LOOKED_THROUGH = 20
"""Number of newest runs that are searched."""

ANSWERS = {
    "same": mark("As many test images are right in both: {other} in the other run, {this} in this one."),
    "better": mark("This run reads more test images right, {this} against {other}: more than chance explains."),
    "worse": mark("This run reads fewer test images right, {this} against {other}: more than chance explains."),
    "cannot_tell": mark("{this} in this run against {other} in the other: a difference that may be chance."),
}


def show_against(seen: RunView) -> None:
    """A list of the visitor's other runs on the same data set, and the comparison with the chosen one."""
    others = {run.id: name_of(run) for run in others_than(seen.run)} if seen.epochs else {}
    if not others:
        return
    with st.container(key="against"):
        chosen = st.selectbox(
            _("Compare its test accuracy with another run"),
            list(others),
            index=None,
            key=f"against_{seen.run.id}",
            format_func=lambda run_id: others.get(run_id, run_id),
            placeholder=_("choose a run"),
        )
        if chosen in others:
            show_answer(seen, run_feed(chosen).look())


def others_than(this: Run) -> list[Run]:
    """The visitor's newest ended runs with at least one step on the same data set."""
    me, runs = visitor(), store().runs(limit=LOOKED_THROUGH, begun=True)
    own = [run for run in runs if run.owner == me and run.id != this.id]
    return [run for run in own if run.is_over and run.step and run.config.dataset == this.config.dataset]


def name_of(run: Run) -> str:
    """A run's name: the start of its id, and its settings."""
    return f"{run.id[:4]} · {settings_words(run.config)}"


def show_answer(seen: RunView, other: RunView) -> None:
    """Which of two runs is better after its last epoch, if that can be told, and the limits of the answer."""
    change = change_between(other.epochs[-1], seen.epochs[-1]) if other.epochs else None
    if change is None:
        st.caption(_("That run did not complete an epoch: its test images were never looked at."))
        return
    st.markdown(f"{bold(answer(change))} {why(change)}")
    st.caption(
        _("This compares two trained networks. Another seed gives other networks: run both settings with a few.")
    )


def why(change: Change) -> str:
    """The evidence for the answer."""
    if change.changed is None:
        return " ".join(sentence.text(_) for sentence in evidence(FIT, change))
    return _("Only this run reads {gained} of them right, only the other one {lost} (McNemar’s test: {p}).").format(
        gained=f"{change.changed.gained:,}", lost=f"{change.changed.lost:,}", p=p_words(change.changed.p)
    )


def answer(change: Change) -> str:
    """The verdict, with both accuracies."""
    template = _(ANSWERS[change.verdict()])
    return template.format(this=percent(change.after.share), other=percent(change.before.share))
