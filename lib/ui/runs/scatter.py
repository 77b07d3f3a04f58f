"""Any setting against any result, a point for each run of the list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from lib.core.i18n import mark
from lib.core.training.config import SETTINGS
from lib.runs.model.listing import Which
from lib.runs.model.run import Run
from lib.ui.jobs.settings_text import value_words
from lib.ui.runs.choice import texts_of
from lib.ui.shell.language import _
from lib.ui.shell.plain import as_chart_text
from lib.ui.shell.services import store
from lib.ui.shell.visitor import visitor
from lib.ui.widgets.choice import choose, choose_from_list
from lib.ui.widgets.table import as_table, chart
from lib.ui.widgets.theme import CLEAR, WAY_COLOURS

MOST = 500
"""Runs whose points are drawn: the first ones of the list."""
KEPT_SECONDS = 60
"""For so long a chart may lack what other visitors' runs have come to."""
RESULTS = {"accuracy": mark("test accuracy"), "seconds": mark("seconds of training and testing")}


def show_scatter(which: Which) -> None:
    """A folded chart, whose runs are read when it is open; nothing unless there are two runs."""
    total = store().count(which)
    if total < 2:
        return
    label = _("A setting against a result, a point for each run")
    box = st.expander(label, key="runs_scatter_box", on_change="rerun")
    if not box.open:
        return
    with box:
        runs = tested_runs(which, (total, *accuracies_under_way()))
        differing = [name for name in SETTINGS if len({getattr(run.config, name) for run in runs}) > 1]
        if not differing:
            st.caption(_("Nothing to draw yet: no two tested runs of this list differ in a setting."))
            return
        with st.container(horizontal=True, vertical_alignment="bottom"):
            labels = texts_of({name: SETTINGS[name].label for name in differing})
            setting = choose_from_list(_("Setting"), labels, "runs_setting", 230)
            result = choose(_("Result"), texts_of(RESULTS), "runs_result")
        draw(runs, setting, result)


def accuracies_under_way() -> list[tuple[str, float | None]]:
    """What changes the chart: the newest accuracy of each open run of this visitor."""
    return [(job.id, job.accuracy) for job in store().open_runs_of(visitor()) if isinstance(job, Run)]


@st.cache_data(show_spinner=False, ttl=KEPT_SECONDS, max_entries=20)
def tested_runs(which: Which, changing: tuple[object, ...]) -> list[Run]:
    """The first MOST tested runs of the list; read anew when what is `changing` has changed, else once a while."""
    return [run for run in store().history(which, size=MOST) if run.accuracy is not None]


def draw(runs: Sequence[Run], setting: str, result: str) -> None:
    """The chart with its table: numbers on an axis of numbers, everything else side by side."""
    values = [getattr(run.config, setting) for run in runs]
    results = [getattr(run, result) for run in runs]
    names = [run.called for run in runs]
    figure = scatter(values, results, names, setting, result)
    lowest, highest = min(results), max(results)
    said = _("{count} runs: {result} from {lowest} to {highest}.").format(
        count=len(runs), result=_(RESULTS[result]), lowest=f"{lowest:.4g}", highest=f"{highest:.4g}"
    )
    chart(figure, "runs_scatter", said)
    words = [value_words(setting, value) for value in values]
    as_table("runs_scatter_table", {_("Name"): names, _(SETTINGS[setting].label): words, _(RESULTS[result]): results})


def scatter(
    values: Sequence[Any], results: Sequence[float], names: Sequence[str], setting: str, result: str
) -> go.Figure:
    """One point for each run. Rates and sizes that span more than a factor of 20 have a logarithmic axis."""
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    x: list[Any] = list(values) if numbers else [as_chart_text(value_words(setting, value)) for value in values]
    wide = numbers and min(x) > 0 and max(x) > 20 * min(x)
    points = go.Scatter(
        x=x,
        y=list(results),
        mode="markers",
        text=[as_chart_text(name) for name in names],
        hovertemplate="%{text}: %{y}<extra></extra>",
        marker={"size": 9, "opacity": 0.7, "color": WAY_COLOURS["graph"]},
    )
    figure = go.Figure(points)
    figure.update_layout(
        height=320,
        margin={"l": 56, "r": 12, "t": 12, "b": 48},
        xaxis={"title": {"text": _(SETTINGS[setting].label)}, "type": "log" if wide else None},
        yaxis={"title": {"text": _(RESULTS[result])}, "tickformat": ".1%" if result == "accuracy" else ""},
        **CLEAR,
    )
    return figure
