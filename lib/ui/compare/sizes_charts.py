"""Charts that put several sizes, or several comparisons, side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from lib.core.benchmark.comparison import Comparison
from lib.core.benchmark.labels import mode_short
from lib.core.benchmark.timings import Timing
from lib.core.studies.modes import MODES
from lib.core.studies.works import WORKS
from lib.ui.compare.charts import rows, time_axis
from lib.ui.shell.language import _
from lib.ui.shell.plain import as_chart_text
from lib.ui.widgets.theme import CLEAR, GUESS_COLOUR, LEGEND, MODE_COLOURS, MODE_DASHES, MODE_SYMBOLS, logarithmic

Spec = dict[str, Any]

SHAPES = ("circle", "square", "diamond", "triangle-up", "star", "pentagon")
"""One shape for each overlaid comparison."""


def sweep(comparison: Comparison, base: str) -> Spec:
    """Time against size above; below it, how many times as fast as `base` each mode is. All axes are logarithmic."""
    traces: list[Spec] = []
    for mode in comparison.config.modes:
        timings = [timing for timing in comparison.timings if timing.mode == mode]
        traces += [_line(mode, timings), _band(mode, timings)]
        if mode != base:
            traces += _against(comparison, mode, base)
    sizes = comparison.config.sizes
    traces.append(_level(sizes, mode_short(base, _)))
    unit = _(WORKS[comparison.config.work].unit)
    common = {"type": "log", "zeroline": False, "automargin": False}
    layout = CLEAR | {
        "height": 640,
        "margin": {"l": 64, "r": 16, "t": 64, "b": 48},
        "legend": LEGEND,
        "hovermode": "closest",
        "xaxis": {
            "type": "log",
            "title": logarithmic(unit),
            "anchor": "y2",
            "tickmode": "array",
            "tickvals": list(sizes),
            "ticktext": [f"{size:,}" for size in sizes],
            "range": [math.log10(sizes[0]) - 0.1, math.log10(sizes[-1]) + 0.1],
            "zeroline": False,
        },
        "yaxis": common
        | {"title": logarithmic(_("milliseconds per step")), "domain": [0.46, 1], "dtick": 1}
        | {"tickformat": "~g"},
        "yaxis2": common
        | {"title": logarithmic(_("times as fast")), "domain": [0, 0.38], "dtick": "D2"}
        | {"tickformat": "~g"},
    }
    return {"traces": traces, "layout": layout}


def _line(mode: str, timings: Sequence[Timing]) -> Spec:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [timing.size for timing in timings],
        "y": [timing.median for timing in timings],
        "name": mode_short(mode, _),
        "legendgroup": mode,
        "line": {"color": MODE_COLOURS[mode], "width": 2.5, "dash": MODE_DASHES[mode]},
        "marker": {"symbol": MODE_SYMBOLS[mode], "size": 9},
        "hovertemplate": _("{time} ms").format(time="%{y:.4g}"),
    }


def _band(mode: str, timings: Sequence[Timing], axis: str = "y") -> Spec:
    """The 95 % intervals of the medians, as a band."""
    known = [timing for timing in timings if math.isfinite(timing.high) and timing.low > 0]
    lows, highs = [timing.low for timing in known], [timing.high for timing in known]
    return _filled(mode, [timing.size for timing in known], lows, highs, axis)


def _filled(mode: str, sizes: list[int], lows: list[float], highs: list[float], axis: str) -> Spec:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [*sizes, *reversed(sizes)],
        "y": [*lows, *reversed(highs)],
        "yaxis": axis,
        "fill": "toself",
        "line": {"width": 0, "color": MODE_COLOURS[mode]},
        "opacity": 0.35,
        "name": mode_short(mode, _),
        "legendgroup": mode,
        "showlegend": False,
        "hoverinfo": "skip",
    }


def _against(comparison: Comparison, mode: str, base: str) -> list[Spec]:
    """How many times as fast as `base` the mode is at each size, with the interval."""
    ratios = [ratio for size in comparison.config.sizes if (ratio := comparison.ratio(size, mode, base))]
    known = [ratio for ratio in ratios if ratio.low > 0 and math.isfinite(ratio.high)]
    line = _line(mode, ()) | {
        "x": [ratio.size for ratio in ratios],
        "y": [1 / ratio.ratio for ratio in ratios],
        "yaxis": "y2",
        "showlegend": False,
        "hovertemplate": _("{ratio} times as fast").format(ratio="%{y:.3g}"),
    }
    sizes = [ratio.size for ratio in known]
    return [line, _filled(mode, sizes, [1 / ratio.high for ratio in known], [1 / ratio.low for ratio in known], "y2")]


def _level(sizes: Sequence[int], name: str) -> Spec:
    """The line of modes exactly as fast as `name`."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [sizes[0] * 0.8, sizes[-1] * 1.25],
        "y": [1, 1],
        "yaxis": "y2",
        "name": name,
        "line": {"color": GUESS_COLOUR, "width": 1.5, "dash": "dot"},
        "showlegend": False,
        "hoverinfo": "skip",
    }


def overlay(named: Sequence[tuple[str, Comparison]], size: int) -> Spec:
    """Medians of several comparisons at `size`, with intervals: a row for each mode, a shape for each comparison."""
    modes = [mode for mode in MODES if any(comparison.timing(size, mode) for _name, comparison in named)]
    step = 0.7 / max(1, len(named))
    traces: list[Spec] = []
    values: list[float] = []
    for number, (called, comparison) in enumerate(named):
        name, shape = as_chart_text(called), SHAPES[number % len(SHAPES)]
        timings = [timing for mode in modes if (timing := comparison.timing(size, mode))]
        rows_of = {mode: -row + 0.35 - step * (number + 0.5) for row, mode in enumerate(modes)}
        values += [timing.median for timing in timings]
        traces.append(_medians(name, shape, timings, rows_of))
        legend = {"symbol": shape, "size": 11, "color": GUESS_COLOUR}
        traces.append({"type": "scatter", "mode": "markers", "x": [None], "y": [0], "name": name, "marker": legend})
    layout = rows(modes, {})
    layout["yaxis"]["ticktext"] = [f"<b>{mode_short(mode, _)}</b>" for mode in modes]
    layout["height"] += 24 * len(named)
    layout["margin"]["t"] = 24 + 20 * len(named)
    layout["legend"] = LEGEND | {"orientation": "v"}
    layout["xaxis"] = time_axis(_("milliseconds per step"), values)
    return {"traces": traces, "layout": layout | {"showlegend": True}}


def _medians(name: str, shape: str, timings: Sequence[Timing], rows_of: dict[str, float]) -> Spec:
    known = [math.isfinite(timing.high) for timing in timings]
    colours = [MODE_COLOURS[timing.mode] for timing in timings]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [timing.median for timing in timings],
        "y": [rows_of[timing.mode] for timing in timings],
        "name": name,
        "showlegend": False,
        "marker": {"symbol": shape, "size": 11, "color": colours},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [timing.high - timing.median if sure else 0 for timing, sure in zip(timings, known, strict=True)],
            "arrayminus": [
                timing.median - timing.low if sure else 0 for timing, sure in zip(timings, known, strict=True)
            ],
            "color": GUESS_COLOUR,
            "thickness": 2,
        },
        "hovertemplate": "%{fullData.name}: " + _("{time} ms").format(time="%{x:.4g}") + "<extra></extra>",
    }
