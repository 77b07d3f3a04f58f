"""Ways on from the chart: the link to share, and the lesson on a single step."""

from __future__ import annotations

import streamlit as st

from lib.core.tour.lessons import LESSONS
from lib.core.training.config import TrainConfig
from lib.ui.shell.language import _
from lib.ui.shell.page_paths import TOUR
from lib.ui.widgets.copy_link import copy_link


def show_ways_on(config: TrainConfig | None) -> None:
    """A row below the chart, before, during and after a run."""
    with st.container(horizontal=True, vertical_alignment="center", key="ways_on"):
        copy_link()
        microscope_link(config)


def microscope_link(config: TrainConfig | None) -> None:
    """A link to the lesson on one step, with those of the settings that the lesson takes."""
    values = {"rate": config.learning_rate, "filters": config.filters} if config else {}
    varied = LESSONS["step"].varied
    taken = {name: str(value) for name, value in values.items() if varied[name].setting.allows(value)}
    st.page_link(
        TOUR,
        label=_("Look into one step"),
        icon=":material/biotech:",
        query_params={"lesson": "step", **taken},
        help=_("A lesson: the probabilities, losses, gradients and weights of a single step on 32 images."),
    )
