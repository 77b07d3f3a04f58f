"""How each chart looks: Plotly traces and layout, in the visitor's language. No data are fetched here."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from lib.core.diagnosis.assess import GUESSING_LOSS
from lib.core.studies.modes import MODES, adam_of, way_of
from lib.core.training.curve import Line
from lib.core.training.events import Evaluated, RateChanged
from lib.ui.shell.language import _

WAY_COLOURS = {
    "eager": "#E69F00",
    "graph": "#2E86DE",
    "xla": "#009E73",
    "session": "#CC79A7",
    "fit": "#CC2A14",
    "loop": "#99B262",
    "loop_xla": "#7D40FF",
}
"""One colour per execution mode, everywhere. The first four are from Okabe and Ito's set, which colour-blind people can
tell apart. The others were searched for: with each kind of colour blindness simulated (Machado, Oliveira and Fernandes,
IEEE TVCG 15, 2009) they are further from all the rest than the first four are from each other."""
WAY_SYMBOLS = {
    "eager": "circle",
    "graph": "square",
    "xla": "diamond",
    "session": "triangle-up",
    "fit": "triangle-down",
    "loop": "pentagon",
    "loop_xla": "star",
}
"""One shape per execution mode, for those who see no colours at all."""
MODE_COLOURS = {mode: WAY_COLOURS[way_of(mode)] for mode in MODES}
MODE_SYMBOLS = {mode: WAY_SYMBOLS[way_of(mode)] + ("" if adam_of(mode) == "fused" else "-open") for mode in MODES}
MODE_DASHES = {mode: "solid" if adam_of(mode) == "fused" else "dot" for mode in MODES}
"""Colour and shape are those of the mode's way; Keras' Adam has an outlined shape and a dotted line."""

RUN_DASHES = ("solid", "dash", "dot", "dashdot", "solid", "dash", "dot")
RUN_STYLES = tuple(zip(WAY_COLOURS.values(), RUN_DASHES, WAY_SYMBOLS.values(), strict=True))
"""Colour, dash and symbol of each of several runs in one chart."""
TEST_COLOUR = "#8F00FF"
"""Searched for, as the above: told apart from a run's own colours, eager's orange too, by eyes of every kind."""
VALIDATION_COLOUR = "#AA4499"
GUESS_COLOUR = "#8A8F98"
"""Grey that is visible on both themes, unlike train's and test's colours."""
MARGIN = 0.02
"""The axis of accuracies may go this far beyond 0 and 100 %, so that a line there is fully visible."""
ALARM_COLOUR = "#D55E00"
"""What one should notice in a comparison."""
LOSSES = (1, 4)
"""Losses that the axis always shows: around the loss of guessing, with room for its label and a number to read."""
LOWEST_LOSS = 1e-3
"""The logarithmic axis of losses goes no lower: single batches come near 0, and would press the test loss together."""
LOSS_TICKS = [digit * 10.0**power for power in range(-3, 4) for digit in (1, 3)]
"""Two numbers a decade: they fit whether the axis spans one decade or four. Plotly's own overlap."""
BEGINNING, AT_LEAST = 20, 100
"""The beginning of a run is this part of its steps, and at least so many."""
DOTS = {"marker": {"size": 5}, "meta": {"dots": True}}
"""A line with markers while it has few points: a single point would be invisible without one."""
CLEAR = {"paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)"}
"""Transparent, so that the page shows through, light or dark."""
LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}
"""Above the chart, at its left."""


LINES = (
    *("loss", "loss_smooth", "test_loss", "validation_loss"),
    *("accuracy", "accuracy_smooth", "test_accuracy", "validation_accuracy", "guess"),
    *("images_per_second", "rate_changes"),
)
"""The lines of the live chart, in the order of its traces."""


def learning_curve(
    lines: Mapping[str, Line] | None,
    epochs: Sequence[Evaluated],
    rate_changes: Sequence[RateChanged] = (),
    guess: Line | None = None,
) -> dict[str, Line]:
    """The lines of the live chart in the order of LINES; empty before the run starts."""
    drawn = {name: Line([], []) for name in LINES} | dict(lines or {})
    for name in ("test_loss", "test_accuracy", "validation_loss", "validation_accuracy"):
        for evaluated in epochs:
            if (value := getattr(evaluated, name)) is not None:
                drawn[name].add(evaluated.step, value)
    for change in rate_changes:
        # From the bottom of its panel to the top, then a gap before the next line.
        for height in (0.0, 1.0, math.nan):
            drawn["rate_changes"].add(change.step + 0.5, height)
    if guess:
        drawn["guess"] = guess
    return {name: drawn[name] for name in LINES}


