"""The charts of one size of a comparison: samples, the time of the first steps, and the break-even of start-up costs.

Each returns Plotly's traces and layout. Each mode has the same colour everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from lib.core.benchmark.comparison import Comparison
from lib.core.benchmark.comparison_words import mode_short, steps_words, time_words
from lib.core.benchmark.one_off_costs import BreakEven
from lib.core.benchmark.pitfalls import CarelessTiming
from lib.core.benchmark.timings import Timing
from lib.core.studies.modes import adam_of
from lib.ui.shell.language import _
from lib.ui.widgets.theme import CLEAR, GUESS_COLOUR, LEGEND, MODE_COLOURS, MODE_DASHES, MODE_SYMBOLS, logarithmic

Spec = dict[str, Any]

LOW_ROW, HIGH_ROW, ALL_ROWS = 24, 56, 192
"""Row height in pixels: least, most, and the height that all rows share, so that all modes are visible at once."""
TWO_LINES = 36
"""Row height in pixels from which a row's label has two lines, name and value."""
GOLDEN = 0.618034
"""The golden ratio: the fractional parts of its multiples are spread evenly, however many there are."""
WIDE = 8.0
"""If the slowest takes at least this many times as long as the fastest, the axis is logarithmic."""
FEWEST_DECADES, MOST_DECADES = 2, 6
"""The axis of steps spans at least and at most this many powers of ten."""


