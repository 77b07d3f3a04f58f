"""The result of a run: final figures, its time, every epoch's numbers, all from its recorded events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import streamlit as st

from lib.core.diagnosis.assess import Score, tested
from lib.core.diagnosis.best_epoch import best_words, validated
from lib.core.diagnosis.rates import in_force
from lib.core.diagnosis.report import conclude
from lib.core.diagnosis.sentence import FIT, HAPPENED, NEXT, Sentence, Try
from lib.core.training.config import TrainConfig
from lib.core.training.events import Evaluated
from lib.runs.model.run import Run
from lib.runs.model.view import RunView
from lib.ui.jobs.actions import LINK, pin, press
from lib.ui.jobs.ghost import choose_ghost
from lib.ui.jobs.live import follow_epochs
from lib.ui.jobs.run_feed import run_feed
from lib.ui.jobs.settings_text import setting_words
from lib.ui.shell.language import _
from lib.ui.shell.page_paths import DRAW
from lib.ui.shell.plain import as_text
from lib.ui.shell.quotas import limits
from lib.ui.shell.services import store
from lib.ui.shell.visitor import may_control
from lib.ui.train.buttons import start_with
from lib.ui.train.run_comparison import show_against
from lib.ui.widgets.table import chart
from lib.ui.widgets.text import bold, duration, percent
from lib.ui.widgets.theme import time_split


def show_result(run: Run) -> None:
    """What the run has come to: after each epoch while it goes on, and in the end.

    The place is as high from the beginning (`assets/frame.css`), so nothing moves when the run ends.
    """
    with st.container(key="run_result"):
        if run.is_over:
            show_summary(run_feed(run.id).look())
        else:
            follow_epochs("result", run, show_so_far)


def show_so_far(seen: RunView) -> None:
    """The figures after the newest epoch of a run that is not over."""
    with st.container(key="run_so_far", border=True):
        show_figures(seen)
        if seen.epochs:
            said = _("After epoch {epoch} of {epochs}; the run goes on.")
            st.caption(said.format(epoch=seen.epochs[-1].epoch, epochs=seen.run.config.epochs))
        else:
            st.caption(_("The figures come with the end of the first epoch."))


def show_summary(seen: RunView) -> None:
    """The result of an ended run: text, and figures if it was evaluated at least once."""
    with st.container(key="run_summary", border=True):
        if not seen.epochs:
            show_words(seen)
            return
        show_figures(seen)
        show_words(seen)
        show_time(seen, seconds_by_part(seen))
        show_pin(seen.run)


def show_figures(seen: RunView) -> None:
    """Accuracy, loss, speed and time after the newest epoch; places for them before the first."""
    st.subheader(_("Result"))
    helped = _("Share of the test images read right.")
    with st.container(key="run_figures"):
        # Two by two: in four columns the figures are cut off on a common screen.
        places = [*st.columns(2), *st.columns(2)]
    labels = _("Test accuracy"), _("Test loss"), _("One step"), _("Time")
    figures = figures_of(seen) if seen.epochs else [("–", "")] * len(labels)
    for place, label, (figure, caption) in zip(places, labels, figures, strict=True):
        place.metric(label, figure, help=helped if place is places[0] else None)
        if caption:
            place.caption(caption)


def figures_of(seen: RunView) -> list[tuple[str, str]]:
    """The four figures after the newest epoch, each with a line on it."""
    last = seen.epochs[-1]
    score = tested(last)
    training = sum(epoch.training_seconds for epoch in seen.epochs)
    return [
        (percent(last.test_accuracy), interval_sentence(score) if score else ""),
        (f"{last.test_loss:.4f}", _("train loss {loss}").format(loss=f"{last.train_loss:.4f}")),
        (
            f"{training / last.step * 1000:.2f} ms",
            _("{steps} steps of {batch} images").format(steps=f"{seen.run.step:,}", batch=seen.run.config.batch_size),
        ),
        (
            duration(sum(seconds_by_part(seen).values())),
            _("of which training {time}").format(time=duration(training)),
        ),
    ]


def show_words(seen: RunView) -> None:
    """Sentences derived from the numbers: what happened, what it means and what to try next."""
    run = seen.run
    sentences = conclude(
        run.config, seen.epochs, seen.end, run.guess, is_tuned=bool(run.base), changes=seen.rate_changes
    )
    st.markdown(" ".join(sentence.text(_) for sentence in sentences if sentence.kind == HAPPENED))
    st.markdown(" ".join(sentence.text(_) for sentence in sentences if sentence.kind == FIT))
    if advice := [sentence for sentence in sentences if sentence.kind == NEXT]:
        st.markdown(bold(_("What to try next")))
        for number, sentence in enumerate(advice):
            show_advice(seen, sentence, number)
    if store().checkpoint(run.id):
        st.page_link(
            DRAW, label=_("Draw a digit with this network"), icon=":material/draw:", query_params={LINK: run.id}
        )


def show_advice(seen: RunView, sentence: Sentence, number: int) -> None:
    """Something to try next, and if it is a change of settings, a press that starts a run with it."""
    st.markdown(f"- {sentence.text(_)}")
    tries: dict[str, Any] = {value.name: value.value for value in sentence.values.values() if isinstance(value, Try)}
    if tries:
        words = " · ".join(setting_words(name, value) for name, value in tries.items())
        st.button(
            _("Start with {settings}").format(settings=words),
            key=f"try_{number}",
            icon=":material/play_arrow:",
            on_click=press,
            args=(start_beside, seen.run.id, replace(in_force(seen.run.config, seen.rate_changes), **tries)),
        )


def start_beside(old: str, config: TrainConfig) -> None:
    """Starts a run with these settings; the old run's curves lie behind its own."""
    start_with(config)
    if st.session_state[LINK] != old:
        choose_ghost(old)


