"""A run live: status, progress, curves, polled while the run is open."""

from __future__ import annotations

from functools import partial

import streamlit as st

from lib.core.diagnosis.assess import planned_steps
from lib.core.seeds import SCHEME
from lib.core.training.config import TrainConfig
from lib.core.training.curve import Line
from lib.runs.model.run import Run
from lib.runs.model.view import RunView
from lib.ui.jobs.ghost import ghost_behind, say_ghost
from lib.ui.jobs.run_feed import run_feed
from lib.ui.jobs.settings_text import settings_words
from lib.ui.jobs.status import sentence
from lib.ui.shell.language import _
from lib.ui.shell.plain import as_chart_text
from lib.ui.shell.services import engine
from lib.ui.shell.store_health import rerun_when_other, says_when_store_unavailable
from lib.ui.shell.visitor import may_control
from lib.ui.widgets.live_plot import GrowingChart
from lib.ui.widgets.text import percent
from lib.ui.widgets.theme import guessing_words, learning_curve, learning_curve_spec

RUN_POLL_SECONDS = 0.5
"""Seconds between polls of the visitor's own open run."""
WATCHED_POLL_SECONDS = 2.0
"""The same for another visitor's run: a whole class may be watching, on the processor that trains."""
RESTING_POLL_SECONDS = 1.0
"""The same for a paused run: it may be resumed in another tab."""


def watch(run: Run) -> None:
    """Shows the run and polls it until it is over.

    The page was drawn with `run`: once its stage changes, the whole page reruns.
    """
    chart = GrowingChart("live")
    chart.forget()
    trouble = engine().state().trouble
    within = 0.0  # the first read must be no older than the page around it

    def follow() -> None:
        nonlocal within
        with says_when_store_unavailable():
            seen = run_feed(run.id).look(within)
            # Other visitors share a recent read.
            within = 0.0 if may_control(run) else WATCHED_POLL_SECONDS / 2
            show_status(seen)
            show_chart(chart, seen)
            if stage(seen.run) != stage(run):
                st.rerun()
        rerun_when_other(trouble)

    st.fragment(follow, run_every=rhythm(run))()


def rhythm(run: Run) -> float | None:
    """Seconds between this visitor's polls of the run; None for no further poll."""
    if run.is_over:
        return None
    if not run.is_open:
        return RESTING_POLL_SECONDS
    return RUN_POLL_SECONDS if may_control(run) else WATCHED_POLL_SECONDS


def stage(run: Run) -> tuple[bool, bool, bool]:
    """The state that the rest of the page depends on: its buttons and its summary."""
    return run.is_open, run.is_over, run.step > 0


def show_nothing_yet() -> None:
    """The empty live chart, before there is a run."""
    with st.container(key="run_line"), st.container(key="run_status"):
        st.markdown("`[none]` " + _("No run yet. Press Start: the network learns while you watch."))
    spec = partial(learning_curve_spec, TrainConfig().execution, 0, empty=True)
    with st.container(key="live_chart"):
        chart = GrowingChart("live")
        chart.forget()
        chart.draw("", learning_curve(None, ()), spec, _("An empty chart: no run yet."))


def show_status(seen: RunView) -> None:
    """The run's status in one line, and its progress bar."""
    run = seen.run
    with st.container(key="run_line"):  # as high before, during and after a run (`assets/frame.css`)
        with st.container(key="run_status"):
            st.markdown(f"`[{run.status}]` {sentence(seen)}")
        share = run.step / run.total_steps if run.total_steps else 0.0
        st.progress(min(1.0, share))


def show_chart(chart: GrowingChart, seen: RunView) -> None:
    """The live chart of loss, accuracy and speed, with the run's settings."""
    run = seen.run
    with st.container(key="live_chart"):
        lines = learning_curve(seen.lines, seen.epochs, seen.rate_changes, guess_line(run))
        ghost = ghost_behind(run.id)
        is_empty = not lines["loss"].x
        spec = partial(
            learning_curve_spec,
            run.config.execution,
            total_steps(run),
            validation=run.config.validation_split > 0,
            guess=run.guess is not None,
            empty=is_empty,
            behind=ghost_lines(ghost),
        )
        # With the first point the axes change, so it is another chart.
        behind = ghost.run.id if ghost else ""
        name = f"{run.id}/{'empty' if is_empty else seen.drawing}/{run.total_steps}/{behind}"
        chart.draw(name, lines, spec, alt(seen), news=newest_epoch(seen))
    say_ghost(ghost)
    with st.container(key="run_settings"):
        st.caption(own_settings(run))
    if seen.rate_changes:
        st.caption(rate_words(seen))
    if run.scheme < SCHEME:
        st.caption(scheme_words(run))


def own_settings(run: Run) -> str:
    """The settings of the shown run, which may differ from those in the form beside it."""
    return _("This run: {settings}; everything else as in the notes.").format(settings=settings_words(run.config))


def ghost_lines(ghost: RunView | None) -> tuple[str, dict[str, Line]] | None:
    """The name of the run behind the curves, and its lines."""
    if ghost is None or not ghost.lines:
        return None
    return as_chart_text(ghost.run.called), learning_curve(ghost.lines, ghost.epochs)


def guess_line(run: Run) -> Line | None:
    """The guessed accuracy, over all steps."""
    if run.guess is None:
        return None
    return Line([0, total_steps(run)], [run.guess, run.guess])


def total_steps(run: Run) -> int:
    """The run's planned number of steps, even before its worker has reported it."""
    return run.total_steps or planned_steps(run.config)


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


def newest_epoch(seen: RunView) -> str:
    """The newest epoch in one line, announced by screen readers."""
    if not seen.epochs:
        return ""
    last = seen.epochs[-1]
    return _("Epoch {epoch} of {epochs}: test accuracy {accuracy}, test loss {loss}.").format(
        epoch=last.epoch,
        epochs=seen.run.config.epochs,
        accuracy=percent(last.test_accuracy),
        loss=f"{last.test_loss:.4f}",
    )


def alt(seen: RunView) -> str:
    """The live chart as text, which changes once an epoch."""
    words = _("Learning curves: loss, accuracy and images per second over {steps} steps.").format(
        steps=f"{total_steps(seen.run):,}"
    )
    words += " " + _("A dashed line across the loss marks {guessing}.").format(guessing=guessing_words())
    if not seen.epochs:
        return words
    last = seen.epochs[-1]
    return f"{words} " + _(
        "After epoch {epoch}: train loss {train_loss}, test loss {test_loss}, "
        "train accuracy {train}, test accuracy {test}."
    ).format(
        epoch=last.epoch,
        train_loss=f"{last.train_loss:.4f}",
        test_loss=f"{last.test_loss:.4f}",
        train=percent(last.train_accuracy),
        test=percent(last.test_accuracy),
    )