def rows(modes: Sequence[str], values: Mapping[str, float | None]) -> Spec:
    """The layout of a chart with a row for each mode, first on top, labelled with its name and its value (ms)."""
    row = max(LOW_ROW, min(HIGH_ROW, ALL_ROWS // max(1, len(modes))))
    between, names = "<br>" if row >= TWO_LINES else " ", []
    for mode in modes:
        value = values.get(mode)
        names.append(f"<b>{mode_short(mode, _)}</b>{between}{time_words(value) if value else '…'}")
    return CLEAR | {
        "height": 78 + row * len(modes),
        "margin": {"l": 8, "r": 16, "t": 30, "b": 48},
        "legend": LEGEND,
        "hovermode": "closest",
        "yaxis": {
            "tickmode": "array",
            "tickvals": [-i for i in range(len(modes))],
            "ticktext": names,
            "range": [0.6 - len(modes), 0.6],
            "automargin": True,
            "fixedrange": True,
            "showgrid": False,
            "zeroline": False,
        },
    }


def time_axis(title: str, values: Sequence[float]) -> Spec:
    """A time axis, logarithmic if the values lie far apart; without values, it has no numbers."""
    known = [value for value in values if value > 0 and math.isfinite(value)]
    axis: Spec = {"title": {"text": title}, "zeroline": False, "exponentformat": "none"}
    if not known:
        return axis | {"range": [0, 1], "showticklabels": False}
    if max(known) / min(known) < WIDE:
        return axis | {"rangemode": "tozero", "nticks": 8}
    far = max(known) / min(known) > 300
    return axis | {"title": logarithmic(title), "type": "log", "dtick": 1 if far else "D2", "tickformat": "~r"}


def strip(comparison: Comparison, size: int, guess: tuple[str, float] | None) -> Spec:
    """Every sample as a dot, below them the median as a tick and its 95 % interval as a band; a row for each mode.

    `guess`: the mode of the guess and its expected median in milliseconds.
    """
    modes = comparison.config.modes
    timings = {timing.mode: timing for timing in comparison.at(size)}
    traces: list[Spec] = []
    for row, mode in enumerate(modes):
        timing = timings.get(mode)
        traces += [_dots(timing, mode, -row), *_middle(timing, mode, -row)]
    everything = [sample for timing in timings.values() for sample in timing.samples]
    if guess:
        traces.append(_guessed(guess[1], -modes.index(guess[0])))
        everything.append(guess[1])
    layout = rows(modes, {mode: timing.median for mode, timing in timings.items()})
    layout["xaxis"] = time_axis(_("milliseconds per step"), everything)
    return {"traces": traces, "layout": layout | {"showlegend": guess is not None}}


def _dots(timing: Timing | None, mode: str, y: float) -> Spec:
    samples = timing.samples if timing else ()
    numbers = timing.rounds if timing else ()
    return {
        "type": "scatter",
        "mode": "markers",
        "x": list(samples),
        "y": [y + 0.16 + (number * GOLDEN % 1 - 0.5) * 0.4 for number in numbers],
        "customdata": list(numbers),
        "name": mode_short(mode, _),
        "marker": {"color": MODE_COLOURS[mode], "symbol": MODE_SYMBOLS[mode], "size": 7, "opacity": 0.5},
        "hovertemplate": _("round {round}: {time} ms").format(round="%{customdata}", time="%{x:.4g}"),
        "showlegend": False,
    }


def _middle(timing: Timing | None, mode: str, y: float) -> list[Spec]:
    """The 95 % interval as a band below the dots, the median as a tick over it."""
    y -= 0.26
    known = timing is not None and math.isfinite(timing.high)
    reach = [timing.low, timing.high] if timing and known else []
    middle = [timing.median] if timing else []
    common = {"type": "scatter", "name": mode_short(mode, _), "showlegend": False}
    said = _("median {time} ms").format(time="%{x:.4g}")
    return [
        common
        | {"mode": "lines", "x": reach, "y": [y] * len(reach), "hoverinfo": "skip", "opacity": 0.45}
        | {"line": {"color": MODE_COLOURS[mode], "width": 12}},
        common
        | {"mode": "markers", "x": middle, "y": [y] * len(middle), "hovertemplate": said}
        | {
            "marker": {
                "symbol": "line-ns",
                "size": 10,
                "color": MODE_COLOURS[mode],
                "line": {"color": MODE_COLOURS[mode], "width": 4},
            }
        },
    ]


def _guessed(milliseconds: float, y: float) -> Spec:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [milliseconds],
        "y": [y],
        "name": _("your guess"),
        "marker": {"symbol": "x-open", "size": 15, "color": GUESS_COLOUR, "line": {"width": 3}},
        "hovertemplate": _("your guess: {time} ms").format(time="%{x:.4g}"),
    }


PATTERNS = {"tracing": "/", "compiling": "x", "first": ".", "steady": ""}
"""The patterns of a bar's parts; the bar's colour is the mode's."""


def part_names() -> dict[str, str]:
    """The parts of the time of some steps, in order."""
    return {
        "tracing": _("tracing"),
        "compiling": _("compiling"),
        "first": _("first run"),
        "steady": _("all further steps"),
    }


def parts_of(timing: Timing, steps: int) -> dict[str, float]:
    """Seconds of each part of the first `steps` steps, tracing and compiling included."""
    one = timing.median / 1000
    first = min(steps, timing.first_steps)
    return {
        "tracing": timing.tracing or 0.0,
        "compiling": timing.compiling or 0.0,
        "first": first * one,
        "steady": max(0, steps - first) * one,
    }


def outlined(modes: Sequence[str]) -> Spec:
    """Draws the bars of modes with Keras' Adam paler, with an outline."""
    keras = [adam_of(mode) == "keras" for mode in modes]
    widths = [2 if one else 0 for one in keras]
    line = {"width": widths, "color": [MODE_COLOURS[mode] for mode in modes]}
    return {"opacity": [0.45 if one else 1.0 for one in keras], "line": line}


def time_parts(comparison: Comparison, size: int, steps: int) -> Spec:
    """The time of the first `steps` steps by part, as a stacked bar for each mode."""
    timings = comparison.at(size)
    modes = [timing.mode for timing in timings]
    traces: list[Spec] = []
    for number, (part, name) in enumerate(part_names().items()):
        about = {"type": "bar", "orientation": "h", "name": name, "legendgroup": str(number)}
        pattern = {"shape": PATTERNS[part], "solidity": 0.35, "fillmode": "overlay"}
        seconds = [parts_of(timing, steps)[part] for timing in timings]
        # Grey in the legend, because a part has no colour.
        traces.append(about | {"x": [None], "y": [0], "marker": {"color": GUESS_COLOUR, "pattern": pattern}})
        traces.append(
            about
            | {"x": seconds, "y": [-i for i in range(len(modes))], "showlegend": False, "width": 0.62}
            | {"marker": {"color": [MODE_COLOURS[mode] for mode in modes], "pattern": pattern, **outlined(modes)}}
            | {"hovertemplate": f"{name}: " + _("{seconds} s").format(seconds="%{x:.3g}") + "<extra></extra>"}
        )
    totals = {timing.mode: 1000 * sum(parts_of(timing, steps).values()) for timing in timings}
    layout = rows(modes, totals) | {"barmode": "stack"}
    layout["legend"] = LEGEND | {"traceorder": "normal"}
    layout["xaxis"] = {"title": {"text": _("seconds")}, "zeroline": False, "rangemode": "tozero", "nticks": 8}
    return {"traces": traces, "layout": layout}


def seconds_after(timing: Timing, steps: float) -> float:
    """Seconds from the very beginning until `steps` steps are done."""
    return timing.beforehand + steps * timing.median / 1000


def break_evens(comparison: Comparison, size: int, base: str) -> dict[str, BreakEven]:
    """By mode: when its start-up cost is paid back against `base`, if ever."""
    found = {}
    for timing in comparison.at(size):
        even = comparison.break_even(size, timing.mode, base) if timing.mode != base else None
        if even is not None:
            found[timing.mode] = even
    return found


def decades(comparison: Comparison, size: int, base: str) -> int:
    """The power of ten at which the axis of steps ends: a little beyond the last break-even."""
    last = max((even.steps for even in break_evens(comparison, size, base).values()), default=0.0)
    beyond = math.ceil(math.log10(max(1.0, last))) + 1
    return max(FEWEST_DECADES, min(MOST_DECADES, beyond))


def cumulative(comparison: Comparison, size: int, base: str) -> Spec:
    """Seconds against steps, from the very beginning; a ring marks each mode's break-even against `base`."""
    timings = comparison.at(size)
    reach = decades(comparison, size, base)
    counts = [10 ** (k / 6) for k in range(6 * reach + 1)]
    traces: list[Spec] = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [round(count, 2) for count in counts],
            "y": [seconds_after(timing, count) for count in counts],
            "name": mode_short(timing.mode, _),
            "line": {"color": MODE_COLOURS[timing.mode], "width": 2.5, "dash": MODE_DASHES[timing.mode]},
            "hovertemplate": _("{seconds} s").format(seconds="%{y:.3g}"),
        }
        for timing in timings
    ]
    for mode, even in break_evens(comparison, size, base).items():
        timing = comparison.timing(size, mode)
        if timing and 1 <= even.steps <= 10**reach:
            traces.append(_ring(timing, even))
    layout = CLEAR | {
        "height": 520,
        "margin": {"l": 64, "r": 16, "t": 48, "b": 48},
        "legend": LEGEND,
        "hovermode": "closest",
        "xaxis": {"title": logarithmic(_("steps")), "type": "log", "dtick": 1, "tickformat": "~s", "zeroline": False},
        "yaxis": {"title": logarithmic(_("seconds")), "type": "log", "dtick": 1, "tickformat": "~g", "zeroline": False},
    }
    return {"traces": traces, "layout": layout}