def show_pin(run: Run) -> None:
    """A switch for the run's owner: its weights are kept for good."""
    if not may_control(run):
        return
    key = f"pin_{run.id}"
    st.session_state.setdefault(key, run.pinned)
    st.toggle(
        _("Keep the weights"),
        value=st.session_state[key],
        key=key,
        on_change=press,
        args=(pin_as_chosen, run.id, key),
        help=_("The newest {count} runs keep their weights; this one will whatever comes after.").format(
            count=limits().kept_weights
        ),
    )


def pin_as_chosen(run_id: str, key: str) -> None:
    """Pins the run as the switch says; the switch goes back if that is not allowed."""
    if not pin(run_id, st.session_state[key]):
        st.session_state[key] = False


def interval_sentence(score: Score) -> str:
    """The test accuracy's 95 % interval, and its number of images."""
    low, high = score.interval
    return _("95 % interval {low} to {high}, from {total} test images").format(
        low=percent(low), high=percent(high), total=f"{score.total:,}"
    )


def seconds_by_part(seen: RunView) -> dict[str, float]:
    """The run's seconds by activity, with translated names."""
    started, compiled = seen.started, seen.compiled
    return {
        _("loading"): started.loading_seconds if started else 0.0,
        _("tracing"): compiled.tracing_seconds if compiled else 0.0,
        _("compiling"): compiled.compiling_seconds if compiled else 0.0,
        _("training"): sum(epoch.training_seconds for epoch in seen.epochs),
        _("evaluating"): sum(epoch.evaluating_seconds for epoch in seen.epochs),
    }


def show_time(seen: RunView, parts: dict[str, float]) -> None:
    """The time split as bar, text and numbers."""
    words = " · ".join(f"{name} " + _("{seconds} s").format(seconds=f"{took:.2f}") for name, took in parts.items())
    with st.expander(_("Where the time went"), key="run_time"):
        chart(time_split(parts), "time_split", words)
        for text in (words, *untraced_words(seen)):
            st.caption(text)


def untraced_words(seen: RunView) -> list[str]:
    """Why nothing was traced or compiled, if that is so."""
    compiled = seen.compiled
    if compiled is None or compiled.tracing_seconds or compiled.compiling_seconds:
        return []
    if seen.run.config.execution == "eager":
        return [_("Eager execution traces and compiles nothing.")]
    return [_("Nothing was traced or compiled: the worker had kept the step of an earlier run with the same network.")]


def show_numbers(run: Run | None) -> None:
    """Every epoch's numbers, the run against another, and its machine; grows while the run is open."""
    if run is None:
        st.caption(_("The numbers appear here after the first step."))
        return

    def show(seen: RunView) -> None:
        show_epochs(seen)
        show_machine(seen)

    follow_epochs("numbers", run, show)
    if run.is_over:
        show_against(run_feed(run.id).look(within=1.0))


def show_epochs(seen: RunView) -> None:
    """Every epoch's numbers as a table, or the newest steps' at first: the live chart for those who cannot see it."""
    if not seen.epochs:
        show_steps(seen)
        return
    st.dataframe(pa.table(epoch_columns(seen.epochs)), hide_index=True, key="epochs_table")
    st.markdown(" ".join(sentence.text(_) for sentence in best_words(seen.epochs, kept_step(seen.run))))


def kept_step(run: Run) -> int | None:
    """The step of the weights kept from an ended run; None if none are kept."""
    kept = store().checkpoint(run.id) if run.is_over else None
    return kept.step if kept else None


def show_steps(seen: RunView) -> None:
    """The newest steps' numbers."""
    if not seen.recent:
        st.caption(_("The numbers appear here after the first step."))
        return
    st.caption(_("The newest steps; from the end of the first epoch on every epoch stands here."))
    columns = {
        _("step"): [numbers.step for numbers in seen.recent],
        _("train loss"): [round(numbers.loss, 4) for numbers in seen.recent],
        _("train accuracy"): [percent(numbers.accuracy) for numbers in seen.recent],
    }
    st.dataframe(pa.table(columns), hide_index=True, key="steps_table")


def epoch_columns(epochs: Sequence[Evaluated]) -> dict[str, list[Any]]:
    """The table's columns by translated name; those of a validation part if there is one."""
    columns: dict[str, list[Any]] = {
        _("epoch"): [e.epoch for e in epochs],
        _("step"): [e.step for e in epochs],
        _("train loss"): [round(e.train_loss, 4) for e in epochs],
        _("test loss"): [round(e.test_loss, 4) for e in epochs],
        _("train accuracy"): [percent(e.train_accuracy) for e in epochs],
        _("test accuracy"): [percent(e.test_accuracy) for e in epochs],
    }
    if held_out := [measured for e in epochs if (measured := validated(e))]:
        columns |= {
            _("validation loss"): [round(loss, 4) for loss, _accuracy in held_out],
            _("validation accuracy"): [percent(accuracy) for _loss, accuracy in held_out],
        }
    return columns | {
        _("training, seconds"): [round(e.training_seconds, 2) for e in epochs],
        _("evaluating, seconds"): [round(e.evaluating_seconds, 2) for e in epochs],
    }


def show_machine(seen: RunView) -> None:
    """The machine that the run used: without it a number means nothing."""
    if seen.started is None:
        return
    versions = " · ".join(f"{name} {version}" for name, version in seen.started.versions.items())
    said = _("Ran on {device} with {threads} threads · {versions}")
    st.caption(as_text(said.format(device=seen.started.device, threads=seen.started.threads, versions=versions)))
