"""The same run again with other seeds, and how far their results lie apart."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from lib.core.training.config import SETTINGS
from lib.runs.model.run import Run
from lib.ui.jobs.actions import press, request_run
from lib.ui.runs.choice import CHOSEN
from lib.ui.shell.language import _
from lib.ui.shell.services import store
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
    """Starts the runs, as many as the server's limits allow, and chooses them."""
    started = [run.id]
    for seed in other_seeds(run.config.seed, COUNT):
        new = request_run(replace(run.config, seed=seed))
        if new is None:
            break
        store().rename(new.id, _("{name}, seed {seed}").format(name=run.called, seed=seed))
        started.append(new.id)
    st.session_state[CHOSEN] = started


def other_seeds(seed: int, count: int) -> list[int]:
    """The next seeds after `seed` that the setting allows, beginning anew at 0 after the largest."""
    allowed = SETTINGS["seed"].allows
    return [seed + more if allowed(seed + more) else more - 1 for more in range(1, count + 1)]


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