def learning_curve_spec(
    execution: str,
    total_steps: int,
    validation: bool = False,
    guess: bool = False,
    empty: bool = False,
    behind: tuple[str, Mapping[str, Line]] | None = None,
) -> dict[str, Any]:
    """Three charts over one axis of steps: loss, accuracy, images per second. Train solid, test dashed.

    `total_steps` is the expected number of steps, 0 without a run. The legend names a validation part and a guess only
    if there is one. `empty`: there are no points yet for the axes to follow. `behind` is the name of another run, with
    its lines: they lie in grey behind these.
    """
    colour = MODE_COLOURS[execution]
    guessed = {"name": _("your guess"), "line": {"color": GUESS_COLOUR, "width": 2, "dash": "dot"}, "showlegend": guess}
    speed = {"name": _("images per second"), "line": {"color": colour, "width": 1.5}, "showlegend": False, **DOTS}
    change = {"name": _("learning rate changed"), "line": {"color": GUESS_COLOUR, "width": 1.5, "dash": "dot"}}
    common = {"type": "scatter", "mode": "lines"}
    return {
        "traces": [
            *_panel_traces("y", colour, in_legend=True, validation=validation),
            *_panel_traces("y2", colour, in_legend=False, validation=validation),
            {**common, "yaxis": "y2", **guessed},
            {**common, "yaxis": "y3", **speed},
            {**common, "yaxis": "y4", "showlegend": False, "hoverinfo": "name", **change},
            *(_traces_behind(*behind) if behind else ()),
        ],
        "layout": {
            "margin": {"l": 56, "r": 12, "t": 36, "b": 52},
            **CLEAR,
            "hovermode": "x unified",
            "legend": LEGEND,
            "shapes": [_guessing()],
            **_axes(total_steps, empty),
        },
        "views": [] if empty else _views(total_steps),
    }


def _traces_behind(name: str, lines: Mapping[str, Line]) -> list[dict[str, Any]]:
    """Another run's smoothed and test lines: complete traces, which get no further points."""
    dashes = {"loss_smooth": "solid", "test_loss": "dash", "accuracy_smooth": "solid", "test_accuracy": "dash"}
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": lines[line].x,
            "y": lines[line].y,
            "yaxis": "y" if "loss" in line else "y2",
            "line": {"color": GUESS_COLOUR, "width": 1.5, "dash": dash},
            "hoverinfo": "skip",
            "showlegend": line == "loss_smooth",
        }
        for line, dash in dashes.items()
    ]


