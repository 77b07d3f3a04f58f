"""A/A on the page: one mode against itself, and how often the two sides were called different."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import streamlit as st

from lib.core.benchmark.aa_trials import PROMISED, ROUNDS, Trials, trials_of
from lib.core.benchmark.comparison import CANNOT_TELL, Ratio
from lib.core.benchmark.labels import factors, mode_short
from lib.core.studies.configs import AaConfig
from lib.core.studies.events import Began, Sampled
from lib.core.studies.works import WORKS
from lib.ui.jobs.actions import press
from lib.ui.jobs.studies import StudyEvents, show_not_started, start_study, stop_study, watch_study
from lib.ui.shell.language import _
from lib.ui.shell.services import store
from lib.ui.shell.visitor import may_control, visitor
from lib.ui.widgets.choice import choose
from lib.ui.widgets.plot import steady_chart
from lib.ui.widgets.table import as_table
from lib.ui.widgets.text import duration, percent
from lib.ui.widgets.theme import ALARM_COLOUR, CLEAR, GUESS_COLOUR, MODE_COLOURS

if TYPE_CHECKING:
    from lib.runs.model.run import Study

KIND = "compare_aa"
MODE = "compare_aa_mode"


def show_aa() -> None:
    """The A/A section: an explanation, a choice of mode, and the result."""
    st.markdown(
        _(
            "Who measures should know how often they are wrong. Here one way of running is compared with itself: both "
            "sides are built anew each time, with weights and graphs of their own, and timed like any two ways. "
            "Whatever is called different here is so by mistake. A 95 % interval allows {promised} of that."
        ).format(promised=percent(PROMISED, 0))
    )
    work = st.session_state.get("compare_work", next(iter(WORKS)))
    st.caption(f"{_(WORKS[work].label)} · {_(WORKS[work].unit)}: {WORKS[work].size:,}")
    names = {mode: mode_short(mode, _) for mode in WORKS[work].modes}
    mode = choose(_("Way of running it"), names, MODE, "graph")
    config = AaConfig(work=work, mode=mode, depth=st.session_state.get("compare_depth", "quick"))
    mine = store().studies(KIND, owner=visitor())
    study = next((one for one in mine if one.config == config), None)
    aa_button(config, study)
    show_not_started(KIND)
    if study is None:
        st.caption(_("Nothing was tried yet. It takes about {time}.").format(time=duration(config.seconds)))
    else:
        watch_study(study, draw, running=running_words)


def aa_button(config: AaConfig, study: Study | None) -> None:
    """The A/A button, or Stop while it is running."""
    if study is not None and study.is_open and may_control(study):
        st.button(_("Stop"), key=f"{KIND}_stop", type="primary", on_click=press, args=(stop_study, study.id))
    else:
        st.button(_("A/A"), key=KIND, type="primary", on_click=press, args=(lambda: start_study(config),))


def running_words(study: Study, events: StudyEvents) -> str:
    """Its progress."""
    assert isinstance(study.config, AaConfig)
    began = next((event for event in events if isinstance(event, Began)), None)
    newest = next((event for event in reversed(events) if isinstance(event, Sampled)), None)
    if began is None or newest is None:
        return _("both sides are built and warmed up")
    number = len(trials_of(study.config, events).ratios) + 1
    return _("comparison {number}, round {round} of {rounds}").format(
        number=number, round=newest.round, rounds=newest.planned or ROUNDS
    )


def draw(study: Study, events: StudyEvents) -> None:
    """The share in a sentence, every comparison in a chart."""
    assert isinstance(study.config, AaConfig)
    trials = trials_of(study.config, events)
    with st.container(key="compare_aa_result", border=True):
        said = share_words(trials)
        st.markdown(f"#### {said}")
        if trials.ratios:
            steady_chart("compare_aa_chart", ratios_chart(trials), said, f"{study.id}/{len(trials.ratios)}")
            st.caption(
                _(
                    "Each row is a comparison: the ratio of the times of both sides with its 95 % interval. Where "
                    "that leaves out 1, they are called different, by mistake."
                )
            )
            as_table("compare_aa_table", ratios_table(trials))


def share_words(trials: Trials) -> str:
    """How often the sides were called different, with the interval of that share."""
    if trials.share is None:
        return _("No comparison is complete yet.")
    share, low, high = trials.share
    return _(
        "Called different from itself: {different} of {count} times, {share} (95 % interval {low} to {high})."
    ).format(
        different=trials.different,
        count=len(trials.ratios),
        share=percent(share, 0),
        low=percent(low, 0),
        high=percent(high, 0),
    )


def ratios_chart(trials: Trials) -> dict[str, Any]:
    """A row for each comparison, the first on top; wrong verdicts have another colour and shape."""
    traces: list[dict[str, Any]] = []
    for wrong, name, colour, symbol in (
        (False, _("cannot be told apart"), MODE_COLOURS["graph"], "circle"),
        (True, _("called different"), ALARM_COLOUR, "diamond"),
    ):
        some = [(n, ratio) for n, ratio in enumerate(trials.ratios, 1) if (ratio.verdict != CANNOT_TELL) == wrong]
        traces.append(_dots(some, name, colour, symbol))
    count = len(trials.ratios)
    level = {"type": "scatter", "mode": "lines", "x": [1, 1], "y": [0.2, count + 0.8], "hoverinfo": "skip"}
    traces.append(level | {"line": {"color": GUESS_COLOUR, "dash": "dot"}, "showlegend": False})
    layout = CLEAR | {
        "height": 140 + 14 * count,
        "margin": {"l": 56, "r": 16, "t": 40, "b": 48},
        "showlegend": True,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        "xaxis": {"title": {"text": _("time of one side against the other")}, "zeroline": False},
        "yaxis": {"title": {"text": _("comparison")}, "range": [count + 0.8, 0.2], "zeroline": False, "dtick": 5},
    }
    return {"traces": traces, "layout": layout}


def _dots(some: list[tuple[int, Ratio]], name: str, colour: str, symbol: str) -> dict[str, Any]:
    known = [ratio if math.isfinite(ratio.high) else None for _n, ratio in some]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [ratio.ratio for _n, ratio in some],
        "y": [number for number, _ratio in some],
        "marker": {"color": colour, "symbol": symbol, "size": 9},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [ratio.high - ratio.ratio if ratio else 0 for ratio in known],
            "arrayminus": [ratio.ratio - ratio.low if ratio else 0 for ratio in known],
            "color": colour,
        },
        "hovertemplate": "%{x:.4g}<extra></extra>",
    }


def ratios_table(trials: Trials) -> dict[str, list[object]]:
    """Each comparison's ratio and interval."""
    texts = [factors(ratio.ratio, ratio.low, ratio.high) for ratio in trials.ratios]
    return {
        _("comparison"): list(range(1, len(texts) + 1)),
        _("ratio"): [text[0] for text in texts],
        _("… from"): [text[1] for text in texts],
        _("… to"): [text[2] for text in texts],
        _("called different"): [_("yes") if ratio.verdict != CANNOT_TELL else _("no") for ratio in trials.ratios],
    }
