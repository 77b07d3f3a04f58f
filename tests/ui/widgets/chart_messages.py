"""A visitor's growing chart at the server, and every message that it sends to the browser."""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from lib.core.training.curve import Line
from lib.ui.widgets import live_plot
from lib.ui.widgets.live_plot import GrowingChart

NAMES = ("loss", "test_loss")
SPEC = {"traces": [{"type": "scatter"} for _ in NAMES], "layout": {}}

Message = dict[str, Any]


@dataclass
class Visit:
    """One visitor's chart at the server, and every message that it sent."""

    chart: GrowingChart
    lines: dict[str, Line] = field(default_factory=lambda: {name: Line([], []) for name in NAMES})
    drawing: str = "run 1"

    def grow(self, points: int) -> None:
        """Adds so many points to the first line, and to the second one for every third of them."""
        for _ in range(points):
            step = len(self.lines["loss"].x) + 1
            self.lines["loss"].add(step, 1 / step)
            if step % 3 == 0:
                self.lines["test_loss"].add(step, -step)

    def begin(self, drawing: str) -> None:
        self.drawing, self.lines = drawing, {name: Line([], []) for name in NAMES}

    def everything(self) -> list[tuple[list[float], list[float | None]]]:
        return [(line.x, line.y) for line in self.lines.values()]


@dataclass
class Post:
    """Stands where Streamlit takes a message to the browser: keeps the messages, and the browser's way to ask."""

    messages: list[Message] = field(default_factory=list)
    need_full: Callable[[], None] = lambda: None

    def __call__(self, *, data: Message, on_need_full_change: Callable[[], None], **about: Any) -> None:
        self.messages.append(copy.deepcopy(data))
        self.need_full = on_need_full_change


@contextmanager
def visiting() -> Iterator[tuple[Visit, Post]]:
    """A visitor in a session of their own."""
    post = Post()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live_plot, "_component", post)
        patch.setattr(live_plot.st, "session_state", {})
        yield Visit(GrowingChart("live")), post


def send(visit: Visit, post: Post) -> Message:
    visit.chart.draw(visit.drawing, visit.lines, lambda: SPEC, "words", 300)
    return post.messages[-1]
