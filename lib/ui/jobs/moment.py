"""A run at one moment as its event stream tells it: ticks, each from a place in the run on.

A tick is one event of Server-Sent Events (WHATWG HTML, section 9.2). Its `data` is a JSON object: `line`, `share`,
`state` (`lib.ui.jobs.live_view`), `viewers`, `points` (for each line that grew its number, the number of the first
point, and their x and y), and once an epoch `alt` and `news`. Its `id` is the place after it, from which any server
goes on: ticks are made from the store, not kept.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from lib.core.i18n import mark
from lib.core.training.curve import Line
from lib.core.untrusted import beginning
from lib.runs.model.view import RunView
from lib.ui.jobs.live_view import State, alt, drawing_of, live_lines, newest_epoch, share_done, state_of, status_line
from lib.ui.jobs.stream import StreamRefused
from lib.ui.widgets.theme import LINES

PLACE = re.compile(rf"(\d{{1,9}}\.\d{{1,9}})/(\d{{1,9}})/(\d{{1,9}}(?:\.\d{{1,9}}){{{len(LINES) - 1}}})", re.ASCII)
DIGITS = 6
"""Significant digits of a point: more than a chart can show."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far a viewer has a run: on which drawing, how many epochs, and how many points of each of LINES."""

    drawing: str
    epochs: int
    counts: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.drawing}/{self.epochs}/{'.'.join(map(str, self.counts))}"


def read_place(text: str) -> Place:
    """The place that `str` wrote. Raises StreamRefused."""
    found = PLACE.fullmatch(text)
    if found is None:
        said = mark("“{place}” is no place in the stream of a run: give the id of its last event, or none.")
        raise StreamRefused(said, place=beginning(text))
    drawing, epochs, counts = found.groups()
    return Place(drawing, int(epochs), tuple(map(int, counts.split("."))))


def place_of(seen: RunView) -> Place:
    """The place of a viewer who has all of it."""
    return Place(drawing_of(seen), len(seen.epochs), tuple(len(line.x) for line in live_lines(seen).values()))


@dataclass(frozen=True)
class Moment:
    """All that may be told at one moment, in one language. A tick is made once for all who have come equally far."""

    line: str
    share: float
    state: State
    words: dict[str, str]
    place: Place
    is_over: bool
    is_open: bool
    lines: dict[str, Line] = field(compare=False)
    viewers: int = field(compare=False)
    _made: dict[Place | None, bytes] = field(compare=False, default_factory=dict)

    def tick(self, after: Place | None = None) -> bytes:
        """The event that brings a viewer from `after` to this moment; from nothing, if None."""
        if after not in self._made:
            told = json.dumps(self.since(after), ensure_ascii=False, separators=(",", ":"))
            self._made[after] = f"id: {self.place}\ndata: {told}\n\n".encode()
        return self._made[after]

    def since(self, after: Place | None) -> dict[str, Any]:
        """The data of that event."""
        told = {"line": self.line, "share": round(self.share, 6), "state": self.state, "viewers": self.viewers}
        if after is None or after.drawing != self.place.drawing:
            after = Place(self.place.drawing, -1, (0,) * len(LINES))
        points = [
            [number, begin, whole_where_whole(line.x[begin:]), [short(y) for y in line.y[begin:]]]
            for number, (begin, line) in enumerate(zip(after.counts, self.lines.values(), strict=True))
            if len(line.x) > begin
        ]
        words = self.words if after.epochs != self.place.epochs else {}
        return {**told, "points": points, **words}


def moment_of(seen: RunView, trouble: str | None = None, viewers: int = 1) -> Moment:
    """The moment of a run that was just read, in the language of `lib.ui.shell.language`."""
    return Moment(
        line=status_line(seen),
        share=share_done(seen.run),
        state=state_of(seen, trouble),
        words={"alt": alt(seen), "news": newest_epoch(seen)},
        place=place_of(seen),
        is_over=seen.run.is_over,
        is_open=seen.run.is_open,
        lines=live_lines(seen),
        viewers=viewers,
    )


def short(value: float | None) -> float | None:
    """The value with DIGITS significant digits."""
    return None if value is None else float(f"{value:.{DIGITS}g}")


def whole_where_whole(steps: list[float]) -> list[float]:
    """Steps without the '.0' of a float."""
    return [int(step) if step == int(step) else step for step in steps]