def _views(total_steps: int) -> list[dict[str, Any]]:
    """The switches below the chart: what each choice changes in the axes of the layout."""
    linear = {
        "type": "linear",
        "tickmode": "auto",
        "title": {"text": _("loss")},
        "autorangeoptions": {"include": [0, GUESSING_LOSS]},
    }
    first = min(total_steps, max(AT_LEAST, total_steps // BEGINNING))
    return [
        {
            "name": _("Loss axis"),
            "choices": [
                {"name": _("Logarithmic"), "axes": {}},
                {"name": _("Linear"), "axes": {"yaxis": linear}},
            ],
        },
        {
            "name": _("Steps shown"),
            "choices": [
                {"name": _("Whole"), "axes": {}},
                {"name": _("The beginning"), "axes": {"xaxis": {"range": [0, first]}}},
            ],
        },
    ]


def overlaid_runs(
    names: Sequence[str],
    lines: Sequence[tuple[Sequence[float], Sequence[float | None]]],
    along: str,
    value: str,
    code: str,
) -> dict[str, Any]:
    """One line for each run; `code` is the value's: losses are drawn logarithmically, accuracies in per cent."""
    at_epochs = code.startswith("test_")
    traces = [
        {
            "type": "scatter",
            "mode": "lines+markers" if at_epochs else "lines",
            "name": name,
            "x": list(x),
            "y": list(y),
            "line": {"color": colour, "width": 2, "dash": dash},
            "marker": {"color": colour, "size": 7, "symbol": symbol},
        }
        for name, (x, y), (colour, dash, symbol) in zip(names, lines, RUN_STYLES, strict=False)
    ]
    axis: dict[str, Any] = {"title": {"text": value}, "automargin": True}
    # A single point would get an axis from one below to one above it; the little above 1 is for the mark there.
    shares = {"tickformat": ".1%", "minallowed": 0, "maxallowed": 1.005}
    axis |= {"type": "log", "exponentformat": "power"} if "loss" in code else shares
    return {
        "traces": traces,
        "layout": {
            "height": 360,
            "margin": {"l": 56, "r": 12, "t": 36, "b": 48},
            **CLEAR,
            "hovermode": "x unified",
            "showlegend": True,
            "legend": LEGEND,
            "xaxis": {"title": {"text": along}, "rangemode": "tozero"},
            "yaxis": axis,
        },
    }


def guessing_words() -> str:
    """The label of the line that marks ln 10, the loss of guessing."""
    return _("guessing: ln 10 = {loss}").format(loss=f"{GUESSING_LOSS:.3f}")


def _guessing() -> dict[str, Any]:
    """A labelled line across the loss panel at the loss of ten equal probabilities."""
    return {
        "type": "line",
        "layer": "below",
        "xref": "x domain",
        "yref": "y",
        "x0": 0,
        "x1": 1,
        "y0": GUESSING_LOSS,
        "y1": GUESSING_LOSS,
        "line": {"color": GUESS_COLOUR, "width": 1.5, "dash": "dash"},
        "label": {"text": guessing_words(), "textposition": "end", "yanchor": "top", "font": {"size": 11}},
    }


def _panel_traces(axis: str, colour: str, in_legend: bool, validation: bool) -> list[dict[str, Any]]:
    """One panel's traces: train per step, train smoothed, test, validation."""
    raw = {"name": _("train, each step"), "line": {"color": colour, "width": 1}, "opacity": 0.35}
    smooth = {"name": _("train, smoothed"), "line": {"color": colour, "width": 2.5}, **DOTS}
    test = {"name": _("test, each epoch"), **_each_epoch(TEST_COLOUR, "dash", "circle")}
    held_out = {"name": _("validation, each epoch"), **_each_epoch(VALIDATION_COLOUR, "dashdot", "diamond")}
    common = {"type": "scatter", "mode": "lines", "yaxis": axis, "showlegend": in_legend}
    return [
        *(common | style for style in (raw, smooth, test)),
        common | held_out | {"showlegend": in_legend and validation},
    ]


def _each_epoch(colour: str, dash: str, symbol: str) -> dict[str, Any]:
    """The style of a line with one point per epoch."""
    return {
        "mode": "lines+markers",
        "line": {"color": colour, "width": 2, "dash": dash},
        "marker": {"color": colour, "size": 8, "symbol": symbol},
        "cliponaxis": False,
    }


def _axes(total_steps: int, empty: bool) -> dict[str, Any]:
    """The steps axis and the three panels above it.

    While `empty` they show the expected ranges: Plotly would otherwise invent ranges such as -100 to 400 %. Later each
    axis follows its lines but never leaves the range of possible accuracies. The fourth value axis lies over the first
    panel and runs from 0 at its bottom to 1 at its top.
    """
    seen = {"include": LOSSES, "clipmin": LOWEST_LOSS}
    loss: dict[str, Any] = {"type": "log", "tickvals": LOSS_TICKS, "tickformat": "~g", "autorangeoptions": seen}
    accuracy: dict[str, Any] = {"autorangeoptions": {"clipmin": -MARGIN, "clipmax": 1 + MARGIN}}
    speed: dict[str, Any] = {"rangemode": "tozero", "nticks": 4}
    if empty:
        loss, accuracy, speed = {"range": [0, 2.5]}, {"range": [0, 1]}, {"range": [0, 1], "showticklabels": False}
    steps = {"range": [0, max(total_steps, 1)], "showticklabels": total_steps > 0}
    return {
        "xaxis": {"title": {"text": _("step")}, "anchor": "y3", "zeroline": False, **steps},
        "yaxis": _panel(_("loss"), [0.64, 1.0], **loss) | ({} if empty else {"title": logarithmic(_("loss"))}),
        "yaxis2": _panel(_("accuracy"), [0.24, 0.59], tickformat=".0%", **accuracy),
        "yaxis3": _panel(_("images/s"), [0.0, 0.18], **speed),
        "yaxis4": {"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True},
    }


def _panel(title: str, domain: list[float], **about: Any) -> dict[str, Any]:
    return {"title": {"text": title}, "domain": domain, "zeroline": False, "automargin": False, **about}


def logarithmic(title: str) -> dict[str, Any]:
    """A title that says the axis is logarithmic: on it equal steps are equal factors."""
    return {"text": _("{axis} (logarithmic)").format(axis=title)}


def time_split(parts: Mapping[str, float]) -> go.Figure:
    """A run's time as one stacked bar. `parts` maps a translated name to seconds."""
    colours = ("#56B4E9", "#CC79A7", "#E69F00", "#009E73", "#D55E00")
    bars = [
        go.Bar(
            y=[""],
            x=[seconds],
            name=name,
            orientation="h",
            marker_color=colour,
            hovertemplate=f"{name}: " + _("{seconds} s").format(seconds="%{x:.2f}") + "<extra></extra>",
        )
        for (name, seconds), colour in zip(parts.items(), colours, strict=True)
    ]
    layout = {
        "barmode": "stack",
        "height": 150,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "legend": {"orientation": "h", "y": 1.1, "yanchor": "bottom", "traceorder": "normal"},
        "xaxis": {"title": {"text": _("seconds")}},
    }
    return go.Figure(bars, layout)


def class_balance(counts: Sequence[int], names: Sequence[str]) -> go.Figure:
    """The number of training images of each class."""
    layout = {"height": 280, "margin": {"l": 8, "r": 8, "t": 8, "b": 8}, "yaxis": {"title": {"text": _("images")}}}
    bars = go.Bar(x=list(names), y=list(counts), marker_color="#56B4E9", hovertemplate="%{x}: %{y:,}<extra></extra>")
    return go.Figure(bars, layout | {"xaxis": {"type": "category"}})
