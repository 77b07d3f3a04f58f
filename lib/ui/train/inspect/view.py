"""The inside of a network, epoch by epoch: one view at a time, following the run until an epoch is chosen."""

from __future__ import annotations

import streamlit as st

from lib.runs.model.run import Run
from lib.runs.model.view import RunView
from lib.ui.jobs.live import follow_epochs
from lib.ui.shell.language import _
from lib.ui.train.inspect.views import TITLES, VIEWS, say_nothing_yet
from lib.ui.widgets.choice import choose

VIEW = "inside_view"


def show_inside(run: Run | None) -> None:
    """The inside of the run's network; grows while the run is open."""
    if run is None:
        say_nothing_yet()
        return
    follow_epochs("inside", run, draw_inside)


def draw_inside(seen: RunView) -> None:
    """The chosen view of what is recorded so far."""
    if not seen.insides and not seen.epochs:
        say_nothing_yet()
        return
    with st.container(key="inside"):
        view = choose(_("What to look at"), {code: _(TITLES[code]) for code in VIEWS}, VIEW, named=False)
        VIEWS[view](seen)
