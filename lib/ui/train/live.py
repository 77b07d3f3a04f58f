"""A run live: status, progress, curves, by its event stream while the run is open."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from lib.core.seeds import SCHEME
from lib.core.training.config import TrainConfig
from lib.core.training.curve import Line
from lib.runs.model.run import Run
from lib.runs.model.view import RunView
from lib.ui.jobs.ghost import ghost_behind, say_ghost
from lib.ui.jobs.live import follow_run
from lib.ui.jobs.live_view import (
    alt,
    drawing_of,
    live_lines,
    newest_epoch,
    share_done,
    status_line,
    total_steps,
)
from lib.ui.jobs.run_feed import run_feed
from lib.ui.jobs.settings_text import settings_words
from lib.ui.shell.language import _
from lib.ui.shell.plain import as_chart_text
from lib.ui.shell.services import engine
from lib.ui.shell.store_health import rerun_when_other
from lib.ui.shell.visitor import may_control
from lib.ui.widgets.live import live_line
from lib.ui.widgets.live_plot import GrowingChart, Stream
from lib.ui.widgets.theme import learning_curve, learning_curve_spec

RUN_POLL_SECONDS, WATCHED_POLL_SECONDS, RESTING_POLL_SECONDS = 0.5, 2.0, 1.0
"""Where the run's stream is cut: seconds between polls of the visitor's own open run; of another visitor's, because a
whole class may be watching, on the processor that trains; and of a paused run, which may be resumed in another tab."""
PARTS = ("open", "over", "drawing", "rates", "trouble")
"""What the page of a run depends on. One's own also has a button that comes with the first step."""


def watch(run: Run) -> None:
    """Shows the run and follows it until it is over.

    The page was drawn with `run`: once its stage changes, the whole page reruns.
    """
    chart = GrowingChart("live")
    chart.forget()
    trouble = engine().state().trouble
    within = 0.0  # the first read must be no older than the page around it

    def look() -> RunView:
        nonlocal within
        seen = run_feed(run.id).look(within)
        # Other visitors share a recent read.
        within = 0.0 if may_control(run) else WATCHED_POLL_SECONDS / 2
        return seen

    def draw(seen: RunView, stream: Stream) -> None:
        live = None if seen.run.is_over else stream
        show_status(seen, live)
        show_chart(chart, seen, live)
        if stage(seen.run) != stage(run):
            st.rerun()
        rerun_when_other(trouble)

    parts = (*PARTS, "begun") if may_control(run) else PARTS
    follow_run("run", run, parts, look, draw, rhythm(run))


def rhythm(run: Run) -> float:
    """Seconds between this visitor's polls of the run, where its stream is cut."""
    if not run.is_open:
        return RESTING_POLL_SECONDS
    return RUN_POLL_SECONDS if may_control(run) else WATCHED_POLL_SECONDS


def stage(run: Run) -> tuple[bool, bool, bool]:
    """The state that the rest of the page depends on: its buttons and its summary."""
    return run.is_open, run.is_over, run.step > 0 and may_control(run)


def show_nothing_yet() -> None:
    """The empty live chart, before there is a run."""
    with st.container(key="run_line"), st.container(key="run_status"):
        said = _("No run yet. Press Start: the network learns while you watch.")
        live_line("run_words", f"`[none]` {said}", None, None)
    spec = partial(learning_curve_spec, TrainConfig().execution, 0, empty=True)
    with st.container(key="live_chart"):
        chart = GrowingChart("live")
        chart.forget()
        chart.draw("", learning_curve(None, ()), spec, _("An empty chart: no run yet."))


def show_status(seen: RunView, stream: Stream | None) -> None:
    """The run's status in one line, and its progress bar."""
    # As high before, during and after a run (`assets/frame.css`).
    with st.container(key="run_line"), st.container(key="run_status"):
        live_line("run_words", status_line(seen), share_done(seen.run), stream)


def show_chart(chart: GrowingChart, seen: RunView, stream: Stream | None) -> None:
    """The live chart of loss, accuracy and speed, with the run's settings."""
    run = seen.run
    with st.container(key="live_chart"):
        ghost = ghost_behind(run.id)
        name = f"{run.id}/{drawing_of(seen)}/{ghost.run.id if ghost else ''}"
        spec = partial(chart_spec, seen, ghost)
        chart.draw(name, live_lines(seen), spec, alt(seen), news=newest_epoch(seen), stream=stream)
    say_ghost(ghost)
    with st.container(key="run_settings"):
        st.caption(own_settings(run))
    if seen.rate_changes:
        st.caption(rate_words(seen))
    if run.scheme < SCHEME:
        st.caption(scheme_words(run))


def chart_spec(seen: RunView, ghost: RunView | None) -> dict[str, Any]:
    """The chart's traces and layout; before the first step also the layout for as long as it has no points."""
    run = seen.run
    spec = partial(
        learning_curve_spec,
        run.config.execution,
        total_steps(run),
        validation=run.config.validation_split > 0,
        guess=run.guess is not None,
        behind=ghost_lines(ghost),
    )
    return spec() if seen.lines and seen.lines["loss"].x else {**spec(), "bare": spec(empty=True)["layout"]}


def own_settings(run: Run) -> str:
    """The settings of the shown run, which may differ from those in the form beside it."""
    return _("This run: {settings}; everything else as in the notes.").format(settings=settings_words(run.config))


def ghost_lines(ghost: RunView | None) -> tuple[str, dict[str, Line]] | None:
    """The name of the run behind the curves, and its lines."""
    if ghost is None or not ghost.lines:
        return None
    return as_chart_text(ghost.run.called), learning_curve(ghost.lines, ghost.epochs)


def rate_words(seen: RunView) -> str:
    """Each change of the learning rate during the run."""
    changes = (
        _("from step {step} on {rate}").format(step=f"{change.step + 1:,}", rate=f"{change.learning_rate:g}")
        for change in seen.rate_changes
    )
    return _("Learning rate: {first}, {changes}.").format(
        first=f"{seen.run.config.learning_rate:g}", changes=", ".join(changes)
    )


def scheme_words(run: Run) -> str:
    """How an older version drew random numbers differently, and what that means for the same settings today."""
    words = _(
        "An older version drew this run’s random numbers (first weights, dropout) in a way that other work could "
        "disturb. A new run with the same settings and seed begins with other weights and comes out a little different."
    )
    if run.is_over:
        return words
    return words + " " + _("This one keeps what it has drawn: it goes on from exactly where it stands.")
