"""The chosen runs together: their curves over one another, the settings that differ, and which is better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from lib.core.diagnosis.paired import Change, change_between, p_words
from lib.core.i18n import mark
from lib.core.training.abscissa import AXES, places
from lib.core.training.config import SETTINGS
from lib.runs.model.run import Run
from lib.runs.model.view import RunView
from lib.ui.jobs.run_feed import run_feed
from lib.ui.jobs.settings_text import value_words
from lib.ui.runs.choice import MOST, texts_of
from lib.ui.runs.seeds import spread_words
from lib.ui.runs.table import accuracy_words, status_word
from lib.ui.shell import plain
from lib.ui.shell.language import _
from lib.ui.shell.plain import as_chart_text, as_text
from lib.ui.widgets.choice import choose, choose_from_list
from lib.ui.widgets.plot import steady_chart
from lib.ui.widgets.text import bold, duration, percent
from lib.ui.widgets.theme import overlaid_runs

VALUES = {
    "test_accuracy": mark("test accuracy"),
    "test_loss": mark("test loss"),
    "loss_smooth": mark("train loss"),
    "accuracy_smooth": mark("train accuracy"),
}
BETTER = {
    "better": mark(
        "{best} reads more test images right than {other}, {more} against {less}: more than chance explains."
    ),
    "cannot_tell": mark("{best} against {other}, {more} and {less}: cannot tell, the difference may be chance."),
    "same": mark("{best} and {other} read as many test images right: {more}."),
}


def show_together(chosen: Sequence[Run]) -> None:
    """All that is said about the chosen runs, at most MOST of them."""
    if not chosen:
        return
    if len(chosen) > MOST:
        plain.info(_("{count} runs are chosen; the first {most} are shown.").format(count=len(chosen), most=MOST))
    views = {run.id: run_feed(run.id).look() for run in chosen[:MOST]}
    names = told_apart([view.run for view in views.values()])
    show_curves([(names[run_id], view) for run_id, view in views.items()])
    if spread := spread_words([view.run for view in views.values()]):
        st.markdown(bold(spread))
    if len(views) > 1:
        for line in verdicts(views, names):
            st.markdown(line)
        show_differences(list(views.values()), names)


def told_apart(runs: Sequence[Run]) -> dict[str, str]:
    """A name for each of the runs by its id; two with the same name get the start of their id."""
    names = [run.called for run in runs]
    return {
        run.id: name if names.count(name) == 1 else f"{run.id[:4]} · {name}"
        for run, name in zip(runs, names, strict=True)
    }


def show_curves(named: Sequence[tuple[str, RunView]]) -> None:
    """One line for each run, over steps, epochs or seconds."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        value = choose_from_list(_("Curve"), texts_of(VALUES), "runs_value", 190)
        axis = choose(_("Along"), texts_of(AXES), "runs_axis")
    lines = {name: curve(view, value, axis) for name, view in named}
    labels = [as_chart_text(name) for name in lines]
    spec = overlaid_runs(labels, list(lines.values()), _(AXES[axis]), _(VALUES[value]), value)
    steady_chart("runs_curves", spec, curves_words(lines), str(hash((value, axis, *lines))))


def curve(view: RunView, value: str, axis: str) -> tuple[list[float], list[float | None]]:
    """The places on the axis, and the values there; empty before the run's first steps."""
    if view.started is None or view.lines is None:
        return [], []
    if value in view.lines:
        steps, values = view.lines[value].x, list(view.lines[value].y)
    else:
        steps, values = [float(e.step) for e in view.epochs], [getattr(e, value) for e in view.epochs]
    per_epoch, speed = view.started.steps_per_epoch, view.lines["images_per_second"]
    return places(axis, steps, per_epoch, view.run.config.batch_size, speed), values


def curves_words(lines: Mapping[str, tuple[list[float], list[float | None]]]) -> str:
    """The chart as text: the newest value of each line."""
    ends = ((name, next((v for v in reversed(values) if v is not None), None)) for name, (_x, values) in lines.items())
    return "; ".join(f"{name}: {end:.4f}" if end is not None else f"{name}: –" for name, end in ends)


def verdicts(views: Mapping[str, RunView], names: Mapping[str, str]) -> list[str]:
    """The best run against each of the others, on the same test images, as Markdown; nothing without two results."""
    tested = {run_id: view for run_id, view in views.items() if view.epochs}
    if len(tested) < 2:
        return [_("Which is better is told once two of them have finished an epoch.")]
    best = max(tested, key=lambda run_id: tested[run_id].epochs[-1].test_accuracy)
    others = [run_id for run_id in tested if run_id != best]
    return [verdict(tested[best], tested[other], names[best], names[other], len(others)) for other in others]


def verdict(best: RunView, other: RunView, best_name: str, other_name: str, tries: int) -> str:
    """One comparison in a sentence; each of several has its share of the significance level (Bonferroni)."""
    same_images = best.run.config.dataset == other.run.config.dataset
    change = change_between(other.epochs[-1], best.epochs[-1]) if same_images else None
    if change is None:
        said = _("{best} and {other} were not tested on the same images.")
        return as_text(said.format(best=best_name, other=other_name))
    said = _(BETTER[change.verdict(tries)]).format(
        best=best_name, other=other_name, more=percent(change.after.share), less=percent(change.before.share)
    )
    return as_text(f"{said} {proof(change)}")


def proof(change: Change) -> str:
    """The numbers behind the sentence."""
    if change.changed is None:
        return _("An older version recorded one of them, so only the two intervals could be compared.")
    return _("(Only the first reads {gained} of them right, only the other {lost}; McNemar’s test: {p}.)").format(
        gained=f"{change.changed.gained:,}", lost=f"{change.changed.lost:,}", p=p_words(change.changed.p)
    )


def show_differences(views: Sequence[RunView], names: Mapping[str, str]) -> None:
    """A row for each setting in which the runs differ, then their results."""
    runs = [view.run for view in views]
    differing = [name for name in SETTINGS if len({getattr(run.config, name) for run in runs}) > 1]
    rows: dict[str, list[Any]] = {
        _(SETTINGS[name].label): [value_words(name, getattr(run.config, name)) for run in runs] for name in differing
    }
    rows[_("Accuracy")] = [accuracy_words(run) or "–" for run in runs]
    rows[_("Time")] = [duration(run.seconds) for run in runs]
    rows[_("Status")] = [status_word(run) for run in runs]
    columns = {_("Differs"): list(rows)} | {
        names[run.id]: [values[place] for values in rows.values()] for place, run in enumerate(runs)
    }
    st.dataframe(columns, hide_index=True, key="runs_differences")
