"""The board of runs: what everybody in the room has trained, as a picture of accuracy against time.

It is no ranking: points have no order, and the table is in the order of the runs' start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from lib.core.classroom.nicknames import shown
from lib.core.training.config import SETTINGS
from lib.runs.model.room import Room, Seat
from lib.runs.model.run import Run
from lib.ui.jobs.settings_text import setting_words, value_words
from lib.ui.runs.groups.parallel import differing
from lib.ui.shell.language import _, language
from lib.ui.shell.plain import as_chart_text
from lib.ui.shell.services import store
from lib.ui.shell.store_health import says_when_store_unavailable
from lib.ui.shell.visitor import visitor
from lib.ui.widgets.plot import steady_chart
from lib.ui.widgets.table import as_table
from lib.ui.widgets.text import duration, percent
from lib.ui.widgets.theme import CLEAR, LEGEND, MODE_COLOURS

POLL_SECONDS = 3.0
FRESH_SECONDS = 2.0
HEIGHT = 420
IN_TOOLTIP = 6
"""Settings that the tooltip of a point names."""
RING = {"color": "#8F00FF", "width": 2.5}
"""Around the reader's own points."""


@st.cache_data(show_spinner=False, ttl=FRESH_SECONDS, max_entries=50)
def runs_of(room_id: str) -> list[Run]:
    """The room's tested runs; the server reads them once for all who look."""
    return store().classwork.board(room_id)


@st.cache_data(show_spinner=False, ttl=FRESH_SECONDS, max_entries=50)
def nicknames_of(room_id: str) -> dict[str, str]:
    """The nickname of every member, by visitor."""
    return {member.visitor: member.nickname for member in store().classroom.members(room_id)}


def show_board(here: Seat) -> None:
    """The board, read again every few seconds."""

    def look() -> None:
        with says_when_store_unavailable(), st.container(key="class_board"):
            draw(here.room, runs_of(here.room.id))

    st.fragment(look, run_every=POLL_SECONDS)()


def draw(room: Room, runs: Sequence[Run]) -> None:
    """The picture of these runs, newest first, in words and as a table too."""
    if not runs:
        st.caption(_("Runs that are trained in this room come up here after their first epoch."))
        return
    names = differing(runs)
    who = authors(room, runs)
    spec = picture(runs, names, who, visitor())
    steady_chart("class_board_chart", spec, said(runs), drawing=room.id)
    st.caption(said(runs) + " " + _("A ring marks your own. Point at one to see in what it differs."))
    in_order = sorted(runs, key=lambda run: run.created_at)
    columns: dict[str, Any] = {_("Who"): [who[run.id] for run in in_order]} if any(who.values()) else {}
    columns |= {
        _(SETTINGS[name].label): [value_words(name, getattr(run.config, name)) for run in in_order] for name in names
    }
    columns |= {
        _("Test accuracy"): [percent(run.accuracy or 0.0) for run in in_order],
        _("Time"): [duration(run.seconds) for run in in_order],
    }
    as_table("class_board_table", columns)


def authors(room: Room, runs: Sequence[Run]) -> dict[str, str]:
    """Who trained each run, in the reader's language; '' for everybody where the room hides names."""
    if room.names_hidden:
        return {run.id: "" for run in runs}
    nicknames, teacher = nicknames_of(room.id), _("Teacher")
    known = {who: shown(nickname, language()) for who, nickname in nicknames.items()} | {room.teacher: teacher}
    # Whoever has left is forgotten: their runs stay, without a name.
    return {run.id: known.get(run.owner, "–") for run in runs}


def said(runs: Sequence[Run]) -> str:
    """The picture as text."""
    accuracies, seconds = [run.accuracy or 0.0 for run in runs], [run.seconds for run in runs]
    return _("Tested runs: {count}, from {low} to {high}, after {short} to {long} of training and testing.").format(
        count=len(runs),
        low=percent(min(accuracies)),
        high=percent(max(accuracies)),
        short=duration(min(seconds)),
        long=duration(max(seconds)),
    )


def picture(runs: Sequence[Run], names: Sequence[str], who: Mapping[str, str], reader: str) -> dict[str, Any]:
    """Test accuracy against seconds, a point for each run in the colour of its execution, the reader's with a ring."""
    traces = [
        points([run for run in runs if run.config.execution == execution], names, who, reader, execution)
        for execution in SETTINGS["execution"].options
        if any(run.config.execution == execution for run in runs)
    ]
    seconds = [max(run.seconds, 0.1) for run in runs]
    layout = {
        **CLEAR,
        "height": HEIGHT,
        "margin": {"l": 60, "r": 16, "t": 36, "b": 52},
        "legend": LEGEND,
        "showlegend": True,
        "hovermode": "closest",
        "xaxis": {
            "title": {"text": _("seconds of training and testing")},
            "type": "log" if max(seconds) > 20 * min(seconds) else "linear",
            "zeroline": False,
        },
        "yaxis": {"title": {"text": _("test accuracy")}, "tickformat": ".1%", "zeroline": False},
    }
    return {"traces": traces, "layout": layout}


def points(
    runs: Sequence[Run], names: Sequence[str], who: Mapping[str, str], reader: str, execution: str
) -> dict[str, Any]:
    """The points of runs with one execution."""
    rings = [RING["width"] if run.owner == reader else 0 for run in runs]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": value_words("execution", execution),
        "x": [round(max(run.seconds, 0.1), 2) for run in runs],
        "y": [run.accuracy for run in runs],
        "text": [tooltip(run, names, who[run.id]) for run in runs],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {
            "size": 13,
            "opacity": 0.75,
            "color": MODE_COLOURS[execution],
            "line": {"color": RING["color"], "width": rings},
        },
        "cliponaxis": False,
    }


def tooltip(run: Run, names: Sequence[str], who: str) -> str:
    """Who, the result, and the settings in which it differs from others, for Plotly."""
    result = _("{accuracy} after {time}").format(accuracy=percent(run.accuracy or 0.0), time=duration(run.seconds))
    settings = [setting_words(name, getattr(run.config, name)) for name in names[:IN_TOOLTIP]]
    return "<br>".join(as_chart_text(line) for line in [*([who] if who else []), result, *settings])
