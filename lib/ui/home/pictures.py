"""Small pictures as SVG, drawn by the server: they are there with the page, without the second that Plotly takes.

Colours are those of the charts; letters and grids have the page's own colour, light or dark.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from lib.core.benchmark.labels import mode_short, time_words
from lib.core.benchmark.timings import Timing
from lib.core.diagnosis.assess import GUESSING_LOSS
from lib.core.training.curve import Line
from lib.ui.shell.language import _
from lib.ui.widgets.picture import picture, text
from lib.ui.widgets.theme import MODE_COLOURS, TEST_COLOUR, guessing_words, logarithmic

WIDE, HIGH = 400, 300
"""Width and height of a picture in its own units, about pixels on a screen of 1280."""
LEFT, RIGHT, TOP, BOTTOM = 40, 392, 40, 262
"""The edges of the curve's panel."""
HIGHEST, LEAST = 4.0, 1e-4
"""The loss at the panel's top, and the lowest that its bottom may be."""
NAMES, LONGEST, ROW = 74, 236, 73
"""Where a race's bars begin, how long the longest is with its interval, and the height of a row."""
SECONDS = 0.04
"""Seconds that a bar takes to grow for each millisecond of its step: the race, slower by this."""


def curve_picture(lines: Mapping[str, Line], total_steps: int, execution: str, said: str) -> str:
    """The loss of every step, smoothed, and on the test set, on a logarithmic axis; `said` is its text alternative."""
    colour, low = MODE_COLOURS[execution], lowest(lines)

    def at(step: float, loss: float) -> tuple[float, float]:
        share = math.log(HIGHEST / max(loss, low)) / math.log(HIGHEST / low)
        return LEFT + (RIGHT - LEFT) * step / max(total_steps, 1), TOP + (BOTTOM - TOP) * min(max(share, 0.0), 1.0)

    def path(name: str, about: str) -> str:
        return f'<path d="{way(lines[name], at)}" fill="none" stroke-linejoin="round" {about}/>'

    decades = [10.0**power for power in range(math.ceil(math.log10(low)), 1)]
    parts = [
        *(rule(at(0, loss)[1]) + text(LEFT - 6, at(0, loss)[1] + 4, f"{loss:g}", "end") for loss in decades),
        rule(BOTTOM, 0.5),
        rule(at(0, GUESSING_LOSS)[1], 0.7, dashed=True),
        text(RIGHT, at(0, GUESSING_LOSS)[1] - 5, guessing_words(), "end"),
        *legend(colour),
        text(LEFT, BOTTOM + 18, "0"),
        text((LEFT + RIGHT) / 2, BOTTOM + 18, _("step"), "middle"),
        text(RIGHT, BOTTOM + 18, f"{total_steps:,}", "end"),
        '<g class="lines">',
        path("loss", f'stroke="{colour}" opacity="0.35"'),
        path("loss_smooth", f'stroke="{colour}" stroke-width="2.5"'),
        path("test_loss", f'stroke="{TEST_COLOUR}" stroke-width="2" stroke-dasharray="6 4"'),
        *(dot(*at(x, y), TEST_COLOUR) for x, y in zip(lines["test_loss"].x, lines["test_loss"].y, strict=True) if y),
        "</g>",
    ]
    return picture(said, parts, WIDE, HIGH)


def lowest(lines: Mapping[str, Line]) -> float:
    """The loss at the panel's bottom: half a decade below the smoothed and test losses, whatever single steps do."""
    known = [y for name in ("loss_smooth", "test_loss") for y in lines[name].y if y]
    return max(LEAST, min([0.1, *known]) / 3)


def way(line: Line, at: Callable[[float, float], tuple[float, float]]) -> str:
    """The path of a line, with a gap where it has no number."""
    parts, pen = [], "M"
    for step, loss in zip(line.x, line.y, strict=True):
        if loss is None:
            pen = "M"
            continue
        x, y = at(step, loss)
        parts.append(f"{pen}{x:.1f} {y:.1f}")
        pen = "L"
    return "".join(parts)


def legend(colour: str) -> list[str]:
    """The names of the three lines, in a row above the panel."""
    styles = (
        (_("train, each step"), f'stroke="{colour}" opacity="0.5"'),
        (_("train, smoothed"), f'stroke="{colour}" stroke-width="2.5"'),
        (_("test, each epoch"), f'stroke="{TEST_COLOUR}" stroke-width="2" stroke-dasharray="6 4"'),
    )
    third = (RIGHT - LEFT) / 3
    return [
        f'<path d="M{LEFT + third * k:.0f} 14h16" {style}/>' + text(LEFT + third * k + 21, 18, name)
        for k, (name, style) in enumerate(styles)
    ] + [text(LEFT - 32, 34, logarithmic(_("loss"))["text"])]


def race_picture(timings: Sequence[Timing], said: str) -> str:
    """The median time of a step as a bar for each mode, with its 95 % interval; the bars grow as fast as they ran."""
    scale = LONGEST / max(timing.high for timing in timings)
    parts = [runner(timing, 16 + ROW * row, scale) for row, timing in enumerate(timings)]
    return picture(said, parts, WIDE, HIGH)


def runner(timing: Timing, y: float, scale: float) -> str:
    """A mode's name, its bar from `y` down, the interval across the bar's end, and the time."""
    median, low, high = (scale * value for value in (timing.median, timing.low, timing.high))
    bar = f'width="{median:.1f}" height="34" rx="3" fill="{MODE_COLOURS[timing.mode]}"'
    ends = "".join(f"M{NAMES + end:.1f} {y + 11}v12" for end in (low, high))
    return (
        text(NAMES - 10, y + 22, mode_short(timing.mode, _), "end", bold=True)
        + f'<rect class="runner" x="{NAMES}" y="{y}" {bar} style="animation-duration: {timing.median * SECONDS:.2f}s"/>'
        + f'<path d="M{NAMES + low:.1f} {y + 17}H{NAMES + high:.1f}{ends}" stroke="currentColor" fill="none"/>'
        + text(NAMES + high + 8, y + 22, time_words(timing.median))
    )


def rule(y: float, opacity: float = 0.15, dashed: bool = False) -> str:
    """A line across the curve's panel."""
    dashes = ' stroke-dasharray="6 4"' if dashed else ""
    return f'<path d="M{LEFT} {y:.1f}H{RIGHT}" stroke="currentColor" opacity="{opacity}"{dashes}/>'


def dot(x: float, y: float, colour: str) -> str:
    """The mark of an epoch."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'
