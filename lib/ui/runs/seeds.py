"""The same run again with other seeds, and how far their results lie apart."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from lib.core.training.sweep import next_seeds
from lib.runs.model.group import Kind
from lib.runs.model.run import Run
from lib.ui.jobs.actions import press, request_group
from lib.ui.runs.choice import choose_only
from lib.ui.shell.language import _
from lib.ui.widgets.text import percent

COUNT = 4
"""Runs that one press adds: five in all with the one that is there."""


def offer_seeds(run: Run) -> None:
    """A button that starts the run again with COUNT other seeds; all five are chosen then."""
    if run.base:
        return
    st.button(
        _("{count} more seeds").format(count=COUNT), key="runs_seeds", icon=":material/casino:", on_click=press,
        args=(start_again, run),
    )  # fmt: skip


def start_again(run: Run) -> None:
    """Starts the runs as one group, and chooses them with the one that is there."""
    others = next_seeds(run.config.seed, COUNT)
    named = [(seed, _("{name}, seed {seed}").format(name=run.called, seed=seed)) for seed in others]
    members = [(replace(run.config, seed=seed), name) for seed, name in named]
    started = request_group(Kind.SEEDS, {"of": run.id}, members)
    if started:
        choose_only([run.id, *(new.id for new in started)])


def spread_words(runs: Sequence[Run]) -> str | None:
    """The spread of the accuracies of runs that differ in nothing but the seed; None if there are not two of them."""
    alike = {replace(run.config, seed=0) for run in runs}
    tested = [run.accuracy for run in runs if run.accuracy is not None and run.is_over]
    if len(alike) > 1 or len(tested) < 2:
        return None
    return _("{count} seeds: median accuracy {median}, from {lowest} to {highest}. Nothing else differs.").format(
        count=len(tested), median=percent(statistics.median(tested)), lowest=percent(min(tested)),
        highest=percent(max(tested)),
    )  # fmt: skip
