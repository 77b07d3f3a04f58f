"""The durations of earlier runs and studies, to estimate the wait of a queued one."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import streamlit as st

from lib.core.jobs.lanes import Lane
from lib.core.jobs.throughput import Throughput, measured
from lib.core.jobs.wait_estimate import Wait, Work, expected_length
from lib.core.studies.configs import KINDS, StudyConfig
from lib.core.training.config import TrainConfig
from lib.runs.model.run import Run, Status
from lib.runs.model.view import RunView
from lib.ui.jobs.run_feed import run_feed
from lib.ui.shell.language import _
from lib.ui.shell.services import engine, store
from lib.ui.widgets.text import duration

LOOKED_THROUGH = 20
"""Newest runs, and newest studies of a kind, that the estimate uses."""
STEPS = 200
"""Number of newest steps that give the speed of a run without a completed epoch."""
ALIKE = 1.3
"""If the ends of a range differ by no more than this factor, it is shown as one number."""


@st.cache_data(show_spinner=False, ttl=5)
def known_paces() -> dict[TrainConfig, Throughput]:
    """The paces of the newest runs by their settings; for equal settings that of the newest run.

    Those that were brought in do not count: another machine may have measured them.
    """
    runs = [run for run in reversed(store().runs(limit=LOOKED_THROUGH, begun=True)) if not run.is_brought]
    found = {run.config: pace_of_over(run.id) if run.is_over else pace_of(run_feed(run.id).look(2.0)) for run in runs}
    return {config: pace for config, pace in found.items() if pace}


@st.cache_data(show_spinner=False, max_entries=200)
def pace_of_over(run_id: str) -> Throughput | None:
    """The pace of an ended run, which no longer changes."""
    read = (event for _sequence, event in store().events(run_id))
    return pace_of(functools.reduce(RunView.after, read, RunView(store().run(run_id))))


def pace_of(seen: RunView) -> Throughput | None:
    """The pace of a run so far."""
    run = seen.run
    chunks = [] if seen.epochs else store().progress(run.id, after_step=max(0, run.step - STEPS))
    return measured(run.config, seen.started, seen.compiled, seen.epochs, seen.insides, seen.end, chunks, held(run))


def held(run: Run) -> float | None:
    """Seconds that a worker had the run from its beginning to its end; None if workers had it more than once."""
    at_once = run.status == Status.FINISHED and not run.turn and not run.deaths
    return (run.ended_at - run.claimed_at).total_seconds() if at_once and run.ended_at and run.claimed_at else None


@st.cache_data(show_spinner=False, ttl=5)
def known_lengths() -> dict[StudyConfig, float]:
    """Durations of the newest finished studies in seconds, by settings."""
    return {
        study.config: (study.ended_at - study.claimed_at).total_seconds()
        for kind in KINDS
        for study in reversed(store().studies(kind, limit=LOOKED_THROUGH))
        if study.status == Status.FINISHED and study.claimed_at and study.ended_at
    }


def length_of(works: Sequence[Work]) -> Wait | None:
    """Seconds that all of these take on the workers that there are; None if nothing like them was recorded."""
    return expected_length(works, known_paces(), len(engine().state().workers_of(Lane.LONG)))


def wait_words(wait: Wait) -> str:
    """A wait as people say it: 'about 40 s', or 'about 40 s to 4 min' if only a range is known."""
    least, most = rounded(wait.least), rounded(wait.most)
    if most <= ALIKE * least or most - least <= 5:
        return _("about {time}").format(time=duration(most))
    if not least:
        return _("at most about {time}").format(time=duration(most))
    return _("about {least} to {most}").format(least=duration(least), most=duration(most))


def rounded(seconds: float) -> float:
    """Rounded to a sensible precision: whole seconds, from half a minute on 5 s, from 5 minutes on whole minutes."""
    step = 1 if seconds < 30 else 5 if seconds < 300 else 60
    return round(seconds / step) * step
