"""A curve of learning: the visitor's newest run that is under way, else the recorded run of the notes' network."""

from __future__ import annotations

import logging

import streamlit as st

from lib.core.diagnosis.assess import planned_steps
from lib.core.training.recording import run_of_the_notes
from lib.runs.model.run import Run, UnknownRun
from lib.runs.model.unavailable import StoreUnavailable
from lib.ui.home.pictures import curve_picture
from lib.ui.jobs.actions import LINK
from lib.ui.jobs.run_feed import run_feed
from lib.ui.jobs.status import sentence
from lib.ui.shell import page_paths
from lib.ui.shell.language import _
from lib.ui.shell.plain import as_text
from lib.ui.shell.services import store
from lib.ui.shell.store_health import says_when_store_unavailable
from lib.ui.shell.visitor import visitor
from lib.ui.widgets.picture import show_picture
from lib.ui.widgets.text import percent
from lib.ui.widgets.theme import learning_curve

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0
"""Seconds between polls of a run that is under way."""
FOLLOWED = "home_followed"
"""Session-state key: the run that was under way on this page; it stays there when it has ended."""


def show_curve() -> None:
    """The curve under a heading, with a line on what it is."""
    run = newest_run()
    if run is None:
        show_recorded()
    else:
        follow(run)


def newest_run() -> Run | None:
    """The visitor's newest run under way, else the one that was under way here; None if there is neither.

    Other visitors' runs are theirs to show: only who has its link may watch one.
    """
    try:
        runs = [job for job in store().open_runs_of(visitor()) if isinstance(job, Run)]
        if runs:
            st.session_state[FOLLOWED] = max(runs, key=lambda run: run.created_at).id
        followed = st.session_state.get(FOLLOWED)
        return store().run(followed) if followed else None
    except UnknownRun:
        return None
    except StoreUnavailable:
        logger.exception("no run to show")
        return None


def follow(run: Run) -> None:
    """The run's curve and status, polled while it is under way."""
    st.markdown("##### " + _("Your newest run, live"))

    def look() -> None:
        with says_when_store_unavailable():
            seen = run_feed(run.id).look()
            steps = seen.run.total_steps or planned_steps(run.config)
            lines = learning_curve(seen.lines, seen.epochs)
            show_picture("home_live", curve_picture(lines, steps, run.config.execution, curve_words(steps)))
            with st.container(key="home_status"):
                st.caption(f"`[{seen.run.status}]` {sentence(seen)}")
            if seen.run.is_open != run.is_open:
                st.rerun()

    st.fragment(look, run_every=POLL_SECONDS if run.is_open else None)()
    st.page_link(
        page_paths.TRAIN, label=_("Watch it on Train"), icon=":material/visibility:", query_params={LINK: run.id}
    )


def show_recorded() -> None:
    """The recorded run of the notes' network. Its curve is drawn in (`assets/frame.css`), as a live one grows."""
    st.markdown("##### " + _("The network of the notes, learning"))
    run = run_of_the_notes()
    steps, accuracy = run.started.total_steps, run.lines["test_accuracy"].y[-1]
    show_picture("home_recorded", curve_picture(run.lines, steps, run.config.execution, curve_words(steps)))
    said = _(
        "Recorded on {machine} with TensorFlow {version}: {epochs} epochs, then {accuracy} of the 10,000 test images "
        "right. Train yours, and its curve is here."
    ).format(
        machine=run.started.device,
        version=run.started.versions.get("tensorflow", "?"),
        epochs=run.config.epochs,
        accuracy=percent(accuracy or 0.0),
    )
    st.caption(as_text(said))


def curve_words(steps: int) -> str:
    """The picture for those who cannot see it."""
    return _(
        "The loss falls over {steps} steps: of every step, smoothed, and on the test set after each epoch."
    ).format(steps=f"{steps:,}")
