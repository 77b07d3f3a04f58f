"""The race of eager, graph, XLA and Session that was recorded on a named machine."""

from __future__ import annotations

import functools
from dataclasses import replace

import streamlit as st

from lib.core.benchmark.comparison import Comparison, comparison_of
from lib.core.benchmark.comparison_files import references
from lib.core.benchmark.labels import machine_name
from lib.ui.compare.text import fastest_words, strip_words
from lib.ui.home.pictures import race_picture
from lib.ui.shell.language import _
from lib.ui.shell.plain import as_text
from lib.ui.widgets.picture import show_picture

WORK, RUNNERS = "train_step", ("eager", "graph", "xla", "session")


def show_race() -> None:
    """The four ways as one picture, the fastest in words, and where it was measured."""
    st.markdown("##### " + _("One training step, four ways"))
    race = recorded_race()
    (size,) = race.config.sizes
    show_picture("home_race", race_picture(race.at(size), strip_words(race, size)))
    st.caption(as_text(f"{fastest_words(race)} {machine_words(race)}"))


@functools.cache
def recorded_race() -> Comparison:
    """The recorded comparison of a training step, with these four ways only."""
    whole = next(one.comparison for one in references() if one.comparison.config.work == WORK)
    return comparison_of(replace(whole.config, modes=RUNNERS), whole.events)


def machine_words(race: Comparison) -> str:
    """Where and with what it was recorded."""
    began = race.began
    assert began is not None
    return _("Recorded on {machine} ({processors} processors) with TensorFlow {version}: yours may differ.").format(
        machine=machine_name(began), processors=began.processors, version=began.versions.get("tensorflow", "?")
    )
