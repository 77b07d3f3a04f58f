"""The table of runs, a page at a time: its ticked rows are the chosen runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from lib.core.data.dataset import TEST_IMAGES
from lib.core.statistics import wilson_interval
from lib.runs.model.listing import STATES, Which
from lib.runs.model.run import Job, Run, Status
from lib.ui.jobs.settings_text import settings_words
from lib.ui.runs.choice import choose_on_page, choose_page, chosen_ids, times_overruled
from lib.ui.shell import page_paths, plain
from lib.ui.shell.language import _
from lib.ui.shell.services import store
from lib.ui.shell.visitor import may_control
from lib.ui.widgets.text import duration, moment, percent


def show_list(which: Which) -> list[Run]:
    """The table with its page numbers below it; returns the runs on this page. Without any it says what to do."""
    where = st.container()
    total = store().count(which)
    runs = store().history(which, choose_page(total, which))
    with where:
        if runs:
            st.caption(count_words(total))
            show_table(runs)
        else:
            say_nothing(which)
    return runs


def count_words(total: int) -> str:
    """How many runs the list has, and what a tick does."""
    return _("Runs: {count}. Tick some to see them together.").format(count=f"{total:,}")


def show_table(runs: Sequence[Run]) -> None:
    """One row for each run; ticks are kept when the page or the list changes."""
    there = [run.id for run in runs]
    ticked = [place for place, run_id in enumerate(there) if run_id in chosen_ids()]
    event: Any = st.dataframe(
        rows_of(runs),
        key=f"runs_table_{hash((times_overruled(), *there))}",
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        selection_default={"selection": {"rows": ticked}},
        placeholder="–",
    )
    choose_on_page(there, [there[place] for place in event.selection.rows if place < len(there)])


def rows_of(runs: Sequence[Run]) -> dict[str, list[Any]]:
    """The columns of the table by their names in the visitor's language."""
    return {
        _("Name"): [("📌 " if run.pinned else "") + run.called for run in runs],
        _("Status"): [status_word(run) for run in runs],
        _("Accuracy"): [accuracy_words(run) for run in runs],
        _("Settings"): [settings_words(run.config) for run in runs],
        _("Time"): [duration(run.seconds) if run.seconds else None for run in runs],
        _("Started"): [moment(run.created_at) for run in runs],
        _("Device"): [run.device or None for run in runs],
        _("Whose"): [whose_words(run) for run in runs],
    }


def whose_words(run: Run) -> str:
    """Whose the run is; and whether it was brought in, so that what it says was not measured here."""
    if run.is_brought:
        return _("yours, brought in") if may_control(run) else _("somebody else's, brought in")
    return _("yours") if may_control(run) else _("somebody else's")


def status_word(run: Job) -> str:
    """The run's or study's state in a word, while it is under way with its share of steps."""
    words = {
        Status.WAITING: _("waits"),
        Status.STARTING: _("starts"),
        Status.RUNNING: _("running"),
        Status.PAUSED: _("paused"),
        Status.FINISHED: _("finished"),
        Status.STOPPED: _("stopped"),
        Status.FAILED: _("failed"),
    }
    done = run.total_steps and not run.is_over
    return f"{words[run.status]} {percent(run.step / run.total_steps, 0)}" if done else words[run.status]


def accuracy_words(run: Run) -> str | None:
    """The accuracy on the test images with its 95 % interval; None before the first epoch."""
    if run.accuracy is None:
        return None
    low, high = wilson_interval(round(run.accuracy * TEST_IMAGES), TEST_IMAGES)
    return _("{share} ({low} to {high})").format(
        share=percent(run.accuracy), low=percent(low, 1), high=percent(high, 1)
    )


def say_nothing(which: Which) -> None:
    """Why the table is empty, and what to do."""
    if which.words or which.state != "all":
        said = _("No run fits: “{words}”, {state}. Take a word away, or look at all of them.")
        plain.info(said.format(words=which.words, state=_(STATES[which.state])))
        return
    plain.info(_("There is no run yet. Train a network: it stays here, with its settings, its curve and its result."))
    st.page_link(page_paths.TRAIN, label=_("Train a network"), icon=":material/model_training:")