def _ring(timing: Timing, even: BreakEven) -> Spec:
    """The break-even point, with whiskers if its interval is finite."""
    steps, known = even.steps, math.isfinite(even.high)
    said = _("{mode}: paid back after {steps} steps").format(
        mode=mode_short(timing.mode, _), steps=steps_words(even, _)
    )
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [steps],
        "y": [seconds_after(timing, steps)],
        "name": said,
        "showlegend": False,
        "hovertemplate": "%{fullData.name}<extra></extra>",
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [even.high - steps if known else 0],
            "arrayminus": [steps - even.low if known else 0],
            "color": MODE_COLOURS[timing.mode],
            "thickness": 2,
        },
        "marker": {
            "symbol": "circle-open",
            "size": 15,
            "color": MODE_COLOURS[timing.mode],
            "line": {"width": 3, "color": MODE_COLOURS[timing.mode]},
        },
    }


def careless_beside(comparison: Comparison, size: int, careless: Sequence[CarelessTiming]) -> Spec:
    """The honest median with its interval, and below it the careless benchmark's number: a row for each mode."""
    timings = comparison.at(size)
    modes = [timing.mode for timing in timings]
    printed = {one.mode: one for one in careless}
    traces: list[Spec] = []
    for row, timing in enumerate(timings):
        colour = MODE_COLOURS[timing.mode]
        traces.append(_with_interval(_("honest"), timing.median, (timing.low, timing.high), colour, 0.16 - row))
        if one := printed.get(timing.mode):
            name = _("careless")
            traces.append(_with_interval(name, one.milliseconds, one.interval, colour, -0.16 - row, careless=True))
    # Grey in the legend, which distinguishes filled from open.
    for number, name in enumerate((_("honest"), _("careless"))):
        marker = {"size": 12, "color": GUESS_COLOUR, "symbol": "diamond-open" if number else "circle"}
        traces.append({"type": "scatter", "mode": "markers", "x": [None], "y": [0], "name": name, "marker": marker})
    layout = rows(modes, {timing.mode: timing.median for timing in timings})
    values = [timing.median for timing in timings] + [one.milliseconds for one in careless]
    layout["xaxis"] = time_axis(_("milliseconds per step"), values)
    return {"traces": traces, "layout": layout | {"showlegend": True}}


def _with_interval(
    name: str, value: float, interval: tuple[float, float] | None, colour: str, y: float, careless: bool = False
) -> Spec:
    """A dot at `value` with its interval as whiskers; open where careless."""
    low, high = interval if interval and math.isfinite(interval[1]) else (value, value)
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [value],
        "y": [y],
        "name": name,
        "showlegend": False,
        "marker": {
            "symbol": "diamond-open" if careless else "circle",
            "size": 13,
            "color": colour,
            "line": {"width": 3 if careless else 0, "color": colour},
        },
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [high - value],
            "arrayminus": [value - low],
            "color": colour,
            "thickness": 2,
        },
        "hovertemplate": f"{name}: " + _("{time} ms").format(time="%{x:.4g}") + "<extra></extra>",
    }
